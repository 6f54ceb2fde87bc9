"""`skiptrace runs health`: whether the nights go well, for a person or a program that watches over them."""

from __future__ import annotations

import datetime as dt
import os

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import show, show_json
from skiptrace.errors import GateFailed


@subcommand("health")
@click.pass_obj
def health(state: State) -> None:
    """Say whether the last run is recent, its exports are free, and there is room for the next; ends with 4 where something is not well."""
    folder = project_folder(state)
    from jobs.feedback import load_project
    from jobs.health import of_project

    found = of_project(load_project(folder, os.environ), dt.datetime.now(dt.UTC))
    if state.json:
        show_json(found.plain())
    else:
        if found.run_id is not None:
            age = "" if found.age_hours is None else f", {found.age_hours:,.1f} hours ago"
            show(f"run {found.run_id}, as of {found.as_of}, published {found.published}{age}")
        if found.unfinished:
            show(f"runs begun and not ended: {found.unfinished}; `skiptrace runs resume` goes on with one")
        for problem in found.problems:
            show(str(problem))
        if not found.problems:
            show("all is well")
    if found.problems:
        raise click.exceptions.Exit(GateFailed.exit_code)
