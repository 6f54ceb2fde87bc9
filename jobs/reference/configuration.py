"""The reference of the project file: a page for people, and a JSON Schema for editors."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from jobs.reference.sentences import KEYS, SECTIONS
from skiptrace.project.fields import ACCOUNT_EVENTS, ANSWERS, DISPOSITIONS, NOTES, PLACEMENTS, PORTFOLIO, REFERENCE, SUPPRESSION
from skiptrace.project.model import Project

_WITH_FILES: Final = ("portfolio", "source", "source.order", "feedback")
_SAME: Final = {f"{whose}.{name}": name for whose in _WITH_FILES for name in ("file", "file.fields")}
"""Sections that say the same."""
_COLUMNS: Final = {
    "the portfolio": PORTFOLIO, "a reference source": REFERENCE, "a list (`kind = \"suppression\"`)": SUPPRESSION,
    "a result file (`dispositions`)": DISPOSITIONS, "answers (`answers`)": ANSWERS, "account events (`account_events`)": ACCOUNT_EVENTS,
    "notes (`notes`)": NOTES, "placements (`placements`)": PLACEMENTS,
}  # fmt: skip


def sections() -> dict[str, type[BaseModel]]:
    """Every section of the project file by its name, those within sections by a path; sections that are alike once."""
    found: dict[str, type[BaseModel]] = {"": Project}
    for name, model in _within("", Project):
        found.setdefault(_SAME.get(name, name), model)
    return found


def _within(name: str, model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    for key, field in model.model_fields.items():
        inner = _model(field.annotation)
        if inner is not None:
            path = f"{name}.{key}" if name else key
            yield path, inner
            yield from _within(path, inner)


def _model(kind: Any) -> type[BaseModel] | None:
    """The model that a key holds one or several of."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind
    return next((found for part in typing.get_args(kind) if (found := _model(part)) is not None), None)


def keys(model: type[BaseModel]) -> list[str]:
    """The keys of a section that hold values, not sections."""
    return [key for key, field in model.model_fields.items() if _model(field.annotation) is None]


def page() -> str:
    """The page: every section with its keys, then the canonical columns."""
    lines = [
        "# The project file", "",
        "`skiptrace.toml`. An unknown key is an error with a suggestion. Any value may come from the environment instead:",
        "`SKIPTRACE__RUNTIME__SCHEDULER=sync`. Secrets stand in it only as `${env:NAME}` or `${file:PATH}`.", "",
        "For an editor with TOML and JSON Schema (such as Even Better TOML), put this in the first line:", "",
        "```toml", "#:schema docs/reference/skiptrace.schema.json", "```", "",
    ]  # fmt: skip
    for name, model in sections().items():
        lines += [f"## {_title(name)}", "", SECTIONS[name], "", "| key | value | where left out | |", "|---|---|---|---|"]
        for key in keys(model):
            field = model.model_fields[key]
            lines.append(f"| `{key}` | {_kind(field.annotation)} | {_default(field)} | {KEYS[name][key]} |")
        lines.append("")
    for title, fields in _COLUMNS.items():
        lines += [f"## Canonical columns of {title}", "", "| column | takes | |", "|---|---|---|"]
        lines += [f"| `{one.name}` | {', '.join(one.accepts)}{'; several' if one.several else ''} | {one.sentence} |" for one in fields]
        lines.append("")
    return "\n".join(lines)


def schema() -> str:
    """The JSON Schema of the project file, with a sentence for each key."""
    content = Project.model_json_schema(mode="validation")
    names = {model.__name__: name for name, model in sections().items()}
    for title, part in [("Project", content), *content.get("$defs", {}).items()]:
        name = names[title]
        part["description"] = SECTIONS[name]
        for key, one in part.get("properties", {}).items():
            if key in KEYS.get(name, {}):
                one["description"] = KEYS[name][key]
            if key == "columns" and "additionalProperties" in one:  # one expression needs no list
                one["additionalProperties"] = {"anyOf": [{"type": "string"}, one["additionalProperties"]]}
            one.pop("title", None)
        part.pop("title", None)
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "skiptrace.toml", **content}
    return json.dumps(whole, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _title(name: str) -> str:
    if name in _SAME.values():
        return f"`[portfolio.{name}]` and `[source.{name}]`"
    several = name in ("source", "export", "feedback", "portfolio.purchase", "compliance.attest", "outbox", "inbox")
    return "The whole file" if not name else f"`[[{name}]]`" if several else f"`[{name}]`"


def _kind(kind: Any) -> str:
    origin, given = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return _kind(given[0])
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_kind(part) for part in given if part is not type(None))
    if origin is tuple:
        return f"list of {_kind(given[0])}"
    if origin is dict:
        return "table"
    if origin is typing.Literal:
        return " or ".join(json.dumps(one) for one in given)
    words: Mapping[Any, str] = {str: "text", int: "whole number", float: "number", bool: "true or false"}
    return words.get(kind, "date" if getattr(kind, "__name__", "") == "date" else "text")


def _default(field: Any) -> str:
    if field.default is PydanticUndefined:
        return "needed" if field.default_factory is None else "–"
    return "–" if field.default in (None, (), {}) else f"`{json.dumps(field.default)}`"
