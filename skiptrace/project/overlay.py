"""Values of the environment laid over the project file: `SKIPTRACE__RUNTIME__SCHEDULER=threads` is `runtime.scheduler`.

Names are split at double underscores and lower-cased; entries of `source` and `export` are counted from 1, as in
messages (`SKIPTRACE__SOURCE__2__PATH`). A value is read as a TOML value where it is one, else as text.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from skiptrace.errors import Problem
from skiptrace.project.positions import Path

PREFIX = "SKIPTRACE__"


def overlay(raw: dict[str, Any], environ: Mapping[str, str]) -> tuple[dict[Path, str], list[Problem]]:
    """Lay the variables over `raw` in place. Returns which key path came from which variable, and what could not be
    laid."""
    origins: dict[Path, str] = {}
    problems: list[Problem] = []
    for variable in sorted(name for name in environ if name.startswith(PREFIX)):
        path = _path(variable)
        if not all(part != "" for part in path):
            problems.append(
                Problem("environment", variable, "is not a key of the project file", "SKIPTRACE__SECTION__KEY")
            )
        elif _lay(raw, path, _value(environ[variable])):
            origins[path] = variable
        else:
            problems.append(Problem("environment", variable, "names a place that the project file does not have",
                                    "entries are counted from 1, and must be in the file"))  # fmt: skip
    return origins, problems


def _path(variable: str) -> Path:
    parts = variable[len(PREFIX) :].lower().split("__")
    return tuple(int(part) - 1 if part.isdecimal() and len(part) < 6 else part for part in parts)


def _value(text: str) -> Any:
    if "\n" not in text and "\r" not in text:
        try:
            value = tomllib.loads(f"value = {text}")
        except (tomllib.TOMLDecodeError, RecursionError):
            return text
        if set(value) == {"value"} and not isinstance(value["value"], dict):
            return value["value"]
    return text


def _lay(raw: dict[str, Any], path: Path, value: Any) -> bool:
    place: Any = raw
    for position, part in enumerate(path):
        last = position == len(path) - 1
        if isinstance(place, list):
            if not isinstance(part, int) or not 0 <= part < len(place):
                return False
            if last:
                place[part] = value
            place = place[part]
        elif isinstance(place, dict) and isinstance(part, str):
            if last:
                place[part] = value
            else:
                place = place.setdefault(part, {})
        else:
            return False
    return True
