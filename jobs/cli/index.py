"""`skiptrace index`: the reference indexes that the project's runs share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import show, show_json, show_table
from jobs.cli.progress import watched
from skiptrace.errors import DataRefused

if TYPE_CHECKING:
    from skiptrace.store.places import Place


@click.group("index")
def command() -> None:
    """Build the reference index, or show those that are stored."""


@subcommand("build")
@click.option("--scheduler", metavar="ADDR", help="auto, sync, threads, processes, or an address such as tls://host:8786.")
@click.pass_obj
def _build(state: State, scheduler: str | None) -> None:
    """Read the deliveries and build the reference index that the next run will use; one that is there is checked and kept."""
    folder = project_folder(state)
    from jobs.pipeline import Options, run

    with watched(state) as observe:
        run(folder, Options(scheduler=scheduler, exports=False, to_step="index"), observe)
    _tell(state, folder)


@subcommand("show")
@click.pass_obj
def _show(state: State) -> None:
    """Show every stored index: its people, sources and size, and whether each of its bytes is what was written."""
    _tell(state, project_folder(state))


def _tell(state: State, folder: Path) -> None:
    from skiptrace.project import PRIVATE, home_of
    from skiptrace.store.places import entries

    stored = home_of(folder) / PRIVATE / "index"
    found = [_described(place) for place in entries(stored) if not place.name.startswith(".")]
    if state.json:
        show_json({"indexes": found})
    elif not found:
        show("no index is stored yet: `skiptrace index build`, or the first `skiptrace run`")
    else:
        rows = [(one["key"], one["people"], ", ".join(one["sources"]), round(one["bytes"] / 1e6, 1), one["state"]) for one in found]
        show_table(("layer", "people", "sources", "MB", "state"), rows)


def _described(stored: Place) -> dict[str, Any]:
    """One index as an object; `state` is "whole", or says what is wrong with it."""
    from skiptrace.linkage.layer import verify
    from skiptrace.store.commit import read_json
    from skiptrace.store.folders import local

    place = local(stored)
    size = sum(file.stat().st_size for file in place.iterdir() if file.is_file()) if place.is_dir() else 0
    told: dict[str, Any] = {"key": stored.name, "people": 0, "sources": [], "bytes": size}
    try:
        manifest = read_json(place / "manifest.json")
        told |= {"people": manifest["people"], "sources": [manifest["source"]], "rules": manifest["rules"]}
        verify(place)
    except (OSError, ValueError, KeyError):  # a damaged manifest is one of the second
        return told | {"state": "has no readable manifest, or a file is missing"}
    except DataRefused as refused:
        return told | {"state": refused.problems[0].what}
    return told | {"state": "whole"}


command.add_command(_build)
command.add_command(_show)
