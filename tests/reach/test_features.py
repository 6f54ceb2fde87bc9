from __future__ import annotations

import datetime as dt

import pytest

from skiptrace.reach.features import feature
from tests.reach.tables import points

AS_OF = dt.date(2026, 6, 30)


def test_years_since_the_last_sighting() -> None:
    table = points({"last_seen": dt.date(2025, 6, 30)}, {"last_seen": AS_OF}, {"last_seen": dt.date(2026, 8, 1)}, {"last_seen": None})
    years = feature(table, "seen_years", AS_OF).to_pylist()
    assert years[0] == pytest.approx(365 / 365.25)
    assert years[1:] == [0.0, 0.0, None]  # a day to come is no negative age
    assert feature(points(), "seen_years", AS_OF).to_pylist() == []


def test_any_other_feature_is_a_column() -> None:
    assert feature(points({"rank": 3}), "rank", AS_OF).to_pylist() == [3]
