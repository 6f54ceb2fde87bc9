"""`skiptrace demo`: a sample project made and run, to see the program work before any real file is at hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

import skiptrace
from jobs.cli.frame import PROJECT_FILE, State, subcommand
from jobs.cli.output import say, show
from jobs.cli.progress import watched
from skiptrace.errors import ConfigError, Problem

MARKER = "demo.json"
ACCOUNTS = 5000


@subcommand("demo")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo-project"),
    show_default=True,
    metavar="DIR",
    help="Where to make the project.",
)
@click.option(
    "--accounts",
    type=click.IntRange(min=1),
    default=ACCOUNTS,
    show_default=True,
    metavar="N",
    help="How many accounts.",
)
@click.option("--seed", type=click.IntRange(min=0), metavar="N", help="Another seed gives other people.")
@click.pass_obj
def command(state: State, out: Path, accounts: int, seed: int | None) -> None:
    """Make a sample project with invented people, run it, and say where the report is."""
    from jobs.cli.ended import shown, tell
    from jobs.demo.project import SEED
    from jobs.pipeline import Options, run

    made = sample(out, accounts, SEED if seed is None else seed)
    say(
        state,
        f"made a sample project of {accounts:,} accounts in {shown(out)}"
        if made
        else f"the sample project in {shown(out)} is there already",
    )
    with watched(state) as observe:
        outcome = run(out, Options(), observe)
    tell(state, out, outcome)
    if not state.json:
        where = f"--project {shown(out)} "
        show()
        show("next:")
        for account in examples(out):
            show(f"  skiptrace {where}explain {account}")
        show(f"  skiptrace {where}evaluate --truth {shown(out / 'truth' / 'links.parquet')}")


def sample(folder: Path, accounts: int, seed: int) -> bool:
    """Make the sample project, unless the folder holds the very one already. Returns whether it was made.

    Raises ConfigError (exit 2) where the folder holds something else."""
    from jobs.demo.project import make
    from skiptrace.store.commit import encode_json, replace_bytes
    from skiptrace.store.permissions import private_folder

    wanted: dict[str, Any] = {
        "accounts": accounts,
        "seed": seed,
        "generator": _generator(),
        "version": skiptrace.__version__,
    }
    private_folder(folder)
    marker = folder / ".skiptrace" / MARKER
    found = _marker(marker)
    if found is None and any(folder.iterdir()):
        problem = Problem(
            folder.name,
            "",
            "holds files that are not a sample project of ours",
            "choose another folder: skiptrace demo --out DIR",
        )
        raise ConfigError("the sample project cannot be made there", (problem,))
    if found == wanted | {"complete": True} and (folder / PROJECT_FILE).is_file():
        return False
    private_folder(marker.parent)
    replace_bytes(marker, encode_json(wanted | {"complete": False}))  # a killed attempt is known as ours, and made anew
    make(folder, accounts, seed)
    replace_bytes(marker, encode_json(wanted | {"complete": True}))
    return True


def examples(folder: Path) -> list[str]:
    """One account id each of the latest run that was found, was not, and is held or dead, where there are such."""
    from skiptrace.results import latest

    accounts = latest(folder).table("accounts", ["account_id", "locate_status"]).to_pydict()
    first: dict[str, str] = {}
    for account, status in zip(accounts["account_id"], accounts["locate_status"], strict=True):
        first.setdefault(status, account)
    return [first[status] for status in ("moved", "not_found", "deceased", "held") if status in first]


def _marker(file: Path) -> dict[str, Any] | None:
    from skiptrace.store.commit import read_json

    try:
        return read_json(file)
    except (OSError, ValueError):
        return None


def _generator() -> str:
    """Content hash of the generator: after a change of it the sample is made anew."""
    import jobs.demo
    from skiptrace.ids import digest

    return digest([(file.name, file.read_text()) for file in sorted(Path(jobs.demo.__file__).parent.glob("*.py"))])
