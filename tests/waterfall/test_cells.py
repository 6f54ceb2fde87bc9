from __future__ import annotations

import datetime as dt

import numpy as np

from skiptrace.waterfall.cells import FIXED, HIT, NEVER, NONE, PAIRS, SILENT, cells
from skiptrace.waterfall.priors import load
from tests.waterfall.tables import asked, facts


def test_the_newest_request_is_the_state_of_a_source() -> None:
    table = facts(
        {"asked": [asked("a", True, dt.date(2026, 1, 1)), asked("a", False, dt.date(2026, 2, 1)), asked("elsewhere", True)]},
        {"asked": [asked("b", None)]}, {},
    )  # fmt: skip
    found = cells(table, ["a", "b"], load())
    assert found.state.tolist() == [[NONE, NEVER], [NEVER, SILENT], [NEVER, NEVER]]
    assert found.asked_on[0, 0] == (dt.date(2026, 2, 1) - dt.date(1970, 1, 1)).days


def test_bounds_belong_to_the_band_below_and_what_is_not_known_has_its_own() -> None:
    table = facts(*({"debt_age_days": days} for days in (0, 365, 366, 1461, 1462, None)))
    bands = cells(table, [], load()).cell // 32 % 5
    assert bands.tolist() == [0, 0, 1, 2, 3, 4]


def test_columns_say_what_is_missing_alone_and_in_pairs() -> None:
    columns = cells(facts({"missing": 0b00011}), ["a"], load()).columns()
    assert columns[0, 1:6].tolist() == [1, 1, 0, 0, 0]
    assert columns[0, 16:FIXED].tolist() == [float(pair == (0, 1)) for pair in PAIRS]
    assert columns.shape == (1, FIXED + 2)


def test_columns_say_who_was_asked() -> None:
    columns = cells(facts({"asked": [asked("a", True), asked("b", False)]}), ["a", "b"], load()).columns()
    assert columns[0, FIXED:].tolist() == [1, 0, 0, 1]


def test_equal_rows_are_one_pattern_and_a_silent_source_counts_as_never_asked() -> None:
    table = facts({}, {"missing": 1}, {}, {"asked": [asked("a", None)]}, {"asked": [asked("a", True)]})
    found, place = cells(table, ["a"], load()).patterns()
    assert place[0] == place[2] == place[3]
    assert len(found) == 3
    assert sorted(found.state[:, 0].tolist()) == [NEVER, NEVER, HIT]
    assert np.array_equal(found.cell[place], cells(table, ["a"], load()).cell)
