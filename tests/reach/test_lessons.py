from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from skiptrace.reach.lessons import LESSONS, covered, lessons, of_channel
from skiptrace.reach.scorecards import load
from skiptrace.schema.working import ATTEMPTS
from tests.reach.tables import points

CARDS, DAY = load(), dt.date(2026, 4, 1)
VOICE = next(card for card in CARDS if card.channel == "voice")
MOMENT = dt.datetime(2026, 5, 1, 15, tzinfo=dt.UTC)
ACCOUNTS = pa.table({
    "account_id": ["A1", "A2"], "consumer_id": ["c1", "c2"], "area": pa.array(["WA", None], pa.string()),
    "debt_years": pa.array([3, None], pa.int32()),
})  # fmt: skip


def tried(*rows: dict[str, Any]) -> pa.Table:
    ordinary = {"account_id": "A1", "channel": "voice", "kind": "phone", "value": "+12065550123", "occurred_at": MOMENT,
                "source": "dialer", "reached": True}  # fmt: skip
    return pa.Table.from_pylist([{**ordinary, **row} for row in rows], schema=ATTEMPTS.arrow)


def test_an_attempt_stands_beside_what_was_known_of_its_use() -> None:
    table = points({"last_seen": dt.date(2025, 4, 1), "line_type": "voip"}, {"account_id": "A2", "point_id": "p-2"})
    found = lessons(table, tried({}, {"account_id": "A2", "reached": False}, {"channel": "sms"}), ACCOUNTS, CARDS, DAY)
    assert found.schema.equals(LESSONS.arrow)
    first, second = (row for row in found.to_pylist() if row["channel"] == "voice")
    assert (first["consumer_id"], first["area"], first["debt_years"], first["reached"]) == ("c1", "WA", 3, True)
    assert (second["consumer_id"], second["area"], second["debt_years"], second["reached"]) == ("c2", None, None, False)
    names = [name for name, _ in VOICE.features]
    assert first["said"][names.index("line_type")] == 3  # voip
    assert first["said"][names.index("seen_years")] == 2  # just under a year
    assert second["said"][names.index("seen_years")] == 0
    assert len(found) == 3
    arrays, rows = of_channel(found, "voice")
    assert len(arrays) == len(rows) == 2
    assert arrays.said.shape == (2, len(names))
    assert arrays.moment.tolist() == [int(MOMENT.timestamp())] * 2


@pytest.mark.parametrize("row", [{"value": "+12065550199"}, {"account_id": "B"}, {"channel": "mail"}, {"kind": "email"}])
def test_an_attempt_on_what_was_not_known_teaches_nothing(row: dict[str, Any]) -> None:
    assert lessons(points({}), tried(row), ACCOUNTS, CARDS, DAY).num_rows == 0


def test_no_attempts_no_lessons() -> None:
    found = lessons(points({}), tried(), ACCOUNTS, CARDS, DAY)
    assert found.num_rows == 0
    assert len(of_channel(found, "voice")[0]) == 0


def test_coverage_counts_accounts_by_area_and_age_of_debt() -> None:
    told = covered(points({}, {"kind": "address", "point_id": "a"}), ACCOUNTS, CARDS).to_pylist()
    voice = {row["area"]: (row["accounts"], row["with_use"]) for row in told if row["channel"] == "voice"}
    assert voice == {"WA": (1, 1), None: (1, 0)}
    assert {row["channel"] for row in told} == {card.channel for card in CARDS}
