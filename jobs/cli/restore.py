"""`skiptrace restore`: a backup is put into an empty or damaged project."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import paragraph, show, show_json


@subcommand("restore")
@click.argument("file", metavar="FILE")
@click.pass_obj
def command(state: State, file: str) -> None:
    """Put the backup FILE into an empty or damaged project; refuses where the project holds anything newer."""
    folder = project_folder(state)
    from jobs.restore import restore

    done = restore(folder, file, dt.datetime.now().astimezone())
    if state.json:
        show_json(asdict(done))
        return
    show(f"restored: {done.written:,} files written, {done.there:,} were there; {done.runs:,} runs, the latest {done.latest or 'none'}")
    if done.forgotten:
        paragraph("people who were forgotten since are taken out again: make a new backup, and destroy this one")
