"""Reading an export profile from its TOML file: every key checked, every expression bound, all problems told together."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from skiptrace.errors import Problem
from skiptrace.export.binding import findings
from skiptrace.export.formats import formats
from skiptrace.export.grammar import GRAMMARS
from skiptrace.export.limits import broken_by_headers, read_limits
from skiptrace.export.masking import is_personal
from skiptrace.export.model import Cited, Profile, ProfileColumn
from skiptrace.export.results import read_result
from skiptrace.export.view import EXPORTABLE, ROW
from skiptrace.ids import digest
from skiptrace.vocabulary import CHANNELS

_KEYS: Final = {
    "sentence": str, "format": str, "shape": str, "options": dict, "column": list, "row": str, "channels": list, "slots": int,
    "accounts": int, "where": str, "limits": dict, "limits_unverified": list, "source": list, "result": dict,
}  # fmt: skip
_REQUIRED: Final = ("sentence", "format", "shape", "column")
_WORDS: Final = {str: "filled text", dict: "filled table", list: "filled list of tables", int: "whole number above 0"}
_COLUMN_KEYS: Final = ("name", "expression", "grammar", "sentence")
_COLUMN_MORE: Final = {"max_chars": int, "required": bool, "slot": int, "need": str}
_KINDS: Final = {int: "whole number", bool: "true or false", str: "text"}
_LEAST_NEED: Final = 10
_NEED: Final = 'need = "why the receiver needs it", or leave it out'
_ROWS: Final = {"long": ("use", "point"), "wide": ("account", "consumer")}


def read_profile(file: Path) -> tuple[Profile | None, list[Problem]]:
    """The profile of a file, None where anything is wrong with it, and what is wrong."""
    try:
        profile, problems = _read(file.name, file.stem, file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        return None, [Problem(file.name, "", f"is not TOML: {error}", "correct it there")]
    return profile, list(problems)


@lru_cache(maxsize=256)
def _read(name: str, stem: str, text: str) -> tuple[Profile | None, tuple[Problem, ...]]:
    """The same of a file's name and text: binding its expressions costs far more than reading it, and a command reads it often."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, (Problem(name, "", f"is not TOML: {error}", "correct it there"),)
    problems = [Problem(name, key, what, mend) for key, what, mend in _shape_problems(content)]
    if problems:
        return None, tuple(problems)
    shape = content["shape"]
    more: dict[str, Any] = {"row": content.get("row", _ROWS.get(shape, ("use",))[0]), "where": content.get("where")}
    more |= {key: content.get(key, 1) for key in ("slots", "accounts")}
    more["channels"] = tuple(content.get("channels", CHANNELS))
    more["limits"], wrong = read_limits(content.get("limits", {}))
    problems += [Problem(name, f"limits.{key}", what, mend) for key, what, mend in wrong]
    more["limits_unverified"] = tuple(map(str, content.get("limits_unverified", ())))
    more["cited"], wrong = _cited(content.get("source", []))
    problems += [Problem(name, key, what, mend) for key, what, mend in wrong]
    if "result" in content:
        more["result"], wrong = read_result(content["result"])
        problems += [Problem(name, f"result.{key}", what, mend) for key, what, mend in wrong]
    problems += [Problem(name, key, what, mend) for key, what, mend in _row_problems(content, more)]
    options, wrong = _options(content)
    problems += [Problem(name, key, what, mend) for key, what, mend in wrong]
    columns, found = _columns(name, content["column"], more["where"])
    problems += found
    if problems:
        return None, tuple(problems)
    profile = Profile(
        stem, content["sentence"], content["format"], shape, options, tuple(columns), digest(stem, content), **more
    )
    late = [*_slot_problems(profile), *broken_by_headers(profile.limits, profile.headers)]
    return (None if late else profile), tuple(Problem(name, f"column {key}", what, mend) for key, what, mend in late)


