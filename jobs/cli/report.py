"""`skiptrace report`: the report of the latest run, rendered again from its tables."""

from __future__ import annotations

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import show, show_json


@subcommand("report")
@click.pass_obj
def command(state: State) -> None:
    """Render report.html of the latest published run again, from its tables."""
    folder = project_folder(state)
    from jobs.cli.ended import shown
    from jobs.publish import render_report
    from skiptrace.results import latest

    run = latest(folder)
    file = render_report(run.folder)
    if state.json:
        show_json({"run_id": run.run_id, "report": str(file)})
    else:
        show(f"report: {shown(file)}")
