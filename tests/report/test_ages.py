from __future__ import annotations

import datetime
from collections import Counter

import pyarrow as pa

from skiptrace.report.ages import NAMES
from skiptrace.report.facts import summarise
from tests.report.by_hand import REPORT, TABLES, rows
from tests.report.sample import ledger


def test_every_point_has_one_age() -> None:
    kinds = Counter(row["kind"] for row in rows("contact_points"))
    assert {one.kind: one.whole for one in REPORT.ages} == kinds
    assert [one.kind for one in REPORT.ages] == ["address", "phone", "email"]
    assert all(dict(zip(NAMES, one.points, strict=True))["4 to 6 months"] == one.whole for one in REPORT.ages)
    assert all(sum(points for _, points in one.lanes) == one.whole for one in REPORT.ages)


def test_ages_are_calendar_months_before_the_day_of_the_run() -> None:
    days: list[datetime.date | None] = [
        datetime.date(2026, 7, 1), datetime.date(2026, 3, 1), datetime.date(2026, 2, 28), datetime.date(2025, 6, 1),
        datetime.date(2025, 5, 31), datetime.date(2021, 6, 1), datetime.date(2021, 5, 31), None,
    ]  # fmt: skip
    points = TABLES["contact_points"]
    place = points.column_names.index("last_seen")
    dated = pa.array([days[row % len(days)] for row in range(len(points))], pa.date32())
    other = TABLES | {"contact_points": points.set_column(place, points.schema.field(place), dated)}
    found = Counter[str]()
    for one in summarise(other, ledger(other)).ages:
        found.update(dict(zip(NAMES, one.points, strict=True)))
    of = Counter(days[row % len(days)] for row in range(len(points)))
    assert [found[name] for name in NAMES] == [
        of[days[0]] + of[days[1]], of[days[2]], of[days[3]], of[days[4]], of[days[5]], of[days[6]], of[None],
    ]  # fmt: skip
