"""The layout of a fixed-width file: a TOML file with `[[fields]]` of name, start (from 1) and width, and maybe `length`."""

from __future__ import annotations

import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from skiptrace.errors import ConfigError, Problem
from skiptrace.project.form import MAX_FIELDS, FormField
from skiptrace.project.parts import Part
from skiptrace.project.suggestions import did_you_mean, shown_key

_MOST_BYTES = 1 << 20


class Layout(Part):
    """The fields of a line, in any order, and its length in characters (None: it ends with its last field)."""

    fields: Annotated[tuple[FormField, ...], Field(min_length=1, max_length=MAX_FIELDS)]
    length: Annotated[int, Field(ge=1)] | None = None


def read_layout(path: str) -> Layout:
    """Read a layout file. Raises ConfigError (exit 2) with every problem: unknown keys, fields that overlap or share a name."""
    file = Path(path)
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise _wrong(file, "", "is larger than 1 MiB", "is this the right file?")
        raw = tomllib.loads(file.read_text("utf-8"))
    except OSError:
        raise _wrong(file, "", "cannot be opened", "correct layout; a relative path starts at the project's folder") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        raise _wrong(file, "", "is not valid TOML", "text needs quotes, numbers none") from None
    try:
        layout = Layout.model_validate({key: _frozen(value) for key, value in raw.items()})
    except ValidationError as error:
        raise ConfigError("a layout cannot be used", tuple(_problem(file, detail) for detail in error.errors(include_url=False))) from None
    check_fields(file.name, layout.fields, layout.length)
    return layout


def check_fields(file: str, fields: tuple[FormField, ...], length: int | None) -> None:
    """Raise ConfigError where fields overlap, share a name, or reach beyond the line."""
    problems = []
    ordered = sorted(fields, key=lambda field: field.start)
    for before, after in pairwise(ordered):
        if before.end >= after.start:
            problems.append(Problem(file, after.name, f'overlaps "{before.name}"', "correct start or width"))
    names: dict[str, str] = {}
    for field in fields:
        if field.name.casefold() in names:
            problems.append(Problem(file, field.name, "is the name of two fields", "names must differ, not only in capitals"))
        names[field.name.casefold()] = field.name
    if length is not None and ordered[-1].end > length:
        problems.append(Problem(file, ordered[-1].name, f"ends at {ordered[-1].end}, beyond length = {length}", "correct one of them"))
    if problems:
        raise ConfigError("a layout cannot be used", tuple(problems))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _problem(file: Path, detail: Any) -> Problem:
    place = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in detail["loc"]).lstrip(".")
    if detail["type"] == "extra_forbidden":
        known = sorted(Layout.model_fields) if len(detail["loc"]) == 1 else sorted(FormField.model_fields)
        key = str(detail["loc"][-1])
        place = place.removesuffix(key) + shown_key(key)
        return Problem(file.name, place, "is not a known key", did_you_mean(key, known) or "leave it out")
    if detail["type"] == "missing":
        return Problem(file.name, place, "is missing", "add it")
    return Problem(file.name, place, "has a value of the wrong kind", "name is text; start and width are whole numbers from 1")


def _wrong(file: Path, place: str, what: str, mend: str) -> ConfigError:
    return ConfigError("a layout cannot be read", (Problem(file.name, place, what, mend),))
