"""Counts of past contacts and what lists say."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from skiptrace.compliance import history
from skiptrace.rulebook.loading import load
from skiptrace.schema.working import CONSUMERS
from tests.compliance import tables as t

BOOK = load()
NOWHERE = t.points({}).select(["account_id", "kind", "value"]).slice(0, 0)
NOTHING = pa.table({"account_id": pa.array([], pa.string()), "reports": pa.array([], pa.string())})


def ago(days: int, **row: object) -> dict[str, object]:
    return {"occurred_at": t.moment(t.AS_OF - dt.timedelta(days=days)), **row}


def counted(*rows: dict[str, object]) -> dict[str, object]:
    found = history.counts(history.known_events(t.events(*rows), BOOK, t.AS_OF)).to_pylist()
    return found[0] if found else dict.fromkeys(history.COUNTS, 0)


@pytest.mark.parametrize(("days", "seven", "thirty"), [(0, 1, 1), (6, 1, 1), (7, 0, 1), (29, 0, 1), (30, 0, 0)])
def test_windows_end_with_as_of(days: int, seven: int, thirty: int) -> None:
    row = counted(ago(days))
    assert (row["calls_7_days"], row["calls_30_days"]) == (seven, thirty)


def test_a_conversation_stops_calls_for_seven_days_its_own_included() -> None:
    talk = {"occurred_at": t.moment(dt.date(2026, 6, 1)), "outcome": "conversation"}
    stopped = {}
    for day in range(1, 9):
        as_of = dt.date(2026, 6, day)
        row = history.counts(history.known_events(t.events(talk), BOOK, as_of)).to_pylist()[0]
        stopped[day] = row["conversations_7_days"] > 0
    assert [day for day, stop in stopped.items() if stop] == [1, 2, 3, 4, 5, 6, 7]


def test_busy_and_wrong_numbers_do_not_count_as_calls() -> None:
    row = counted(*(ago(n) for n in range(5)), ago(5, outcome="busy"), ago(6, outcome="wrong_party"))
    assert (row["calls_7_days"], row["contacts_7_days"]) == (5, 6)


def test_an_outcome_that_nobody_listed_counts_in_every_way() -> None:
    row = counted(ago(1, outcome="something_new"))
    assert (row["calls_7_days"], row["conversations_7_days"], row["contacts_7_days"]) == (1, 1, 1)


def test_channels_are_counted_apart() -> None:
    row = counted(
        ago(1),
        ago(1, channel="sms", outcome="sent"),
        ago(1, channel="email", outcome="sent"),
        ago(1, channel="mail", outcome="sent"),
    )
    assert [
        row[name] for name in ("calls_7_days", "calls_and_texts_7_days", "electronic_7_days", "contacts_7_days")
    ] == [1, 2, 2, 4]


def test_the_same_event_counts_once_and_later_ones_are_not_known() -> None:
    again = [ago(1, event_id="same"), ago(1, event_id="same"), ago(-2, event_id="later")]
    assert counted(*again)["calls_7_days"] == 1


def test_the_evening_of_as_of_counts_on_as_of() -> None:
    late = {"occurred_at": t.moment(t.AS_OF + dt.timedelta(days=1), 3)}
    assert counted(late)["calls_7_days"] == 1


def test_list_entries_hold_from_their_day_and_tell_facts_by_reason() -> None:
    rows = t.entries(
        {"scope": "account", "account_id": "A1", "reason": "cease", "effective_from": t.AS_OF},
        {
            "scope": "account",
            "account_id": "A1",
            "reason": "attorney",
            "effective_from": t.AS_OF + dt.timedelta(days=1),
        },
        {"scope": "account", "account_id": "A2", "reason": "changed_mind"},
    )
    reached = history.reach_of_lists(history.known_suppressions(rows, BOOK, t.AS_OF), CONSUMERS.empty())
    assert [(row["account_id"], row["reports"]) for row in reached.to_pylist()] == [
        ("A1", "cease_written"),
        ("A2", None),
    ]
    told = history.reports(t.history(t.events(), rows), NOWHERE, NOTHING).to_pylist()
    assert [(row["account_id"], row["cease_written"], row["attorney_known"]) for row in told] == [("A1", True, None)]


def test_an_entry_about_a_person_holds_for_all_accounts_of_the_person() -> None:
    people = CONSUMERS.arrow.empty_table().from_pylist(
        [{"account_id": a, "consumer_id": c} for a, c in (("A1", "c1"), ("A2", "c1"), ("A3", "c2"))], CONSUMERS.arrow
    )
    rows = t.entries({"scope": "person", "account_id": "A1"}, {"scope": "person", "account_id": "A9"})
    reached = history.reach_of_lists(history.known_suppressions(rows, BOOK, t.AS_OF), people)
    assert reached.column("account_id").to_pylist() == ["A1", "A2", "A9"]


def test_a_past_contact_reports_facts() -> None:
    known = t.history(t.events(ago(100, outcome="deceased")))
    assert history.reports(known, NOWHERE, NOTHING).to_pylist()[0]["deceased_reported"] is True


def test_a_linked_record_reports_and_a_litigators_number_tells_on_every_account_that_shows_it() -> None:
    listed = t.history(None, t.entries({"kind": "phone", "value": "+12125550123", "reason": "litigator"}))
    shown = t.points({}).select(["account_id", "kind", "value"])
    assert history.reports(listed, shown, NOTHING).to_pylist()[0]["litigator"] is True
    assert history.reports(listed, NOWHERE, NOTHING).num_rows == 0
    linked = pa.table({"account_id": ["A9"], "reports": ["bankruptcy_reported"]})
    assert history.reports(t.history(), NOWHERE, linked).to_pylist()[0]["bankruptcy_reported"] is True


def test_points_are_counted_apart_and_remember_the_consumers_own_text() -> None:
    here = {"kind": "phone", "value": "+12125550123", "channel": "sms"}
    known = history.known_events(t.events(ago(3, outcome="replied", **here), ago(9, outcome="sent", **here)), BOOK, t.AS_OF)
    row = history.point_counts(known).to_pylist()[0]
    assert (row["point_contacts_7_days"], row["point_contacts_30_days"], row["texted_days"]) == (0, 1, 3)
