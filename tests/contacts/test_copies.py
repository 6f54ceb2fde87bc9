from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from skiptrace.contacts.copies import voices
from tests.contacts.tables import evidence, mine

DAY = {"last_seen": dt.date(2025, 3, 14)}


def heard(*rows: dict[str, Any], point: list[int] | None = None, misspelled: bool = False) -> tuple[int, list[bool]]:
    """(voices, echo of each row)."""
    table = evidence(*rows)
    where = np.array(point or [0] * len(rows))
    voice, echo = voices(table, where, np.full(len(rows), misspelled))
    return len(set(voice.tolist())), echo.tolist()


def test_two_origins_are_two_voices() -> None:
    assert heard({"origin": "a", **DAY}, {"origin": "b", "last_seen": dt.date(2025, 3, 15)}) == (2, [False, False])


def test_one_exact_day_from_two_origins_is_a_copy() -> None:
    assert heard({"origin": "a", **DAY}, {"origin": "b", **DAY}) == (1, [False, True])
    assert heard({"origin": "a", **DAY, "first_seen": dt.date(2020, 1, 9)}, {"origin": "b", **DAY})[0] == 2
    assert heard({"origin": "a", **DAY}, {"origin": "b", **DAY}, point=[0, 1])[0] == 2


@pytest.mark.parametrize("day", [dt.date(2025, 12, 31), dt.date(2025, 1, 1), dt.date(2025, 3, 1), dt.date(2024, 2, 29), None])
def test_a_round_day_is_no_sign_of_a_copy(day: dt.date | None) -> None:
    assert heard({"origin": "a", "last_seen": day}, {"origin": "b", "last_seen": day}) == (2, [False, False])


def test_one_misspelling_from_two_origins_is_a_copy_of_the_older() -> None:
    new, old = {"origin": "a", **DAY}, {"origin": "b", "last_seen": dt.date(2022, 7, 7)}
    assert heard(new, old, misspelled=True) == (1, [True, False])
    assert heard(new, old, misspelled=False) == (2, [False, False])


def test_the_buyers_own_row_is_a_confirmation() -> None:
    assert heard(mine(**DAY), {"origin": "a", **DAY}) == (2, [False, False])
    assert heard(mine(**DAY), {"origin": "a", **DAY}, misspelled=True) == (2, [False, False])
