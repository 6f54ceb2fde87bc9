"""Reading a project file: text → TOML → environment laid over → typed objects, with every problem raised together.

A problem says the file (or the environment), the key path and the line. Entries of `source` and `export` are counted
from 1. Values of the file are never repeated: one of them may be a secret.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from skiptrace.errors import ConfigError, Problem
from skiptrace.project.alerting import Alerts
from skiptrace.project.checks import Finding, findings
from skiptrace.project.compliance import Attestation as Attest
from skiptrace.project.compliance import Compliance
from skiptrace.project.depth import deeper_than
from skiptrace.project.encryption import Encryption
from skiptrace.project.exchange import AgeOpening, AgeSealing, Inbox, Outbox, PgpOpening, PgpSealing
from skiptrace.project.feedback import Feedback
from skiptrace.project.form import Form, FormField
from skiptrace.project.gates import Gates
from skiptrace.project.home import FILE_NAME
from skiptrace.project.limits import Limits
from skiptrace.project.model import Export, Head, Portfolio, Project, Runtime, Security, Source
from skiptrace.project.monitoring import Monitoring
from skiptrace.project.ordering import Order
from skiptrace.project.overlay import overlay
from skiptrace.project.positions import Path, key_lines, line_of
from skiptrace.project.retention import Retention
from skiptrace.project.suggestions import did_you_mean, shown_key
from skiptrace.project.waterfall import Waterfall
from skiptrace.store.objects import ObjectPath
from skiptrace.store.places import size_of

MAX_BYTES = 1 << 20
MAX_DEPTH = 12

_MODELS: dict[str, type[BaseModel]] = {
    "": Project, "project": Head, "portfolio": Portfolio, "source": Source, "compliance": Compliance,
    "compliance.attest": Attest, "security": Security, "export": Export, "feedback": Feedback, "runtime": Runtime,
    "limits": Limits, "alerts": Alerts, "retention": Retention, "gates": Gates, "monitoring": Monitoring,
    "encryption": Encryption,
    "portfolio.file": Form, "source.file": Form, "feedback.file": Form,
    "portfolio.file.fields": FormField, "source.file.fields": FormField,
    "outbox": Outbox, "outbox.pgp": PgpSealing, "outbox.age": AgeSealing,
    "waterfall": Waterfall, "source.order": Order, "source.order.file": Form, "source.order.file.fields": FormField,
    "inbox": Inbox, "inbox.pgp": PgpOpening, "inbox.age": AgeOpening,
}  # fmt: skip

_SAID = {
    "missing": ("is missing", "add it"),
    "string_type": ("must be text in quotes", ""),
    "string_too_short": ("must not be empty", ""),
    "too_short": ("must not be empty", ""),
    "int_type": ("must be a whole number without quotes", ""),
    "float_type": ("must be a number without quotes", ""),
    "bool_type": ("must be true or false, without quotes", ""),
    "date_type": ("must be a date without quotes", "such as 2026-06-30"),
    "tuple_type": ("must be a list", 'such as ["…", "…"]'),
    "dict_type": ("must be a table", ""),
    "model_type": ("must be a table", ""),
    "finite_number": ("must be a finite number", ""),
    "literal_error": ("is a version of the file that this program does not read", "version = 1"),
}


UNKNOWN_KEY = "is not a known key"
UNKNOWN = frozenset({UNKNOWN_KEY, "is not a canonical column", "is not a date column"})
"""Findings about a key that nobody knows: it may be a value in a key's place."""

DMF = "dmf.certified"
"""The purpose under which the restricted death file may be read."""


