"""`skiptrace diff`: two published runs beside each other, in sum and by account."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from jobs.cli.completing import run_names
from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import paragraph, show, show_json, show_table

_SHOWN = 20
_SUMS = {
    "accounts": "accounts", "linked": "linked", "permitted": "with a permitted use", "held": "held", "reached": "expected to be reached",
    "balance": "balance", "expected_value": "expected value",
}  # fmt: skip
_WORDS = {
    "came": "came", "went": "went", "status": "another status", "channel": "another best channel", "reach": "another chance to be reached",
    "holds": "other holds", "consumer": "another consumer",
}  # fmt: skip


@subcommand("diff")
@click.argument("before", metavar="RUN", shell_complete=run_names)
@click.argument("after", metavar="RUN", default="latest", shell_complete=run_names)
@click.option("--accounts", is_flag=True, help="List the accounts that changed as well.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write the accounts that changed as CSV.")
@click.pass_obj
def command(state: State, before: str, after: str, accounts: bool, out: Path | None) -> None:
    """Compare two published runs: sums, accounts by status, channel and rule, and which accounts changed in what."""
    folder = project_folder(state)
    from jobs.compared import Compared
    from jobs.spilling import spilling
    from skiptrace.project import PRIVATE, home_of
    from skiptrace.results import open_run

    with spilling(home_of(folder).resolve() / PRIVATE):
        found = Compared(open_run(folder, before), open_run(folder, after))
        told = found.plain()
    if out is not None:
        _write(found.changed, out)
    if state.json:
        show_json(told | ({"accounts": found.changed.to_pylist()} if accounts else {}))
        return
    _show(told)
    if accounts:
        show()
        rows = [
            (row["account_id"], ", ".join(row["changed"]), _pair(row, "status"), _pair(row, "channel"), _pair(row, "p"),
             " ".join(row["stops_new"]), " ".join(row["stops_gone"]))
            for row in found.changed.to_pylist()
        ]  # fmt: skip
        show_table(("account", "changed", "status", "channel", "chance", "stopped now by", "no more by"), rows)
    if out is not None:
        show(f"accounts that changed: {out}")


def _show(told: dict[str, Any]) -> None:
    heads = [f"{run['run_id']} ({run['as_of']})" for run in told["runs"]]
    if told["made_with"]:
        paragraph(f"made with another {', '.join(told['made_with'])}")
    if told["deliveries"]:
        paragraph(f"other files of {', '.join(told['deliveries'])}")
    show_table(("", *heads), [(words, *map(_text, told["sums"][name])) for name, words in _SUMS.items()])
    for title, key in (("status", "by_status"), ("permitted by channel", "by_channel")):
        show()
        show_table((title, *heads), [(name, *pair) for name, pair in told[key].items()])
    rules = sorted(told["by_rule"].items(), key=lambda one: -abs(one[1][1] - one[1][0]))
    other = [(name, *pair) for name, pair in rules if pair[0] != pair[1]]
    if other:
        show()
        show_table(("accounts stopped by", *heads), other[:_SHOWN])
    show()
    show(f"{told['accounts_changed']:,} accounts changed")
    show_table(("", "accounts"), [(_WORDS[name], count) for name, count in told["changed"].items()])
    if told["moves"]:
        show()
        show_table(("from", "to", "accounts"), [(one["from"], one["to"], one["accounts"]) for one in told["moves"][:_SHOWN]])


def _text(value: Any) -> str:
    return "–" if value is None else f"{float(value):,.2f}" if not isinstance(value, int) else f"{value:,}"


def _pair(row: dict[str, Any], name: str) -> str:
    before, after = (row[f"{name}_{side}"] for side in ("before", "after"))
    if isinstance(before, float) and isinstance(after, float):
        return f"{before:.3f} → {after:.3f}"
    return str(after if before is None and after is not None else before) if before == after else f"{before or '–'} → {after or '–'}"


def _write(changed: Any, out: Path) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import csv

    from skiptrace.errors import ConfigError, Problem
    from skiptrace.store.commit import replace_bytes

    if not out.parent.is_dir():
        raise ConfigError("the file cannot be written", (Problem(out.name, "--out", "its folder is not there", "make the folder first"),))
    lists = {field.name for field in changed.schema if pa.types.is_list(field.type)}
    columns = {name: pc.binary_join(changed[name], "|") if name in lists else changed[name] for name in changed.column_names}
    written = pa.BufferOutputStream()
    csv.write_csv(pa.table(columns), written)
    replace_bytes(out, written.getvalue().to_pybytes())
