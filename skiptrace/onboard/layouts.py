"""A tape's layout on file: its headers and how they were mapped, so that the next tape of the seller needs no questions.

A layout is TOML that a person may edit. It holds names of columns and never a value.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skiptrace.errors import ConfigError, Problem
from skiptrace.onboard.proposal import Proposed

SAME_SELLER = 0.6
"""Share of headers that two tapes must have in common to be held for tapes of one seller whose layout changed."""


@dataclass(frozen=True)
class Layout:
    """`kind`: portfolio or a kind of source; `headers`: in the tape's order; `columns`: canonical column to expressions; `reading`:
    how the file is read (delimiter, encoding and the like)."""

    name: str
    kind: str
    headers: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    reading: Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """Headers that a tape lacks and those that are new in it."""

    missing: tuple[str, ...]
    new: tuple[str, ...]


def text_of(value: object) -> str:
    """A TOML value: text, number, truth or a list of them."""
    if isinstance(value, list | tuple):
        return "[" + ", ".join(text_of(entry) for entry in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    plain = '"' in text and "'" not in text and text.isprintable() and "\\" not in text
    return f"'{text}'" if plain else json.dumps(text, ensure_ascii=False)


def columns_text(mapped: Sequence[Proposed], open_: Sequence[Proposed], unused: Sequence[str]) -> str:
    """The lines of a `columns` table: what is mapped with its reason, what was not sure as a comment, what is not used."""
    width = max((len(one.name) for one in (*mapped, *open_)), default=0)

    def line(one: Proposed) -> str:
        value = text_of(one.expressions[0] if len(one.expressions) == 1 else one.expressions)
        return f"{one.name.ljust(width)} = {value}  # {one.confidence:.2f}: {one.why}"

    lines = [line(one) for one in mapped]
    if open_:
        lines.append("# Not sure, so not used; remove the # of a line that is right:")
        lines += [f"# {line(one)}" for one in open_]
    if unused:
        lines.append(f"# Not used: {', '.join(json.dumps(name, ensure_ascii=False) for name in unused)}")
    return "\n".join(lines) + "\n"


def layout_text(kind: str, headers: Sequence[str], reading: Mapping[str, Any], columns: str) -> str:
    """The whole file of a layout; `columns` as `columns_text` gives it."""
    lines = ["# How the tapes of one seller are laid out. `skiptrace map` finds it again by the headers.", f"kind = {text_of(kind)}"]
    lines += [f"headers = {text_of(list(headers))}", "", "[reading]"]
    lines += [f"{name} = {text_of(value)}" for name, value in reading.items()]
    lines += ["", "[columns]", columns]
    return "\n".join(lines)


def read_layout(path: Path) -> Layout:
    """A layout from its file. Raises ConfigError where it is no layout."""
    try:
        content = tomllib.loads(path.read_text())
        columns = {name: (value,) if isinstance(value, str) else tuple(value) for name, value in content["columns"].items()}
        return Layout(path.stem, content["kind"], tuple(content["headers"]), columns, content.get("reading", {}))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        problem = Problem(path.name, "", "is no layout that `skiptrace map` wrote", "remove it, or name another with --like")
        raise ConfigError("a layout cannot be used", (problem,)) from None


def difference(layout: Layout, headers: Sequence[str]) -> Difference:
    """What a tape has otherwise than a layout; the order of columns does not matter."""
    return Difference(
        tuple(name for name in layout.headers if name not in headers), tuple(name for name in headers if name not in layout.headers)
    )  # fmt: skip


def likely_layout(layouts: Sequence[Layout], headers: Sequence[str]) -> Layout | None:
    """The layout that a tape most probably follows: the one with the most headers in common, if they are at least SAME_SELLER of all."""
    here = set(headers)

    def share(layout: Layout) -> float:
        there = set(layout.headers)
        return len(here & there) / max(len(here | there), 1)

    best = max(layouts, key=lambda layout: (share(layout), layout.name), default=None)
    return best if best is not None and share(best) >= SAME_SELLER else None