def load(path: FilePath | ObjectPath, environ: Mapping[str, str]) -> Project:
    """Read the project file at `path` (or `skiptrace.toml` in that folder), with `SKIPTRACE__…` of `environ` laid
    over it.

    Raises ConfigError (exit 2) with every problem at once. Reads nothing but this file; secrets stay references."""
    file = path / FILE_NAME if path.is_dir() else path
    text = _text(file)
    raw = _parse(file, text)
    origins, problems = overlay(raw, environ)
    lines = key_lines(text)
    found = list(findings(raw))
    project: Project | None = None
    try:
        project = Project.model_validate(_frozen(raw))
    except ValidationError as error:
        found += _news(error, found)
    problems += [_problem(file.name, finding, lines, origins) for finding in _in_file_order(found, lines)]
    if problems or project is None:
        raise ConfigError(f"{file.name} cannot be used", tuple(problems))
    return project.at(FilePath(str(file)))


def permitted(project: Project, as_of: dt.date) -> tuple[Problem, ...]:
    """A problem for each source that must not be read on `as_of`: it permits none of the run's purposes, its contract has
    expired, or it is the restricted death file and the user's certification for it has. Empty: every source may be read."""
    problems = []
    certified = project.compliance.dmf_certified_until
    for index, source in enumerate(project.source):
        found = []
        shared = set(source.purposes) & set(project.project.purposes)
        if not shared:
            mend = "remove the source, or correct project.purposes or its purposes if the licence says otherwise"
            found.append(("purposes", "permits none of the purposes of this run", mend))
        elif shared == {DMF} and (certified is None or certified < as_of):
            state = "is not stated" if certified is None else f"ended on {certified}"
            mend = "renew the certification and set compliance.dmf_certified_until, or remove the source"
            found.append(("purposes", f"needs the certification for the restricted death file, which {state}", mend))
        if source.contract_expires is not None and source.contract_expires < as_of:
            mend = "renew the contract and correct contract_expires, or remove the source"
            found.append(("contract_expires", f"may not be used after {source.contract_expires}", mend))
        problems += [
            Problem(project.file.name, f"source[{index + 1}].{key}", f'source "{source.name}" {what}', mend) for key, what, mend in found
        ]
    return tuple(problems)


def _text(file: FilePath | ObjectPath) -> str:
    def refuse(what: str, mend: str, place: str = "") -> ConfigError:
        return ConfigError(f"{file.name} cannot be read", (Problem(file.name, place, what, mend),))

    try:
        if (size_of(file) or 0) > MAX_BYTES:
            raise refuse("is larger than 1 MiB", "a project file is a few pages of text: is this the right file?")
        content = file.read_bytes()
    except FileNotFoundError:
        raise refuse("not found", "run `skiptrace init`, or point --project at the project's folder") from None
    except IsADirectoryError:
        raise refuse("is a folder", "point at the file") from None
    except OSError:
        raise refuse("cannot be opened", "check its permissions") from None
    if content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise refuse("begins with a byte order mark", "save it as plain UTF-8, without BOM", "line 1")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise refuse("is not UTF-8", "save it as UTF-8", f"line {content.count(10, 0, error.start) + 1}") from None


def _parse(file: FilePath | ObjectPath, text: str) -> dict[str, Any]:
    too_deep = Problem(file.name, "", f"is nested deeper than {MAX_DEPTH} levels", "no key of a project file is")
    deep = deeper_than(text, MAX_DEPTH)
    if deep is not None:
        raise ConfigError(f"{file.name} is not valid TOML", (replace(too_deep, place=f"line {deep}"),))
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem = _syntax(file.name, str(error), text)
        raise ConfigError(f"{file.name} is not valid TOML", (problem,)) from None
    except RecursionError:
        raise ConfigError(f"{file.name} is not valid TOML", (too_deep,)) from None
    level: list[Any] = [raw]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for value in level
            for inner in (value.values() if isinstance(value, dict) else value)
            if isinstance(inner, dict | list)
        ]
    if level:
        raise ConfigError(f"{file.name} is not valid TOML", (too_deep,))
    return raw


