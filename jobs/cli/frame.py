"""What every command shares: the global options, the project they mean, and what they say about output.

The options stand before the command in the documentation and are understood after it as well.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from skiptrace.errors import ConfigError, Problem

PROJECT_FILE = "skiptrace.toml"
Body = Callable[..., Any]


@dataclass
class State:
    """The global options of one invocation."""

    project: Path | None = None
    json: bool = False
    quiet: bool = False
    verbose: bool = False
    debug: bool = False


def shared_options(hidden: bool) -> Callable[[Body], Body]:
    """The global options; `hidden` ones work but stay out of a command's help."""

    def keep(context: click.Context, parameter: click.Parameter, value: Any) -> None:
        if value and parameter.name:  # what was given after the command adds to what was given before it
            setattr(context.ensure_object(State), parameter.name, value)

    def flag(*names: str, text: str) -> Callable[[Body], Body]:
        return click.option(*names, is_flag=True, expose_value=False, callback=keep, hidden=hidden, help=text)

    options = (
        click.option(
            "--project",
            type=click.Path(path_type=Path),
            metavar="DIR",
            expose_value=False,
            callback=keep,
            hidden=hidden,
            help="The project's folder; else $SKIPTRACE_PROJECT, else the nearest skiptrace.toml upward.",
        ),
        flag("--json", text="Print one JSON object for programs."),
        flag("-q", "--quiet", text="Say nothing but errors."),
        flag("-v", "--verbose", text="Say more on stderr."),
        flag("--debug", text="Show where in the program an error arose."),
    )

    def decorate(body: Body) -> Body:
        for option in reversed(options):
            body = option(body)
        return body

    return decorate


def subcommand(name: str) -> Callable[[Body], click.Command]:
    """A command of this program: click's, with the global options understood after its name too."""

    def decorate(body: Body) -> click.Command:
        return click.command(name)(shared_options(hidden=True)(body))

    return decorate


def project_folder(state: State) -> Path:
    """The project's folder: --project, else $SKIPTRACE_PROJECT, else the nearest folder upward with a skiptrace.toml.

    Raises ConfigError (exit 2) where there is none."""
    for origin, given in (("--project", state.project), ("SKIPTRACE_PROJECT", os.environ.get("SKIPTRACE_PROJECT"))):
        if given:
            place = Path(given)
            folder = place.parent if place.name == PROJECT_FILE and place.is_file() else place
            if (folder / PROJECT_FILE).is_file():
                return folder
            problem = Problem(
                origin,
                "",
                f"that folder has no {PROJECT_FILE}",
                "correct the path, or make one with `skiptrace init DIR`",
            )
            raise ConfigError("there is no project", (problem,))
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / PROJECT_FILE).is_file():
            return folder
    problem = Problem(
        PROJECT_FILE,
        "",
        "not in this folder or above it",
        "go there, name it with --project DIR, or start one with `skiptrace init DIR`",
    )
    raise ConfigError("there is no project here", (problem,))
