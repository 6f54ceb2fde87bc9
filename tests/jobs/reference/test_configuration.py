from __future__ import annotations

import datetime as dt
import json
import tomllib
from typing import Any

import jsonschema
import pytest

from jobs.demo.project_file import text
from jobs.reference import configuration
from jobs.reference.sentences import KEYS, SECTIONS

SCHEMA = json.loads(configuration.schema())


def plain(value: Any) -> Any:
    """TOML as JSON has it: dates are text."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def test_every_section_and_key_has_a_sentence_and_no_sentence_is_of_a_key_that_is_gone() -> None:
    found = configuration.sections()
    assert set(SECTIONS) == set(found)
    for name, model in found.items():
        assert sorted(KEYS.get(name, {})) == sorted(configuration.keys(model)), name
    assert all(sentence.endswith(".") for part in (*KEYS.values(), SECTIONS) for sentence in part.values())


def test_the_page_names_every_key() -> None:
    page = configuration.page()
    assert all(f"| `{key}` | " in page for part in KEYS.values() for key in part)
    assert "## `[portfolio.file]` and `[source.file]`" in page
    assert "| `account_id` |" in page


def test_the_schema_takes_what_the_program_takes() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    sample = plain(tomllib.loads(text(dt.date(2026, 6, 30), ("WA",))))
    jsonschema.validate(sample, SCHEMA)
    assert SCHEMA["$defs"]["Gates"]["properties"]["drift"]["description"] == KEYS["gates"]["drift"]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("project.nmae", "x"), ("project.name", 3), ("runtime.workers", 0), ("portfolio.columns", {}), ("gates.drift", "much"),
        ("version", 2),
    ],
)  # fmt: skip
def test_the_schema_refuses_what_the_program_refuses(place: str, value: Any) -> None:
    sample = plain(tomllib.loads(text(dt.date(2026, 6, 30), ("WA",))))
    *path, key = place.split(".")
    part = sample
    for name in path:
        part = part.setdefault(name, {})
    part[key] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(sample, SCHEMA)
