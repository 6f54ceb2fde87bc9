"""What a shell is told when somebody presses Tab: names of a project's exports, sources and runs. Account ids are never among them.

Nothing heavy is loaded, no network is used, and a project that cannot be read offers nothing.
"""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from jobs.cli.frame import PROJECT_FILE, State, project_folder
from skiptrace.errors import SkiptraceError

VARIABLE = "_SKIPTRACE_COMPLETE"
"""What the script of a shell asks by."""
_RUN = re.compile(r"\d{8}-[0-9a-f]{12}")


def export_names(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Names of exports that begin with what is typed, in the order of the project file."""
    return _of_blocks(context, "export", begun)


def source_names(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Names of sources, likewise."""
    return _of_blocks(context, "source", begun)


def run_names(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Ids of the runs on this machine, newest first, after `latest`."""
    found: list[str] = []
    with suppress(SkiptraceError, OSError):
        names = (place.name for place in (_folder(context) / "runs").iterdir() if _RUN.fullmatch(place.name))
        found = ["latest", *sorted(names, reverse=True)]
    return [name for name in found if name.startswith(begun)]


def _of_blocks(context: click.Context, block: str, begun: str) -> list[str]:
    names: list[Any] = []
    with suppress(SkiptraceError, OSError, ValueError, AttributeError, TypeError):
        content = tomllib.loads((_folder(context) / PROJECT_FILE).read_text(encoding="utf-8"))
        names = [one.get("name") for one in content.get(block, [])]
    return [name for name in names if isinstance(name, str) and name.startswith(begun)]


def _folder(context: click.Context) -> Path:
    return project_folder(context.ensure_object(State))