def _shape_problems(content: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Keys that are unknown, missing, or no value of their kind."""
    for key in sorted(set(content) - set(_KEYS)):
        yield key, "unknown key", _suggest(key, _KEYS)
    for key, kind in _KEYS.items():
        if key not in content:
            if key in _REQUIRED:
                yield key, "missing", ""
        elif not isinstance(content[key], kind) or isinstance(content[key], bool) or not content[key] or content[key] == -1:
            words = "filled list" if key in ("channels", "limits_unverified") else _WORDS[kind]
            yield key, f"must be a {words}", ""


def _row_problems(content: Mapping[str, Any], more: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What does not go together about shape, row, channels, slots and accounts."""
    shape, row = content["shape"], more["row"]
    if shape not in _ROWS:
        yield "shape", "unknown shape", 'there are "long", a row per use or point, and "wide", a row per account or consumer'
        return
    if row not in _ROWS[shape]:
        yield "row", f'a {shape} file has no row per "{row}"', f"one of {', '.join(_ROWS[shape])}"
    for channel in more["channels"]:
        if channel not in CHANNELS:
            yield "channels", f'"{channel}" is no channel', f"there are {', '.join(CHANNELS)}"
    if shape == "wide" and len(more["channels"]) != 1:
        yield "channels", "a wide file is for one channel", 'name it: channels = ["voice"]'
    for key, allowed in (("slots", shape == "wide"), ("accounts", row == "consumer")):
        if more[key] < 1:
            yield key, "must be a whole number above 0", ""
        if more[key] > 1 and not allowed:
            yield key, f"has no meaning in a {shape} file with a row per {row}", "leave it out"


def _options(content: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
    """Options of the format, completed with its defaults, and what is wrong with them."""
    module, given = formats().get(content["format"]), dict(content.get("options", {}))
    if module is None:
        return given, [("format", "unknown format", f"there are {', '.join(formats())}")]
    unknown = [(f"options.{key}", "unknown key", _suggest(key, module.OPTIONS)) for key in sorted(set(given) - set(module.OPTIONS))]
    options = {key: given.get(key, default) for key, default in module.OPTIONS.items()}
    return options, unknown + [(f"options.{key}", what, mend) for key, what, mend in module.check(options)]


def _cited(entries: list[Any]) -> tuple[tuple[Cited, ...], list[tuple[str, str, str]]]:
    """The pages a profile rests on."""
    found, wrong = [], []
    for number, entry in enumerate(entries, start=1):
        right = isinstance(entry, dict) and sorted(entry) == ["address", "checked", "says"]
        if not right or type(entry["checked"]) is not datetime.date or not all(isinstance(entry[key], str) for key in ("address", "says")):
            wrong.append((f"source {number}", "must have address, checked (a date) and says", ""))
        else:
            found.append(Cited(entry["address"], entry["checked"], entry["says"]))
    return tuple(found), wrong


def _columns(file: str, entries: list[Any], where: str | None) -> tuple[list[ProfileColumn], list[Problem]]:
    columns: list[ProfileColumn] = []
    problems: list[Problem] = []
    names: set[str] = set()
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict):
            problems.append(Problem(file, f"column {number}", "must be a table", "write [[column]]"))
            continue
        place = f"column {entry.get('name', number)}"
        wrong = [Problem(file, place, what, mend) for what, mend in _column_problems(entry, names)]
        names.add(str(entry.get("name")))
        problems += wrong
        if not wrong:
            columns.append(ProfileColumn(**entry))
    for slotted, table in ((True, EXPORTABLE), (False, ROW)):
        unbound = findings({column.name: column.expression for column in columns if column.slotted is slotted}, table)
        problems += [Problem(file, f"column {name}", what, mend) for name, (what, mend) in unbound.items()]
    problems += [
        Problem(file, f"column {column.name}", "takes a person's data, and says not why", _NEED)
        for column in columns
        if is_personal(column) and len(column.need) < _LEAST_NEED
    ]
    if where is not None:
        problems += [Problem(file, "where", what, mend) for what, mend in findings({"where": where}, EXPORTABLE).values()]
    return columns, problems


def _column_problems(entry: Mapping[str, Any], names: set[str]) -> Iterator[tuple[str, str]]:
    known = (*_COLUMN_KEYS, *_COLUMN_MORE)
    for key in sorted(set(entry) - set(known)):
        yield f"unknown key {key}", _suggest(key, known)
    for key in _COLUMN_KEYS:
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            yield f"{key} is missing or not a text", ""
            return
    for key, kind in _COLUMN_MORE.items():
        if key in entry and type(entry[key]) is not kind:
            yield f"{key} must be a {_KINDS[kind]}", ""
    if entry["grammar"] not in GRAMMARS:
        yield "unknown grammar", f"there are {', '.join(GRAMMARS)}"
    if entry["name"] in names:
        yield "this name is there twice", "rename one"


def _slot_problems(profile: Profile) -> Iterator[tuple[str, str, str]]:
    """Headers that slots make twice, and slots in a file that has none."""
    twice = {header for header in profile.headers if profile.headers.count(header) > 1}
    for header in sorted(twice):
        yield header, "this name is there twice", "rename one"
    if profile.shape == "long":
        for column in profile.columns:
            if column.slotted:
                yield column.name, "a long file has no slots", 'leave {n} and slot out, or say shape = "wide"'
    for column in profile.columns:
        if not 0 <= column.slot <= profile.slots:
            yield column.name, f"there is no slot {column.slot}", f"slots = {profile.slots}"


def _suggest(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word, sorted(known), n=1)
    return f'did you mean "{close[0]}"?' if close else ""
