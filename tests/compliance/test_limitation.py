"""The limitation status: earliest and latest end over every state that may count."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pyarrow as pa
import pytest

from skiptrace.compliance.limitation import limitation_status, spans
from skiptrace.rulebook.loading import load
from tests.compliance.tables import AS_OF

BOOK = load()


def status(since: dt.date | None, states: list[str] | None, military: bool = False) -> str:
    table = pa.table(
        {
            "delinquent_since": pa.array([since], pa.date32()),
            "candidates": pa.array([states], pa.list_(pa.string())),
            "military_indicated": [military],
        }
    )
    return str(limitation_status(table, BOOK, AS_OF)[0])


@pytest.mark.parametrize(
    ("since", "states", "expected"),
    [
        (dt.date(2023, 9, 28), ["NC"], "in_period"),  # the period ends 90 days from now
        (dt.date(2023, 9, 27), ["NC"], "uncertain"),
        (dt.date(2023, 6, 30), ["NC"], "uncertain"),  # it ends today
        (dt.date(2023, 6, 29), ["NC"], "barred"),
        (dt.date(2022, 6, 30), ["AZ"], "in_period"),  # a card in Arizona has six years
        (dt.date(2022, 6, 30), ["AZ", "NC"], "uncertain"),
        (dt.date(2019, 6, 30), ["IL"], "uncertain"),  # five years or ten
        (dt.date(2016, 6, 29), ["IL"], "barred"),
        (None, ["NC"], "uncertain"),
        (dt.date(2000, 1, 1), None, "uncertain"),
        (dt.date(2000, 1, 1), ["PR"], "uncertain"),
    ],
)
def test_the_status_of_an_account(since: dt.date | None, states: list[str] | None, expected: str) -> None:
    assert status(since, states) == expected


def test_active_duty_stops_the_clock() -> None:
    assert status(dt.date(2016, 1, 1), ["NC"], military=True) == "uncertain"


def test_spans_need_every_state() -> None:
    assert spans(BOOK, ["NC", "AZ"]) == (3, 6)
    assert spans(BOOK, []) is spans(BOOK, ["NC", "GU"]) is None
    assert spans(replace(BOOK, limitation={}), ["NC"]) is None


def test_rules_of_states_use_the_periods_of_the_table() -> None:
    for rule in BOOK.rules:
        if rule.topic == "time_barred" and rule.jurisdiction.startswith("US-"):
            period = BOOK.limitation[rule.jurisdiction.split("-")[1]]
            assert f"INTERVAL {period.shorter} YEAR" in rule.when, rule.id
