"""What would change an answer, against cases whose answer is known, and for every sentence against the rules themselves."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from jobs.explain.changing import Outlook, outlooks
from skiptrace.compliance.screening import screen
from skiptrace.rulebook import loading
from skiptrace.schema import SITUATIONS, conform

BOOK = loading.load()
AS_OF = dt.date(2026, 6, 30)
OPEN: dict[str, Any] = {
    "account_id": "A1", "point_id": "p-1", "channel": "sms", "kind": "phone", "point_kind": "mobile", "line_type": "mobile", "as_of": AS_OF,
    "operator_role": "debt_buyer_active", "dialer_class": "manual", "content_has_offer": False, "licensed_states": ["IL"],
    "planned_channels": ["email", "mail", "portal", "sms", "voice"], "policies": ["revoke_all"], "steps_done": ["ownership_documents"],
    "account_state": "open", "home_states": ["IL"], "state_licensed": True, "jurisdictions": ["US", "US-IL"], "point_state": "IL",
    "point_flags": [], "point_reported": [], "point_status": "active", "origin": "both", "owner_relation": "self",
    "source_regimes": ["glba"], "zones": ["America/Chicago"], "zones_known": True, "window_minutes": 778, "language_requested": "en",
    "limitation_status": "in_period", "delinquent_since": dt.date(2025, 6, 1), "bankruptcy_chapter": "none", "bankruptcy_status": "none",
    "bankruptcy_scrub_days": 10, "assignment_notice_days": 60, "rnd_response": "not_asked", "email_domain": "none",
    "consent_text_state": "given", "consent_text_given_to": "collector", "consent_text_at": dt.date(2026, 6, 1),
    "text_basis_at": dt.date(2026, 6, 1), "consumer_texted": False, "p_right_party": 0.95, "p_current": 0.9,
    "source_allows_use": True, "validation_notice_sent": True,
}  # fmt: skip


def sheet(*rows: dict[str, Any]) -> pa.Table:
    made = []
    for column in SITUATIONS.columns:
        absent: Any = None
        if column.name not in OPEN:
            absent = False if column.type == pa.bool_() else 0 if pa.types.is_integer(column.type) else None
            absent = "none" if column.name.startswith("consent_") and column.name.endswith("_state") else absent
        made.append(pa.array([{**OPEN, **row}.get(column.name, absent) for row in rows], column.type))
    return conform(pa.table(made, names=list(SITUATIONS.names)), SITUATIONS)


def of(**facts: Any) -> Outlook:
    return outlooks(sheet(facts), BOOK)["p-1", facts.get("channel", "sms")]


def decided(**facts: Any) -> str:
    return str(screen(sheet(facts), BOOK, facts.get("as_of", AS_OF))["decision"][0])


def test_the_use_that_the_others_are_made_of_is_open() -> None:
    assert decided() == "conditional"
    told = of()
    assert (told.ways, told.stuck) == ((), ())


def test_a_check_of_the_number_must_be_dated_so_that_it_is_fresh_and_ask_for_the_day_of_the_consent() -> None:
    old = {"consent_text_at": dt.date(2026, 1, 15), "text_basis_at": dt.date(2026, 1, 15)}
    assert decided(**old) == "stopped"
    told = of(**old)
    assert told.ways[0].sentence == (
        "A reassigned-number check dated 2026-05-01 or later that asks for 2026-01-15 and answers no would permit sms under duties."
    )
    answered = {**old, "rnd_response": "no", "rnd_date_used": dt.date(2026, 1, 15)}
    assert decided(**answered, rnd_queried_at=dt.date(2026, 5, 1)) == "conditional"
    assert decided(**answered, rnd_queried_at=dt.date(2026, 4, 30)) == "stopped"
    fresh = next(way for way in told.ways if "consent" in way.kinds)
    assert "dated 2026-05-01 or later" in fresh.sentence


def test_a_count_of_calls_lets_go_when_its_window_has_passed() -> None:
    calls = {"channel": "voice", "calls_7_days": 7, "person_calls_7_days": 7, "calls_and_texts_7_days": 7, "contacts_7_days": 7}
    assert decided(**calls) == "stopped"
    (way, *_) = of(**calls).ways
    assert way.since == dt.date(2026, 7, 7)
    assert way.sentence.startswith("From 2026-07-07 on, if nobody makes contact until then")
    assert way.kinds == ("wait",)


def test_time_that_must_have_passed_since_a_notice_is_told_as_a_day() -> None:
    florida = {"jurisdictions": ["US", "US-FL"], "home_states": ["FL"], "licensed_states": ["FL"], "assignment_notice_days": 10}
    assert decided(assignment_notice_days=10) == "conditional"  # where no state asks for it
    assert decided(**florida) == "stopped"
    ways = of(**florida).ways
    assert any(way.since == AS_OF + dt.timedelta(days=20) for way in ways)
    assert any("the step assignment_notice dated 2026-05-31 or earlier" in way.sentence for way in ways)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"attorney_known": True}, "no attorney represents the consumer"),
        ({"attorney_known": None}, "The step account_flags_review done with nothing found"),
        ({"opt_out_endpoint": True}, "The opt-out at this point taken back"),
        ({"consent_text_state": "none", "consent_text_given_to": None, "text_basis_at": None}, "The consumer's consent to your texts"),
        ({"state_licensed": False}, "A licence for every state"),
        ({"point_status": "disconnected"}, "A newer sighting or contact"),
        ({"account_state": "closed"}, "An account event reopened"),
        ({"source_allows_use": False}, "A source that shows this point too"),
        ({"operator_role": None}, "Operator_role stated in [compliance]"),
        ({"window_minutes": None, "zones_known": False}, "A surer address or number"),
        ({"bankruptcy_reported": None}, "The step bankruptcy_scrub done with nothing found"),
    ],
)
def test_what_stops_a_use_has_its_lever(facts: dict[str, Any], words: str) -> None:
    assert decided(**facts) == "stopped"
    told = of(**facts)
    assert any(words in way.sentence for way in told.ways), told


def test_several_stops_need_several_things_at_once() -> None:
    facts = {"attorney_known": True, "opt_out_endpoint": True}
    (way, *_) = of(**facts).ways
    assert len(way.needs) == 2
    assert "together they would permit sms" in way.sentence
    assert decided(attorney_known=True) == decided(opt_out_endpoint=True) == "stopped"


def test_a_rule_that_nothing_lifts_is_named() -> None:
    told = of(point_flags=["premium"])
    assert told.ways == ()
    assert told.stuck == ("POL-NOT-ASSIGNABLE",)


def test_time_alone_ends_an_open_use_on_the_first_day_on_which_the_rules_say_so() -> None:
    told = of()
    assert told.ends is not None
    day = {"as_of": told.ends, "bankruptcy_scrub_days": 10 + (told.ends - AS_OF).days, "assignment_notice_days": 90}
    assert decided(**day) == "stopped"
    before = told.ends - dt.timedelta(days=1)
    assert decided(as_of=before, bankruptcy_scrub_days=10 + (before - AS_OF).days, assignment_notice_days=90) == "conditional"


def test_a_link_in_a_text_opens_with_the_text() -> None:
    rows = [{"channel": channel, "opt_out_endpoint": True} for channel in ("portal", "sms")]
    found = outlooks(sheet(*rows), BOOK)
    assert found["p-1", "portal"].ways
    alone = outlooks(sheet(rows[0]), BOOK)["p-1", "portal"]  # nobody decided about the message
    assert "COVERAGE" in alone.stuck


def test_only_what_is_wanted_is_asked() -> None:
    rows = [{"channel": channel} for channel in ("portal", "sms", "voice")]
    assert set(outlooks(sheet(*rows), BOOK, [("p-1", "voice")])) == {("p-1", "voice")}
