"""`skiptrace export`: contact files of a published run written again, screened by the lists of the day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import paragraph, show, show_json, show_table

if TYPE_CHECKING:
    from skiptrace.results import Run


@subcommand("export")
@click.argument("name", metavar="NAME", required=False)
@click.option("--run", "run_id", metavar="RUN", default="latest", help="Export this run; the one published last otherwise.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="The day of the export: the project's, or today.")
@click.pass_obj
def command(state: State, name: str | None, run_id: str, as_of: dt.datetime | None) -> None:
    """Write a contact file of a published run, or all of them, leaving out what today's lists stop."""
    folder = project_folder(state)
    import os

    from jobs.exports import write_exports
    from jobs.locking import locked
    from jobs.prepare import PRIVATE
    from skiptrace.project import load
    from skiptrace.results import open_run
    from skiptrace.store.permissions import private_folder

    project, run = load(folder, os.environ), open_run(folder, run_id)
    day = as_of.date() if as_of else project.project.as_of or dt.datetime.now().astimezone().date()
    with locked(private_folder(folder.resolve() / PRIVATE)):
        found = write_exports(run, project, day, None if name is None else [name])
    if state.json:
        show_json({"run_id": run.run_id, "as_of": day, "exports": found})
    else:
        _tell(run, day, found)


def _tell(run: Run, day: dt.date, found: list[dict[str, Any]]) -> None:
    from pathlib import Path

    from jobs.cli.ended import shown

    if not found:
        show("the project file has no [[export]]")
        return
    show(f"run {run.run_id}, decided for {run.ledger['as_of']}, exported for {day}")
    show_table(("export", "rows", "file"), [(one["name"], one["rows"], shown(Path(one["folder"]) / one["file"])) for one in found])
    again = found[0]["screened_again"]
    if again["stopped"]:
        rules = ", ".join(f"{rule} {uses:,}" for rule, uses in again["stopped_by"].items())
        paragraph(f"lists and past contacts delivered since stop {again['stopped']:,} uses that the run left open: {rules}")
    for one in found:
        expired = sum(left["uses"] for left in one["not_exported"] if left["reason"] == "expired")
        if expired:
            paragraph(f"{one['name']}: {expired:,} uses are past their last day and left out; `skiptrace run` decides anew")
