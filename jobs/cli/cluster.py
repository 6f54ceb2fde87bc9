"""`skiptrace cluster`: the scheduler and the workers that runs on several machines share."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from jobs.cli.frame import State, subcommand
from jobs.cli.output import show, show_json
from skiptrace.errors import ConfigError, SafeToRerun


@click.group("cluster")
def command() -> None:
    """Start a scheduler and workers for runs on several machines."""


@subcommand("start")
@click.option("--listen", metavar="ADDR", help="Start a scheduler here: tls://host:port, or tcp://127.0.0.1:port.")
@click.option("--join", metavar="ADDR", help="Start workers of the scheduler at this address.")
@click.option("--workers", type=click.IntRange(min=0), metavar="N", help="Workers to start; 1 with --join, 0 with --listen, if left out.")
@click.option("--memory", default="4GB", show_default=True, metavar="AMOUNT", help="Memory of each worker.")
@click.option("--folder", type=click.Path(path_type=Path), metavar="DIR", help="For the workers' own small files; a new one if left out.")
@click.option("--ca", metavar="FILE", help="PEM file of the authority that both ends trust.")
@click.option("--cert", metavar="FILE", help="PEM file of this member's certificate.")
@click.option("--key", metavar="FILE", help="PEM file of its key, readable by its owner alone.")
@click.pass_obj
def _start(
    state: State, listen: str | None, join: str | None, workers: int | None, memory: str, folder: Path | None,
    ca: str | None, cert: str | None, key: str | None,
) -> None:  # fmt: skip
    """Run a scheduler, workers or both until a signal comes. Ends with 75 when the scheduler is lost, to be started anew."""
    if (listen is None) == (join is None):
        raise click.UsageError("give one of --listen and --join")
    import asyncio
    import tempfile

    from dask.utils import parse_bytes

    from jobs.knock import address_problem, read_papers
    from jobs.serving import serve
    from skiptrace.store.permissions import private_folder

    address = str(listen or join)
    if problem := address_problem(address):
        raise ConfigError(f"{address!r}: {problem}")
    papers = None
    if address.startswith("tls://"):
        papers = read_papers(Path.cwd(), "options", {"--ca": ca, "--cert": cert, "--key": key})
    try:
        bytes_each = parse_bytes(memory)
        if bytes_each < 1 << 20:  # a number without a unit
            raise ValueError
    except ValueError:
        raise ConfigError(f"--memory: {memory!r} is not an amount of memory — write one with its unit, such as 2GB") from None
    count = workers if workers is not None else 1 if join else 0

    def ready(found: str) -> None:
        if state.json:
            show_json({"scheduler": found, "workers": count})
        else:
            show(f"the scheduler is at {found}; {count} workers here")
        sys.stdout.flush()

    with tempfile.TemporaryDirectory(prefix="skiptrace-worker-") as own:  # plans and receipts pass here, and no row of anybody
        place = private_folder(folder) if folder is not None else Path(own)
        asked = asyncio.run(serve(listen, join, count, bytes_each, str(place), papers, ready))
    if not asked:
        raise SafeToRerun("the scheduler is gone — start this again")


command.add_command(_start)
