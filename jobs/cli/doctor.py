"""`skiptrace doctor`: what stands in the way of a run, and how to mend it."""

from __future__ import annotations

import datetime as dt
import os

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import show, show_json


@subcommand("doctor")
@click.option("--scheduler", metavar="ADDR", help="Look whether this scheduler answers, instead of the project's.")
@click.pass_obj
def command(state: State, scheduler: str | None) -> None:
    """Look for what stands in the way of a run: versions, permissions, store, rules, lists, scheduler, nights.

    Ends with the exit code that a run would end with for the first thing that is wrong."""
    folder = project_folder(state)
    from jobs.doctor import Checked, examine

    found: list[Checked] = []
    for one in examine(folder, dt.datetime.now().astimezone(), os.environ, scheduler):
        found.append(one)
        if not state.json:
            show(f"{'ok ' if not one.problems else 'BAD'}  {one.name}: {one.found}")
            for problem in one.problems:
                show(f"       {problem}")
    if state.json:
        show_json({"well": not any(one.problems for one in found), "checks": [one.plain() for one in found]})
    code = next((one.code for one in found if one.code), 0)
    if code:
        raise click.exceptions.Exit(code)
