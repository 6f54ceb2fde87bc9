from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from skiptrace.report.drift import MOST, figures

SINCE: dict[str, Any] = {
    "run_id": "20260629-a", "as_of": "2026-06-29",
    "quality": {
        "match_rate": {"then": {"part": 750, "of": 1000}, "now": {"part": 730, "of": 1000}},
        "alerts": {"then": {"part": 4, "of": 1000}, "now": {"part": 100, "of": 1000}},
        "reach.sms": {"then": {"tenths": [100] * 10}, "now": {"tenths": [200] * 2 + [75] * 8}, "index": 0.1234567},
        "fill.header.birth_date": {"then": {"part": 900, "of": 1000}, "now": {"part": 600, "of": 1000}},
        "fill.header.phone": {"then": {"part": 500, "of": 1000}, "now": {"part": 500, "of": 1000}},
        "fresh.header": {"then": {"newest": "2026-06-01"}, "now": {"newest": "2026-06-02"}},
    },
    "rows": {"header": [1000, 1200], "voter": [None, 5]}, "linked": {"header": [700, 800]},
}  # fmt: skip


def test_without_a_run_before_there_is_nothing_to_tell() -> None:
    assert figures({}) is None


def test_shares_are_told_then_and_now_and_small_groups_not_at_all() -> None:
    found = figures(SINCE)
    assert found is not None
    assert [(one.name, one.then, one.now, one.points, one.index) for one in found.shares] == [
        ("Accounts linked", "75.0%", "73.0%", "-2.0", None),
        ("Chance of one half or more by SMS", "50.0%", "37.5%", "-12.5", Decimal("0.123")),
    ]
    assert (found.run_id, found.day) == ("20260629-a", datetime.date(2026, 6, 29))


def test_columns_that_changed_come_by_how_much_and_the_others_are_counted() -> None:
    found = figures(SINCE)
    assert found is not None
    assert [(one.name, one.points) for one in found.columns] == [("header: birth date", "-30.0")]
    assert found.alike == 1
    part = {"then": {"part": 100, "of": 1000}, "now": {"part": 200, "of": 1000}}
    many = figures(SINCE | {"quality": {f"fill.s{number:03d}.dob": part for number in range(MOST + 5)}})
    assert many is not None
    assert (len(many.columns), many.alike, many.columns[0].name) == (MOST, 5, "s000: dob")


def test_sources_have_rows_and_links_where_the_ledger_has_them() -> None:
    found = figures(SINCE)
    assert found is not None
    assert found.sources == (("header", "1,000", "1,200", "700", "800"), ("voter", "–", "<11", "–", "–"))


def test_an_empty_whole_is_no_share() -> None:
    none = {"match_rate": {"then": {"part": 0, "of": 0}, "now": {"part": 0, "of": 0}}}
    found = figures(SINCE | {"quality": none})
    assert found is not None
    assert found.shares == ()
