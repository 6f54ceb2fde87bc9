"""`skiptrace check`: every problem of the project file, the rules and the delivered files at once; writes nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import paragraph, show, show_json, show_table


@subcommand("check")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="The day to check for, such as 2026-06-30."
)
@click.pass_obj
def command(state: State, as_of: dt.datetime | None) -> None:
    """Check the project file, the rules and every delivered file, and show what a run would read."""
    folder = project_folder(state)
    from jobs.pipeline import Options, prepare

    summary = prepare(folder, Options(as_of=as_of.date() if as_of else None)).summary()
    if state.json:
        show_json(summary)
    else:
        _show(summary)


def _show(summary: dict[str, Any]) -> None:
    show(f"project {summary['project']}, as of {summary['as_of']}")
    show()
    deliveries = summary["deliveries"]
    rows = [(d["name"], d["kind"], len(d["files"]), d["rows"], d["partitions"]) for d in deliveries]
    show_table(("delivery", "kind", "files", "rows", "partitions"), rows)
    show()
    for delivery in deliveries:
        if delivery["ignored_columns"]:
            paragraph(f"{delivery['name']}: not mapped, so not used: {', '.join(delivery['ignored_columns'])}")
    for warning in summary["warnings"]:
        paragraph(f"note: {warning}")
    show("nothing stands in the way of a run")
