from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skiptrace.contacts import rules
from skiptrace.contacts.evidence import EVIDENCE
from skiptrace.contacts.outcomes import as_evidence, dead_for_everybody, proofs
from skiptrace.vocabulary import POINT_STATUSES
from tests.contacts.tables import AS_OF, HOME, PHONE, consumers, events, points_of

RULES = rules.load()
NOW = int(dt.datetime.combine(AS_OF, dt.time(), dt.UTC).timestamp())
PROVING = sorted(name for name, proof in RULES.outcome.items() if proof.proves)
HINTS = sorted(name for name, proof in RULES.outcome.items() if proof.proves is None)
AGAINST = sorted(name for name in PROVING if RULES.outcome[name].odds < 0)


def day(back: float) -> dt.datetime:
    return dt.datetime.combine(AS_OF, dt.time(), dt.UTC) - dt.timedelta(days=back)


def judged(*told: tuple[str, float]) -> tuple[float, str | None]:
    """(log-odds, status) of one point after these outcomes, each so many days ago."""
    names = pa.chunked_array([pa.array([name for name, _ in told], pa.string())])
    instant = np.array([NOW - round(back * 86_400) for _, back in told], np.int64)
    odds, status = proofs(np.zeros(len(told), np.int64), names, instant, RULES, 1, NOW)
    return float(odds[0]), status.to_pylist()[0]


@pytest.mark.parametrize("outcome", PROVING)
def test_a_proof_gives_its_weight_and_its_status(outcome: str) -> None:
    proof = RULES.outcome[outcome]
    assert judged((outcome, 0)) == (proof.odds, proof.proves)
    assert proof.proves in POINT_STATUSES


@pytest.mark.parametrize("outcome", AGAINST)
def test_what_was_proved_wrong_never_fades(outcome: str) -> None:
    assert judged((outcome, 9_000)) == judged((outcome, 1))


def test_what_speaks_for_a_point_fades() -> None:
    half = RULES.fades_in_years * 365.25
    assert judged(("right_party", half))[0] == pytest.approx(RULES.outcome["right_party"].odds / 2)
    assert judged(("right_party", half))[1] == "active"


@pytest.mark.parametrize("against", AGAINST)
def test_the_newest_proof_wins(against: str) -> None:
    assert judged(("right_party", 10), (against, 5))[1] == RULES.outcome[against].proves
    assert judged((against, 10), ("right_party", 5))[1] == "active"


@pytest.mark.parametrize("against", AGAINST)
def test_of_two_proofs_of_one_moment_the_one_that_says_no_wins(against: str) -> None:
    expected = (RULES.outcome[against].odds, RULES.outcome[against].proves)
    assert judged(("right_party", 5), (against, 5)) == judged((against, 5), ("right_party", 5)) == expected


@pytest.mark.parametrize("hint", HINTS)
def test_a_hint_adds_and_proves_nothing(hint: str) -> None:
    assert judged((hint, 0)) == (RULES.outcome[hint].odds, None)
    assert judged(("right_party", 0), (hint, 0))[0] == pytest.approx(RULES.outcome["right_party"].odds + RULES.outcome[hint].odds)


@pytest.mark.parametrize("hint", HINTS)
def test_a_hint_does_not_lift_a_dead_number(hint: str) -> None:
    assert judged(("not_in_service", 200), (hint, 1)) == judged(("not_in_service", 200))


def test_only_the_newest_hint_counts() -> None:
    assert judged(("conversation", 9), ("voicemail", 0)) == judged(("voicemail", 0))


def test_points_without_outcomes_have_nothing() -> None:
    odds, status = proofs(np.array([2]), pa.chunked_array([["wrong_party"]]), np.array([NOW]), RULES, 4, NOW)
    assert odds.tolist() == [0.0, 0.0, RULES.outcome["wrong_party"].odds, 0.0]
    assert status.to_pylist() == [None, None, "wrong_party", None]


def told(*rows: dict[str, Any], people: pa.Table | None = None, accounts: tuple[str, ...] = ("A1",)) -> list[dict[str, Any]]:
    people = consumers(A1="c1", A2="c2") if people is None else people
    table, instant = as_evidence(events(*rows), pa.array(accounts, pa.string()), people, RULES, AS_OF)
    assert table.schema.equals(EVIDENCE)
    assert len(instant) == len(table)
    found: list[dict[str, Any]] = table.to_pylist()
    return found


def test_an_outcome_is_evidence_with_its_source_event_and_status() -> None:
    (row,) = told({"outcome": "wrong_party", "event_id": "E7", "source": "five9"})
    assert (row["account"], row["source"], row["record_id"], row["status"]) == (0, "five9", "E7", "wrong_party")
    assert (row["outcome"], row["relation"], row["mine"]) == ("wrong_party", "same", False)


def test_an_outcome_holds_for_every_account_of_the_consumer_and_for_nobody_else() -> None:
    people = consumers(A1="c1", A2="c1", A3="c3")
    rows = told({"account_id": "A2", "outcome": "wrong_party"}, people=people, accounts=("A1", "A2", "A3"))
    assert [row["account"] for row in rows] == [0, 1]


@pytest.mark.parametrize(
    "row",
    [{"account_id": "nobody"}, {"outcome": "ring_no_answer"}, {"value": None, "kind": None}, {"occurred_at": day(-2)}],
    ids=["unknown account", "says nothing", "no value", "after as_of"],
)
def test_what_says_nothing_of_a_point_is_no_evidence(row: dict[str, Any]) -> None:
    assert told({"outcome": "wrong_party", **row}) == []


