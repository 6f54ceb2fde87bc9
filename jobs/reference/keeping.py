"""Where a project keeps anything, how long and what ends it: `rules/retention/keeping.toml`, checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from skiptrace import schema
from skiptrace.errors import ConfigError, Problem
from skiptrace.linkage import rules
from skiptrace.plugins import rules_root
from skiptrace.schema import Table, alerted, delivered, facts, published, working

PERSON = ("nothing", "counts", "tokens", "ids", "values")
_TEXTS = ("place", "what", "person", "key", "until", "readers")


@dataclass(frozen=True)
class Kept:
    """A place: what is there, the tables of the schema that lie there, the most that it holds of a person, which keys open it, until when
    it is kept, the commands that end it, and who reads it."""

    place: str
    what: str
    tables: tuple[str, ...]
    person: str
    key: str
    until: str
    ended_by: tuple[str, ...]
    readers: str


def tables() -> Mapping[str, Table]:
    """Every table of the schema by its name."""
    named = [value for module in (delivered, working, published, facts, alerted) for value in vars(module).values()]
    found = {table.name: table for table in named if isinstance(table, Table)}
    return {**found, "links": schema.links(rules.load().names)}


@cache
def kept() -> tuple[Kept, ...]:
    """Every place. Raises ConfigError with each entry that lacks a key, each table that is none, and each table that has no place."""
    return read(rules_root() / "retention" / "keeping.toml")


def read(file: Path) -> tuple[Kept, ...]:
    """The places of a file; raises as `kept`."""
    found, problems = list[Kept](), list[Problem]()
    for number, entry in enumerate(tomllib.loads(file.read_text(encoding="utf-8")).get("kept", []), 1):
        what = _wrong(entry)
        if what:
            problems.append(Problem(file.name, f"kept {number}", what, "state it"))
        else:
            found.append(Kept(**{**entry, "tables": tuple(entry["tables"]), "ended_by": tuple(entry["ended_by"])}))
    known, placed = tables(), {name for one in found for name in one.tables}
    problems += [Problem(file.name, name, "is no table of the schema", "correct the name") for name in sorted(placed - set(known))]
    silent = sorted(set(known) - placed)
    problems += [Problem(file.name, name, "lies nowhere: nobody says how long it is kept", "add it to a place") for name in silent]
    if problems:
        raise ConfigError("what is kept, and how long, is not told of everything", tuple(problems))
    return tuple(found)


def _wrong(entry: Mapping[str, Any]) -> str:
    if set(entry) != {*_TEXTS, "tables", "ended_by"}:
        return f"must have {', '.join((*_TEXTS, 'tables', 'ended_by'))}"
    if not all(isinstance(entry[key], str) and entry[key] for key in _TEXTS) or entry["person"] not in PERSON:
        return f"has a text that is none, or a person that is none of {', '.join(PERSON)}"
    if not all(isinstance(entry[key], list) and all(isinstance(one, str) for one in entry[key]) for key in ("tables", "ended_by")):
        return "has tables or ended_by that are no lists of texts"
    return ""


def of_table(name: str) -> tuple[Kept, ...]:
    """The places where a table lies."""
    return tuple(one for one in kept() if name in one.tables)
