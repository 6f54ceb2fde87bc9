from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from jobs.explain.states import state
from skiptrace.vocabulary import ACCOUNT_STATES

TOLD: dict[str, Any] = {
    "account_state": "recalled", "account_state_since": dt.date(2026, 6, 1), "account_state_reason": "asked for by J. Quenby",
}  # fmt: skip


def test_an_account_of_which_nothing_was_told_has_none() -> None:
    assert state({}, masked=False) is None  # a run of an earlier version
    assert state({"account_state": "open", "account_state_since": None, "account_state_reason": None}, masked=False) is None


def test_the_reason_is_shown_to_whoever_may_see_it() -> None:
    found = state(TOLD, masked=False)
    assert found is not None
    assert (found.state, found.since, found.reason) == tuple(TOLD.values())
    assert found.sentence.endswith("since 2026-06-01; reason: asked for by J. Quenby")
    masked = state(TOLD, masked=True)
    assert masked is not None
    assert "Quenby" not in repr(masked)
    assert masked.sentence.endswith("since 2026-06-01; reason: given, masked")


@pytest.mark.parametrize("word", ACCOUNT_STATES)
def test_every_state_has_its_words(word: str) -> None:
    found = state(TOLD | {"account_state": word, "account_state_reason": None}, masked=True)
    assert found is not None
    assert "reason" not in found.sentence
    assert ("not contacted" in found.sentence) == (word != "open")