def _syntax(file: str, message: str, text: str) -> Problem:
    """The parser's message with the line as the place; it tells the place of a key given twice, never a value."""
    where = re.search(r"\(at (?:line (\d+), column \d+|end of document)\)$", message)
    line = int(where[1]) if where and where[1] else text.count("\n") + 1
    what = message[: where.start()].strip() if where else message
    if "Cannot overwrite" in what or "Cannot declare" in what or "twice" in what:
        if what.startswith("Cannot overwrite") and line > 1 and text.split("\n")[line - 1].strip() == "":
            line -= 1
        return Problem(file, f"line {line}", "a key or table is there twice", "keep one of them")
    return Problem(file, f"line {line}", what[:1].lower() + what[1:], "text needs quotes, dates and numbers none")


def _frozen(value: Any, path: Path = ()) -> Any:
    """Lists as tuples, and single expressions of a mapping as a tuple of one: the model converts nothing itself."""
    if isinstance(value, dict):
        mapping = len(path) >= 2 and path[-1] == "columns"
        return {
            key: (inner,) if mapping and isinstance(inner, str) else _frozen(inner, (*path, key))
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return tuple(_frozen(inner, (*path, index)) for index, inner in enumerate(value))
    return value


def _finding(error: ErrorDetails) -> Finding:
    path: Path = tuple(error["loc"])
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        model = _MODELS.get(".".join(part for part in path[:-1] if isinstance(part, str)))
        known = sorted(model.model_fields) if model else []
        return Finding(path, UNKNOWN_KEY, did_you_mean(path[-1], known))
    if kind == "unknown_word":
        return Finding(path, "is not a known word", did_you_mean(error["input"], context["words"]))
    if kind == "wrong":
        return Finding(path, context["what"], context["mend"])
    if kind in _SAID:
        return Finding(path, *_SAID[kind])
    limits = {"greater_than_equal": "ge", "less_than_equal": "le", "greater_than": "gt"}
    if kind in limits:
        word = {"ge": "at least", "le": "at most", "gt": "more than"}[limits[kind]]
        return Finding(path, f"must be {word} {context[limits[kind]]}", "")
    return Finding(path, "has a value of the wrong kind", "see the documentation of the project file")


def _news(error: ValidationError, found: list[Finding]) -> list[Finding]:
    """The model's findings, without those at or below a key that `checks` already spoke of, and without "must not be
    empty" for a list that is only empty because its entries are wrong."""
    said = {finding.path for finding in found}
    details = error.errors(include_url=False)
    wrong = [tuple(detail["loc"]) for detail in details]
    news = []
    for detail in details:
        path: Path = tuple(detail["loc"])
        hollow = detail["type"] == "too_short" and any(other[: len(path)] == path and other != path for other in wrong)
        around = [path[:depth] for depth in range(1, len(path) + 1)]
        if not hollow and not any(place in said and place[-1] != "columns" for place in around):
            news.append(_finding(detail))
    return news


def _in_file_order(found: list[Finding], lines: dict[Path, int]) -> list[Finding]:
    return sorted(
        found,
        key=lambda finding: (line_of(finding.path, lines) or 0, [str(part) for part in finding.path], finding.what),
    )


def _problem(file: str, finding: Finding, lines: dict[Path, int], origins: dict[Path, str]) -> Problem:
    for depth in range(len(finding.path), 0, -1):
        if finding.path[:depth] in origins:
            return Problem("environment", origins[finding.path[:depth]], finding.what, finding.mend)
    for path, variable in origins.items():
        if path[: len(finding.path)] == finding.path and finding.path not in lines:
            return Problem("environment", variable, finding.what, finding.mend)
    line = line_of(finding.path, lines)
    path = finding.path
    if finding.what in UNKNOWN and isinstance(path[-1], str):
        path = (*path[:-1], shown_key(path[-1]))
    return Problem(file, key_path(path) + (f" (line {line})" if line else ""), finding.what, finding.mend)


def key_path(path: Path) -> str:
    """A key path as people write it: ('source', 1, 'columns', 'dob') is `source[2].columns.dob`."""
    text = ""
    for part in path:
        if isinstance(part, str) and not part.isprintable():
            part = "?"
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text