def test_values_are_read_as_intake_reads_them() -> None:
    home, mail, phone = told({"outcome": "returned_mail", **HOME}, {"outcome": "bounced", "kind": "email", "value": "pat+x@gmail.com"},
                             {"outcome": "right_party"})  # fmt: skip
    assert [home[name] for name in ("house", "street", "city", "state", "postal_code")] == ["123", "N MAIN ST", "SEATTLE", "WA", "98101"]
    assert mail["match_key"] == "pat@gmail.com"
    assert (phone["zones"], home["zones"]) == (["America/Los_Angeles"], ["America/Los_Angeles"])


def test_a_dead_number_is_dead_for_everybody_until_somebody_is_reached_there() -> None:
    other = {"account_id": "A9", "outcome": "not_in_service", "occurred_at": day(50)}
    assert dead_for_everybody(events(other), RULES, AS_OF)["value"].to_pylist() == [PHONE["value"]]
    reached = {"account_id": "A8", "outcome": "right_party", "occurred_at": day(20)}
    assert dead_for_everybody(events(other, reached), RULES, AS_OF).num_rows == 0
    assert dead_for_everybody(events({**reached, "occurred_at": day(60)}, other), RULES, AS_OF).num_rows == 1
    assert dead_for_everybody(events({"outcome": "wrong_party"}), RULES, AS_OF).num_rows == 0
    (point,) = points_of({}, told=(other,)).to_pylist()
    assert (point["status"], point["rank"]) == ("disconnected", 2)


def status_of(point: dict[str, Any], *rows: dict[str, Any]) -> str:
    (found,) = [row for row in points_of(point, told=rows).to_pylist() if row["value"] == point["value"]]
    return str(found["status"])


@pytest.mark.parametrize("line", ["123 N MAIN ST APT 4, SEATTLE, WA 98101", "123 N MAIN ST, SEATTLE, WA 98101"])
def test_returned_mail_tells_of_the_delivery_point_with_and_without_unit(line: str) -> None:
    assert status_of(HOME, {"outcome": "returned_mail", "channel": "mail", "kind": "address", "value": line}) == "invalid"


@pytest.mark.parametrize("line", ["125 N MAIN ST, SEATTLE, WA 98101", "123 N MAIN ST, PORTLAND, OR 97201"])
def test_returned_mail_of_another_house_tells_nothing(line: str) -> None:
    assert status_of(HOME, {"outcome": "returned_mail", "channel": "mail", "kind": "address", "value": line}) == "unknown"


def test_another_unit_is_another_delivery_point() -> None:
    flat = {**HOME, "value": "123 N MAIN ST APT 9, SEATTLE, WA 98101", "unit": "APT 9"}
    line = "123 N MAIN ST APT 4, SEATTLE, WA 98101"
    assert status_of(flat, {"outcome": "returned_mail", "channel": "mail", "kind": "address", "value": line}) == "unknown"


def test_a_bounce_of_a_tagged_address_tells_of_the_mailbox() -> None:
    point = {"kind": "email", "value": "pat@gmail.com", "match_key": "pat@gmail.com"}
    assert status_of(point, {"outcome": "bounced", "channel": "email", "kind": "email", "value": "pat+debt@gmail.com"}) == "invalid"


def test_a_right_party_on_a_number_that_no_source_shows_makes_a_point() -> None:
    rows = points_of({}, told=({"outcome": "right_party", "value": "+12065550177"},)).to_pylist()
    assert [(row["value"], row["status"], row["sources"]) for row in rows] == [
        ("+12065550177", "active", ["dialer"]),
        (PHONE["value"], "unknown", ["header"]),
    ]
    assert len(points_of({}, told=({"outcome": "wrong_party", "value": "+12065550177"},))) == 1


NUMBERS = [f"+1206555010{n}" for n in range(4)]
sighting = st.fixed_dictionaries(
    {"value": st.sampled_from(NUMBERS), "last_seen": st.dates(dt.date(2010, 1, 1), AS_OF), "match_probability": st.floats(0.5, 1),
     "source": st.sampled_from("abc"), "status": st.sampled_from([None, "active"])}
)  # fmt: skip
attempt = st.fixed_dictionaries(
    {"value": st.sampled_from(NUMBERS), "outcome": st.sampled_from(sorted(RULES.outcome)), "account_id": st.sampled_from(["A1", "A2"]),
     "occurred_at": st.sampled_from([day(back) for back in range(1, 30)])}
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(sighting, min_size=1, max_size=6), st.lists(attempt, max_size=6), st.integers(0, 4000))
def test_a_number_proved_wrong_never_has_rank_1_again(seen: list[dict[str, Any]], tried: list[dict[str, Any]], later: int) -> None:
    """Whoever sells it again and however much later, unless the consumer was reached there since."""
    sold = [{**row, "origin": row["source"], "record_id": f"R{n}"} for n, row in enumerate(seen)]
    as_of = AS_OF + dt.timedelta(days=later)
    again = [{**row, "record_id": f"S{n}", "last_seen": as_of, "status": "active", "origin": f"new{n}"} for n, row in enumerate(sold)]
    points = points_of(*sold, *again, told=tuple(tried), as_of=as_of, people=consumers(A1="c1", A2="c1")).to_pylist()
    for number in NUMBERS:
        moments = {
            sign: max((row["occurred_at"] for row in tried if row["value"] == number and row["outcome"] in names), default=day(10_000))
            for sign, names in (("no", ("wrong_party", "not_in_service")), ("yes", ("right_party",)))
        }
        if moments["no"] > day(9_999) and moments["no"] >= moments["yes"]:
            assert [row["rank"] for row in points if row["value"] == number and row["rank"] == 1] == []
