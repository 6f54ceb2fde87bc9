"""How the command line speaks: data on stdout, messages on stderr, one JSON object with --json.

Whatever is printed passes through `clean`: delivered text may hold characters that would steer a terminal.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
import shutil
import sys
import textwrap
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import click

from jobs.cli.frame import State


def clean(text: str) -> str:
    """The text with every character that does not print replaced; line ends and spaces stay."""
    return "".join(character if character.isprintable() or character == "\n" else "?" for character in text)


def show(text: str = "") -> None:
    """A line of data, on stdout."""
    click.echo(clean(text))


def say(state: State, text: str) -> None:
    """A message, on stderr; silent with -q and with --json."""
    if not state.quiet and not state.json:
        click.echo(clean(text), err=True)


def paragraph(text: str, indent: int = 0) -> None:
    """A sentence on stdout, indented; on a terminal it is wrapped to the width."""
    lead = " " * indent
    if sys.stdout.isatty():
        width = max(shutil.get_terminal_size().columns, 40)
        text = textwrap.fill(text, width, initial_indent=lead, subsequent_indent=lead + "  ", break_on_hyphens=False)
        show(text)
    else:
        show(lead + text)


def show_table(headers: Sequence[str], rows: Sequence[Sequence[object]], indent: int = 0) -> None:
    """Aligned columns on stdout; numbers to the right. Nothing is cut off, so that other programs can read it."""
    cells = [[clean(_cell(value)).replace("\n", " ") for value in row] for row in rows]
    right = [
        bool(rows) and all(isinstance(row[place], int | float | Decimal) for row in rows)
        for place in range(len(headers))
    ]
    widths = [max(len(row[place]) for row in [list(headers), *cells]) for place in range(len(headers))]
    for row in [list(headers), *cells]:
        line = "  ".join(
            cell.rjust(width) if flush else cell.ljust(width)
            for cell, width, flush in zip(row, widths, right, strict=True)
        )
        click.echo(" " * indent + line.rstrip())


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.3f}"
    return str(value)


def show_json(content: object) -> None:
    """One JSON object on stdout. Dates are ISO texts, amounts numbers, what is not a number is null."""
    click.echo(json.dumps(plain(content), ensure_ascii=False, indent=1, allow_nan=False))


def plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
