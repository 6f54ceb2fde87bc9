"""`skiptrace cluster`: the scheduler and the workers that runs on several machines share."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from jobs.cli.frame import State, subcommand
from jobs.cli.output import say, show, show_json, show_table
from skiptrace.errors import ConfigError, SafeToRerun


@click.group("cluster")
def command() -> None:
    """Start a scheduler and workers for runs on several machines, and make the certificates by which they know each other."""


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
    """Run a scheduler, workers or both until a signal comes. Ends with 75 when the scheduler is lost, to be started anew.

    Without --listen and --join it is a scheduler for this machine alone, on port 8786."""
    if listen is not None and join is not None:
        raise click.UsageError("give one of --listen and --join")
    if listen is None and join is None:
        listen = f"{'tcp' if ca is cert is key is None else 'tls'}://127.0.0.1:8786"
    import asyncio
    import datetime as dt
    import tempfile

    from dask.utils import parse_bytes

    from jobs.knock import RENEW_DAYS, address_problem, read_papers
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
    if papers is not None:
        papers.require(*(["scheduler"] if listen else []), *(["worker"] if count else []))
        if (left := papers.days_left(dt.datetime.now(dt.UTC))) < RENEW_DAYS:
            say(state, f"the certificate ends in {left} days — make a new one with `skiptrace cluster certs --renew`")

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


@subcommand("certs")
@click.option("--folder", type=click.Path(path_type=Path), default="papers", show_default=True, metavar="DIR",
              help="Where the authority lies, and certificates are written; made if it is not there.")
@click.option("--name", metavar="NAME", help="Of one more member; scheduler, worker and client if left out.")
@click.option("--role", "roles", type=click.Choice(["scheduler", "worker", "client"]), multiple=True,
              help="What that member may be; may be given several times.")
@click.option("--days", type=click.IntRange(1, 3650), default=397, show_default=True, help="How long the certificates are good.")
@click.option("--renew", is_flag=True, help="Write certificates and keys that are there anew, by the same authority.")
@click.pass_obj
def _certs(state: State, folder: Path, name: str | None, roles: tuple[str, ...], days: int, renew: bool) -> None:
    """Make the cluster's authority and a certificate for each kind of member, or for one more.

    The authority's key, ca.key, stays here: whoever has it makes members."""
    if (name is None) != (not roles):
        raise click.UsageError("give --name and --role together, or neither")
    if name is not None and (not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", name) or name.endswith((".pem", ".key"))):
        raise ConfigError(f"--name: {name!r} is no name of a member — write letters, digits, dots and dashes")
    import datetime as dt

    from jobs.authority import make

    members: dict[str, tuple[str, ...]] = {name: roles} if name else {role: (role,) for role in ("scheduler", "worker", "client")}
    done = make(folder, members, dt.datetime.now(dt.UTC), days, renew)
    if state.json:
        show_json(done)
        return
    show(f"{'made' if done['made_authority'] else 'used'} the authority {done['authority']}, good until {done['until']}")
    rows = [(one["member"], ", ".join(one["roles"]), one["file"], one["until"]) for one in done["members"]]
    show_table(("member", "roles", "certificate", "until"), rows)


command.add_command(_start)
command.add_command(_certs)
