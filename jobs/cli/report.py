"""`skiptrace report`: the report of a run, rendered again from its tables; of one that was interrupted, how far it came."""

from __future__ import annotations

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import say, show, show_json


@subcommand("report")
@click.option("--run", "run_id", metavar="RUN", default="latest", help="Of this run; of the one published last otherwise.")
@click.pass_obj
def command(state: State, run_id: str) -> None:
    """Render report.html of a published run again, from its tables. Of a run that was interrupted, a page says so and how far it came."""
    folder = project_folder(state)
    from jobs.cli.ended import shown
    from jobs.interrupted import Interrupted, interrupted, meant, write_page
    from jobs.publish import render_report
    from skiptrace.project import home_of

    home = home_of(folder)
    run = meant(folder, home, run_id)
    if isinstance(run, Interrupted):
        file, published = write_page(run), False
        say(state, f"run {run.run_id} was interrupted in the step {run.reached} and published nothing; `skiptrace runs resume` goes on")
    else:
        file, published = render_report(run.folder), True
        for one in interrupted(home):
            say(state, f"note: run {one.run_id} was begun and not published; this is the report of {run.run_id}")
    if state.json:
        show_json({"run_id": run.run_id, "report": str(file), "published": published})
    else:
        show(f"report: {shown(file)}")
