from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from skiptrace.intake.canonical import SPECS
from skiptrace.intake.lasting import HORIZON
from skiptrace.schema import conform
from tests.intake.deliveries import AS_OF, own_names, reasons, run, source

EVENT = {
    "event_id": "e", "account_id": "A1", "channel": "voice", "value": "206-455-0100", "outcome_code": "RPC",
    "system": "dialer", "occurred_at": "2026-06-30 23:59:59",
}  # fmt: skip


def one(folder: Path, kind: str, data: dict[str, Any] | pa.Table, **more: Any) -> Any:
    table = data if isinstance(data, pa.Table) else pa.table(data)
    (tables,) = run(folder, source(own_names(table), kind, **more), table)
    for name, spec in SPECS.items():
        conform(getattr(tables, name), spec)
    return tables


def events(folder: Path, *changes: dict[str, Any], **more: Any) -> Any:
    rows = [EVENT | {"event_id": f"e{number}"} | change for number, change in enumerate(changes)]
    return one(folder, "dispositions", {name: [row[name] for row in rows] for name in EVENT}, **more)


def test_a_result_in_canonical_form(tmp_path: Path) -> None:
    letter = {"channel": "letter", "value": "1 Oak St, Seattle, WA 98101", "outcome_code": "Returned"}
    email = {"channel": "E-Mail", "value": "A@example.org", "outcome_code": "unsubscribed"}
    found = events(tmp_path, {}, letter, email, {"value": None})
    assert [(row["channel"], row["kind"], row["value"], row["outcome"]) for row in found.events.to_pylist()] == [
        ("voice", "phone", "+12064550100", "right_party"),
        ("mail", "address", "1 OAK ST, SEATTLE, WA 98101", "returned_mail"),
        ("email", "email", "a@example.org", "opt_out"),
        ("voice", None, None, "right_party"),
    ]
    assert found.events["occurred_at"].to_pylist()[0] == dt.datetime(2026, 6, 30, 23, 59, 59, tzinfo=dt.UTC)
    assert found.counts["rows_out"] == 4


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"event_id": " "}, "event_id_missing"),
        ({"account_id": None}, "account_id_missing"),
        ({"channel": "pigeon"}, "unknown_channel"),
        ({"outcome_code": "what"}, "unmapped_outcome"),
        ({"outcome_code": "105"}, "unmapped_outcome"),
        ({"occurred_at": None}, "occurred_at_missing"),
        ({"occurred_at": "soon"}, "not_a_time"),
        ({"occurred_at": "2026-07-01T00:00:00Z"}, "date_after_as_of"),
    ],
)
def test_an_event_that_cannot_be_used_is_rejected_whole(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    found = events(tmp_path, {}, change)
    assert [(row, why) for row, column, why in reasons(found) if column is None] == [(2, reason)]
    assert found.counts["rows_out"] == 1


def test_an_event_whose_point_cannot_be_read_is_kept_without_it(tmp_path: Path) -> None:
    found = events(tmp_path, {"value": "12"})
    assert [(row["kind"], row["value"]) for row in found.events.to_pylist()] == [(None, None)]
    assert [(row, column) for row, column, _ in reasons(found)] == [(1, "value")]


def test_codes_mean_what_their_system_means(tmp_path: Path) -> None:
    found = events(
        tmp_path, {"system": "NICE CXone", "outcome_code": "103"}, {"system": "nice-cxone", "outcome_code": "104"}
    )
    assert found.events["outcome"].to_pylist() == ["wrong_party"]
    assert reasons(found) == [(2, None, "unmapped_outcome")]


def test_suppressions_of_every_scope(tmp_path: Path) -> None:
    found = one(tmp_path, "suppression", {
        "list": ["dnc"] * 5, "scope": ["Endpoint", "endpoint", "account", "person", "endpoint"],
        "channel": ["sms", None, None, "voice", None],
        "value": ["206-455-0100", "A@example.org", "A1", None, "1 Oak St, Seattle, WA 98101"],
        "account_id": [None, None, None, "A2", None], "reason": ["opt_out"] * 5,
        "effective_from": ["2024-01-01", "2024", None, None, None],
    })  # fmt: skip
    rows = found.suppressions.to_pylist()
    assert [(row["scope"], row["channel"], row["kind"], row["value"], row["account_id"]) for row in rows] == [
        ("endpoint", "sms", "phone", "+12064550100", None),
        ("endpoint", None, "email", "a@example.org", None),
        ("account", None, None, None, "A1"),
        ("person", "voice", None, None, "A2"),
        ("endpoint", None, "address", "1 OAK ST, SEATTLE, WA 98101", None),
    ]
    assert [row["effective_from"] for row in rows[:2]] == [dt.date(2024, 1, 1), dt.date(2024, 1, 1)]


def test_a_suppression_that_could_stop_nothing_is_rejected_whole(tmp_path: Path) -> None:
    found = one(tmp_path, "suppression", {
        "list": ["dnc", "dnc", "dnc", None, "dnc"], "scope": ["endpoint", "endpoint", "planet", "endpoint", "account"],
        "value": ["12", None, "x", "2064550100", None],
    })  # fmt: skip
    assert found.suppressions.num_rows == 0
    whole = {row: reason for row, column, reason in reasons(found) if column is None}
    assert (set(whole), whole[2], whole[3], whole[4], whole[5]) == (
        {1, 2, 3, 4, 5}, "value_missing", "unknown_scope", "list_missing", "value_missing",
    )  # fmt: skip
    assert found.counts["rows_rejected"] == 5


def test_an_unreadable_channel_never_narrows_a_no(tmp_path: Path) -> None:
    found = one(
        tmp_path, "suppression", {"list": ["l"], "scope": ["endpoint"], "channel": ["fone"], "value": ["2064550100"]}
    )
    assert [(row["channel"], row["value"]) for row in found.suppressions.to_pylist()] == [(None, "+12064550100")]
    assert reasons(found) == [(1, "channel", "unknown_word")]


ANSWER = {"step": "RND query", "value": "206-455-0100", "response": "No data", "date_used": "2026-05-01", "answered_at": "2026-06-20"}


def answers(folder: Path, *changes: dict[str, Any]) -> Any:
    rows = [ANSWER | change for change in changes]
    return one(folder, "answers", {name: [row[name] for row in rows] for name in ANSWER})


def test_an_answer_in_canonical_form(tmp_path: Path) -> None:
    (row,) = answers(tmp_path, {}).answers.to_pylist()
    assert (row["step"], row["response"], row["kind"], row["value"]) == ("rnd_query", "no_data", "phone", "+12064550100")
    assert (row["date_used"], row["answered_at"], row["account_id"]) == (dt.date(2026, 5, 1), dt.date(2026, 6, 20), None)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"step": " "}, "step_missing"),
        ({"response": None}, "response_missing"),
        ({"value": None}, "value_missing"),
        ({"answered_at": None}, "answered_at_missing"),
    ],
)
def test_an_answer_that_says_nothing_is_rejected_whole(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    found = answers(tmp_path, {}, change)
    assert found.answers.num_rows == 1
    assert reason in {row["reason"] for row in found.rejects.to_pylist() if row["column"] is None}


TOLD = {"account_id": "A1", "portfolio_id": None, "event": "Closed", "date": "2026-06-01", "reason": "paid"}


def account_events(folder: Path, *changes: dict[str, Any]) -> Any:
    rows = [TOLD | change for change in changes]
    return one(folder, "account_events", pa.Table.from_pylist(rows, pa.schema([(name, pa.string()) for name in TOLD])))


def test_account_events_in_canonical_form(tmp_path: Path) -> None:
    announced = {"event": "sold on", "account_id": None, "portfolio_id": "P1", "date": "2026-09-01", "reason": None}
    found = account_events(tmp_path, {}, announced, {"event": "BUYBACK"}, {"event": "reinstated"})
    day = dt.date(2026, 6, 1)
    assert [tuple(row.values()) for row in found.account_events.to_pylist()] == [
        ("A1", None, "closed", day, "paid"), (None, "P1", "transferred", dt.date(2026, 9, 1), None),
        ("A1", None, "recalled", day, "paid"), ("A1", None, "reopened", day, "paid"),
    ]  # fmt: skip
    assert reasons(found) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"account_id": None}, "account_id_missing"), ({"event": "gone"}, "unknown_event"), ({"event": None}, "unknown_event"),
        ({"event": "reopened", "date": None}, "date_missing"), ({"event": "reopened", "date": "2062-06-01"}, "date_missing"),
    ],
)  # fmt: skip
def test_an_account_event_that_says_nothing_is_rejected_whole(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    found = account_events(tmp_path, {}, change)
    assert found.account_events.num_rows == found.counts["rows_out"] == 1
    assert (2, None, reason) in reasons(found)


@pytest.mark.parametrize("date", [None, "soon", "2062-06-01"])
def test_a_stop_is_kept_although_its_day_cannot_be_read(tmp_path: Path, date: str | None) -> None:
    found = account_events(tmp_path, {"date": date})
    assert found.account_events["date"].to_pylist() == [None]
    assert {column for _, column, _ in reasons(found)} == ({"date"} if date else set())


def test_an_event_that_is_too_far_ahead_is_read_anew_when_it_is_not(tmp_path: Path) -> None:
    until = [account_events(tmp_path, {"date": date}).until for date in ("2026-06-01", "2027-07-11")]
    assert until == [AS_OF + dt.timedelta(days=HORIZON), dt.date(2026, 7, 10)]
