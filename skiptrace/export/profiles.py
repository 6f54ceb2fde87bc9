"""Export profiles: TOML files that say which columns a file has, in which syntax. All problems are reported at once.

A profile is found by being in `rules/exports/`; its file name is its name. Expressions are bound to the columns of an
exportable use when the profile is read, so a slip is found before a run, not at the end of one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from skiptrace.errors import ConfigError, Problem
from skiptrace.export.binding import findings
from skiptrace.export.grammar import GRAMMARS, Grammar
from skiptrace.ids import digest
from skiptrace.plugins import modules, require, rule_files
from skiptrace.sql import quote

FORMATS: Final = "skiptrace.export.formats"
_KEYS: Final = {"sentence": str, "format": str, "shape": str, "options": dict, "column": list}
_COLUMN_KEYS: Final = ("name", "expression", "grammar", "sentence")


@dataclass(frozen=True)
class ProfileColumn:
    """One column of an export: its header, the SQL expression that fills it, the grammar of its cells, its sentence."""

    name: str
    expression: str
    grammar: Grammar
    sentence: str


@dataclass(frozen=True)
class Profile:
    """An export profile. `options` are the format's, complete with its defaults; `fingerprint` is a content hash."""

    name: str
    sentence: str
    format: str
    shape: str
    options: Mapping[str, Any]
    columns: tuple[ProfileColumn, ...]
    fingerprint: str


@cache
def formats() -> dict[str, ModuleType]:
    """The file formats there are, by name: modules with SUFFIX, OPTIONS, check, write and read.

    Raises ConfigError when a module of the folder lacks one."""
    found = dict(modules(FORMATS))
    for module in found.values():
        require(module, "SUFFIX", "OPTIONS", "check", "write", "read")
    return found


def load_profiles(files: Iterable[Path] | None = None) -> dict[str, Profile]:
    """Every profile of `rules/exports/`, or of the given TOML files, by name, sorted.

    Raises ConfigError with every problem of every file."""
    profiles: dict[str, Profile] = {}
    problems: list[Problem] = []
    for file in sorted(rule_files("exports") if files is None else files):
        profile, found = _read(file)
        problems += found
        if profile is not None:
            profiles[profile.name] = profile
    if problems:
        raise ConfigError("an export profile is wrong", tuple(sorted(problems)))
    return profiles


def load_profile(name: str) -> Profile:
    """One shipped profile. Raises ConfigError with a suggestion when there is none of that name."""
    profiles = load_profiles()
    if name not in profiles:
        mend = _suggest(name, profiles) or f"there are {', '.join(profiles)}"
        raise ConfigError("no such export profile", (Problem("rules/exports", name, "not found", mend),))
    return profiles[name]


def select_list(columns: Sequence[ProfileColumn]) -> str:
    """The SELECT list that fills the columns."""
    return ", ".join(f"({column.expression}) AS {quote(column.name)}" for column in columns)


def _read(file: Path) -> tuple[Profile | None, list[Problem]]:
    def problem(place: str, what: str, mend: str = "") -> None:
        problems.append(Problem(file.name, place, what, mend))

    problems: list[Problem] = []
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return None, [Problem(file.name, "", f"is not TOML: {error}")]
    for key in sorted(set(content) - set(_KEYS)):
        problem(key, "unknown key", _suggest(key, _KEYS))
    for key, kind in _KEYS.items():
        if key not in content:
            if key != "options":
                problem(key, "missing")
        elif not isinstance(content[key], kind) or not content[key]:
            problem(key, f"must be a filled {'text' if kind is str else 'table' if kind is dict else 'list of tables'}")
    if problems:
        return None, problems
    if content["shape"] != "long":
        problem("shape", "unknown shape", 'there is "long", a row per use')
    module = formats().get(content["format"])
    options = dict(content.get("options", {}))
    if module is None:
        problem("format", "unknown format", f"there are {', '.join(formats())}")
    else:
        for key in sorted(set(options) - set(module.OPTIONS)):
            problem(f"options.{key}", "unknown key", _suggest(key, module.OPTIONS))
        options = {key: options.get(key, default) for key, default in module.OPTIONS.items()}
        for key, what, mend in module.check(options):
            problem(f"options.{key}", what, mend)
    columns, found = _columns(file.name, content["column"])
    problems += found
    if problems:
        return None, problems
    fingerprint = digest(file.stem, content)
    return Profile(
        file.stem, content["sentence"], content["format"], "long", options, tuple(columns), fingerprint
    ), []  # fmt: skip


def _columns(file: str, entries: list[Any]) -> tuple[list[ProfileColumn], list[Problem]]:
    columns: list[ProfileColumn] = []
    problems: list[Problem] = []
    names: set[str] = set()
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict):
            problems.append(Problem(file, f"column {number}", "must be a table", "write [[column]]"))
            continue
        place = f"column {entry.get('name', number)}"
        unknown = sorted(set(entry) - set(_COLUMN_KEYS))
        wrong = [Problem(file, place, f"unknown key {key}", _suggest(key, _COLUMN_KEYS)) for key in unknown]
        for key in _COLUMN_KEYS:
            if not isinstance(entry.get(key), str) or not entry[key].strip():
                wrong.append(Problem(file, place, f"{key} is missing or not a text"))
        if not wrong:
            if entry["grammar"] not in GRAMMARS:
                wrong.append(Problem(file, place, "unknown grammar", f"there are {', '.join(GRAMMARS)}"))
            if entry["name"] in names:
                wrong.append(Problem(file, place, "this name is there twice", "rename one"))
            names.add(entry["name"])
        if wrong:
            problems += wrong
        else:
            columns.append(ProfileColumn(**{key: entry[key] for key in _COLUMN_KEYS}))
    unbound = findings({column.name: column.expression for column in columns})
    problems += [Problem(file, f"column {name}", what, mend) for name, (what, mend) in unbound.items()]
    return columns, problems


def _suggest(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word, sorted(known), n=1)
    return f'did you mean "{close[0]}"?' if close else ""
