from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from jobs import verdicts
from skiptrace.errors import ConfigError
from skiptrace.store.commit import encode_json, put_bytes

NOW = dt.datetime(2026, 7, 1, 3, tzinfo=dt.UTC)
FIRST: dict[str, Any] = {"rows": 100, "run_id": "a"}
THEN: dict[str, Any] = {"rows": 50, "run_id": "b"}
LAST: dict[str, Any] = {"rows": 20, "run_id": "c"}


@pytest.fixture
def private(tmp_path: Path) -> Path:
    return tmp_path / "private"


def keep(private: Path, right: bool, before: dict[str, Any] = FIRST, now: dict[str, Any] = THEN) -> bool:
    return verdicts.keep(private, "dnc", before, now, right, "Pat", "looked at it", NOW)


def test_of_several_verdicts_the_last_one_counts(private: Path) -> None:
    said = [keep(private, right) for right in (True, True, False, False, True, False)]
    assert said == [True, False, True, False, True, True]
    for right in (False, True, False):
        found = verdicts.load(private)
        assert verdicts.taken(found, "dnc", THEN) is right
        assert (verdicts.basis(found, "dnc", FIRST) == THEN) is right
        assert ("dnc" in verdicts.refused(found, "b")) is not right
        keep(private, not right)


def test_what_was_taken_for_right_is_what_the_next_is_compared_with(private: Path) -> None:
    keep(private, True)
    keep(private, True, THEN, LAST)
    said = verdicts.load(private)
    assert verdicts.basis(said, "dnc", FIRST) == LAST
    assert verdicts.basis(said, "other", FIRST) == FIRST
    assert verdicts.refused(said, "b") == {}


def test_a_verdict_holds_no_value_of_a_person(private: Path) -> None:
    with pytest.raises(ConfigError, match="must not hold a person's data"):
        verdicts.keep(private, "dnc", FIRST, THEN, True, "pat@example.com", "x", NOW)
    assert verdicts.load(private) == []


def test_notes_of_an_earlier_version_took_something_for_right(private: Path) -> None:
    old = {"source": "dnc", "before": FIRST, "now": THEN, "by": "Pat", "reason": None, "at": NOW.isoformat()}
    (private / verdicts.FOLDER).mkdir(parents=True)
    put_bytes(private / verdicts.FOLDER / "note-0.json", encode_json(old))
    assert verdicts.taken(verdicts.load(private), "dnc", THEN)
    assert keep(private, False)
    assert verdicts.basis(verdicts.load(private), "dnc", FIRST) == FIRST
