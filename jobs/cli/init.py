"""`skiptrace init`: a folder with a commented project file to fill in."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import click

from jobs.cli.frame import PROJECT_FILE, State, subcommand
from jobs.cli.output import show, show_json
from skiptrace.errors import ConfigError, Problem

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@subcommand("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", metavar="NAME", help="The project's name; the folder's if left out.")
@click.pass_obj
def command(state: State, folder: Path, name: str | None) -> None:
    """Start a project in DIR: a private folder with a commented skiptrace.toml."""
    chosen = name or folder.absolute().name
    if not _NAME.fullmatch(chosen):
        problem = Problem(
            "--name",
            "",
            "the project's name may hold letters, digits, '-' and '_' only, at most 64",
            "give one: --name northgate",
        )
        raise ConfigError("the project cannot be started", (problem,))
    from skiptrace.project import template
    from skiptrace.store.commit import put_bytes
    from skiptrace.store.permissions import private_folder

    private_folder(folder)
    file = folder / PROJECT_FILE
    today = dt.datetime.now().astimezone().date()
    if not put_bytes(file, template(chosen, today).encode()):
        problem = Problem(
            PROJECT_FILE, "", "is there already", "edit it, or choose another folder; nothing is overwritten"
        )
        raise ConfigError("the project cannot be started", (problem,))
    if state.json:
        show_json({"project": chosen, "file": str(file)})
        return
    show(f"made {file}")
    show("next: name your files and columns in it, then `skiptrace check` and `skiptrace run` in that folder")
