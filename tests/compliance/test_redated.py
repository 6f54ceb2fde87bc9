"""Decisions of an earlier day, dated anew, beside screening all over again."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skiptrace.compliance import redated
from skiptrace.compliance.accounts import build_accounts
from skiptrace.compliance.screening import screen
from skiptrace.compliance.settings import setting_facts
from skiptrace.compliance.situations import build
from skiptrace.rulebook.loading import load
from skiptrace.schema import DECISIONS
from skiptrace.schema.facts import SITUATIONS
from tests.compliance import tables as t

BOOK = load()
OTHER = {"account_id": "A2"}
POINTS = t.points(
    {}, t.HOME, t.MAILBOX, {**OTHER, "value": "+13105550123", "zones": ["America/Los_Angeles"]}, {**t.WEST, **OTHER},
    {**t.MAILBOX, **OTHER, "value": "y@example.com"},
)  # fmt: skip
ONE = (("a-1", "mail"), ("e-1", "email"), ("e-1", "portal"), ("p-1", "portal"), ("p-1", "sms"), ("p-1", "voice"))
TWO = (("a-2", "mail"), ("e-1", "email"), ("p-1", "sms"), ("p-1", "voice"))
USES = pa.concat_tables([t.uses(*ONE), t.uses(*TWO).set_column(0, "account_id", pa.array(["A2"] * len(TWO)))])
SAME: dict[str, Any] = {}


class Known(NamedTuple):
    """A day: accounts, uses and decisions, and the numbers that two days are compared by."""

    day: dt.date
    accounts: pa.Table
    sheet: pa.Table
    decisions: pa.Table
    facts: np.ndarray
    said: np.ndarray


def known(day: dt.date, told: dict[str, Any], tape: pa.Table | None = None, settings: dict[str, Any] = t.SETTINGS) -> Known:
    return quiet(day) if told is SAME and tape is None and settings is t.SETTINGS else computed(day, told, tape, settings)


@cache
def quiet(day: dt.date) -> Known:
    """A day on which nothing was told, made once: a third of the days that are compared are such."""
    return computed(day, SAME, None, t.SETTINGS)


def computed(day: dt.date, told: dict[str, Any], tape: pa.Table | None, settings: dict[str, Any]) -> Known:
    past = t.history(told.get("events", t.events()), told.get("suppressions", t.entries()), as_of=day)
    answers, consents = told.get("answers", t.answers()), told.get("consents", t.consents())
    common: dict[str, Any] = {"as_of": day, "rulebook": BOOK, "settings": settings, "history": past, "answers": answers}
    accounts = build_accounts(t.tape({}, OTHER) if tape is None else tape, points=POINTS, **common)
    sheet = build(accounts, POINTS, USES, consents=consents, **common)
    ids = accounts["account_id"].combine_chunks()
    said = redated.said(ids, POINTS.select(["account_id", "kind", "value"]), consents, past, answers, day)
    return Known(day, accounts, sheet, screen(sheet, BOOK, day), redated.lasting(accounts), said)


def kept(before: Known, now: Known, settings: dict[str, Any] = t.SETTINGS) -> tuple[list[str], pa.Table, pa.Table]:
    """(accounts whose decisions stay, their sheet, their decisions) by what `before` left."""
    same = now.accounts["account_id"].filter(pa.array((before.facts == now.facts) & (before.said == now.said)))
    mine = pa.compute.is_in(before.sheet["account_id"], same.combine_chunks())
    was, decided = before.sheet.filter(mine), before.decisions.filter(mine)
    policies: Any = setting_facts(settings)["policies"]
    sheet = redated.redated(was, now.accounts, BOOK, now.day, policies)
    due = redated.due(was, sheet, redated.daily(BOOK, now.day)).to_pylist()
    decided = redated.decided_on(decided, sheet, BOOK, now.day)
    stay = [account for account in same.to_pylist() if account not in due]
    mine = pa.compute.is_in(sheet["account_id"], pa.array(stay, pa.string()))
    return stay, sheet.filter(mine), decided.filter(mine)


def check(before: Known, now: Known) -> list[str]:
    """The accounts that stay, when what is kept of them is what screening says."""
    stay, sheet, decided = kept(before, now)
    mine = pa.compute.is_in(now.sheet["account_id"], pa.array(stay, pa.string()))
    assert sheet.schema.equals(SITUATIONS.arrow)
    assert decided.schema.equals(DECISIONS.arrow)
    assert sheet.to_pylist() == now.sheet.filter(mine).to_pylist()
    assert decided.to_pylist() == now.decisions.filter(mine).to_pylist()
    return stay


def later(days: int) -> dt.date:
    return t.AS_OF + dt.timedelta(days=days)


@pytest.mark.parametrize("days", [0, 1, 4])
def test_where_nothing_happened_all_is_kept_and_dated_anew(days: int) -> None:
    before, now = known(t.AS_OF, SAME), known(later(days), SAME)
    assert check(before, now) == ["A1", "A2"]
    assert before.decisions["facts_digest"].equals(now.decisions["facts_digest"])
    assert (before.decisions["window_start"] == now.decisions["window_start"]) == (days == 0)


def test_a_summer_time_that_ends_moves_the_hours() -> None:
    check(known(dt.date(2026, 10, 31), SAME), known(dt.date(2026, 11, 1), SAME))


def call(days: int, account: str = "A1", **more: Any) -> dict[str, Any]:
    return {"account_id": account, "occurred_at": t.moment(later(days)), "kind": "phone", "value": "+12125550123", **more}


@pytest.mark.parametrize(
    ("told", "gone"),
    [
        ({"events": t.events(call(1))}, ["A1"]),
        ({"events": t.events(call(1, "A2", value="+13105550123", outcome="opt_out"))}, ["A2"]),
        ({"suppressions": t.entries({"kind": "email", "value": "y@example.com"})}, ["A2"]),
        ({"suppressions": t.entries({"kind": "phone", "value": "+12125550123", "reason": "employer_prohibits"})}, ["A1"]),
        ({"suppressions": t.entries({"scope": "person", "account_id": "A2", "channel": "sms"})}, ["A2"]),
        ({"suppressions": t.entries({"kind": "email", "value": "y@example.com", "effective_from": later(3)})}, []),
        ({"answers": t.answers({"step": "rnd_query", "kind": "phone", "value": "+12125550123", "response": "yes"})}, ["A1"]),
        ({"answers": t.answers({"step": "creditor_notice", "kind": "email", "value": "x@example.com", "response": "sent",
                                "date_used": later(40)})}, ["A1"]),
        ({"consents": t.consents({"channel": "text"})}, ["A1"]),
        ({"consents": t.consents({"channel": "text", "at": later(5)})}, []),
    ],
)  # fmt: skip
def test_what_is_told_of_an_account_or_its_points_has_it_screened_anew(told: dict[str, Any], gone: list[str]) -> None:
    stay = check(known(t.AS_OF, SAME), known(later(2), told))
    assert [account for account in ("A1", "A2") if account not in stay] == gone


def test_a_window_of_days_that_closes_has_the_account_screened_anew() -> None:
    told = {"events": t.events(*(call(-number) for number in range(7)))}
    before = known(t.AS_OF, told)
    assert check(before, known(later(1), told)) == ["A2"]
    assert check(known(later(40), told), known(later(41), told)) == ["A1", "A2"]


def test_a_rule_that_counts_days_since_an_answer_turns_on_its_day_only() -> None:
    told = {"answers": t.answers({"step": "rnd_query", "kind": "phone", "value": "+12125550123", "response": "no"})}
    dialled = {**t.SETTINGS, "dialer_class": "autodialer"}

    def stays(one: int, other: int) -> list[str]:
        return kept(known(later(one), told, settings=dialled), known(later(other), told, settings=dialled), dialled)[0]

    assert stays(29, 30) == ["A1", "A2"]
    assert stays(31, 32) == ["A2"]  # asked 32 days ago: too long for a call by a machine


def test_a_debt_whose_time_is_over_is_screened_anew() -> None:
    tape = t.tape({}, {**OTHER, "last_payment_date": dt.date(2022, 9, 30), "charge_off_date": None})  # California: four years

    @cache
    def on(day: dt.date) -> Known:
        return known(day, SAME, tape)

    def stays(day: dt.date) -> list[str]:
        return check(on(day - dt.timedelta(days=1)), on(day))

    soon = [stays(dt.date(2026, 7, day)) for day in (2, 3, 4)]  # 90 days before, a rule may speak of it
    assert soon.count(["A1"]) == 1
    assert [stays(dt.date(2026, 9, 30)), stays(dt.date(2026, 10, 1)), stays(dt.date(2026, 10, 2))].count(["A1"]) >= 1


def test_numbers_do_not_depend_on_who_else_is_there() -> None:
    told = {"events": t.events(call(0), call(-1)), "suppressions": t.entries({"kind": "email", "value": "y@example.com"})}
    whole = known(t.AS_OF, told)
    alone = known(t.AS_OF, told, t.tape(OTHER))
    assert alone.facts.tolist() == whole.facts[1:].tolist()
    assert alone.said.tolist() == whole.said[1:].tolist()


_EVENTS = st.lists(
    st.builds(
        call, st.integers(-40, 12), st.sampled_from(["A1", "A2"]), channel=st.sampled_from(["voice", "sms", "email"]),
        outcome=st.sampled_from(["voicemail", "conversation", "opt_out", "wrong_number", "deceased"]),
        value=st.sampled_from(["+12125550123", "+13105550123", "x@example.com", None]),
    ), max_size=6,
)  # fmt: skip
_ENTRIES = st.lists(
    st.fixed_dictionaries({
        "scope": st.just("endpoint"), "kind": st.just("phone"), "value": st.sampled_from(["+12125550123", "+13105550123"]),
        "channel": st.sampled_from([None, "sms"]), "effective_from": st.sampled_from([None, later(0), later(3)]),
    }), max_size=2,
)  # fmt: skip
_CONSENTS = st.lists(
    st.fixed_dictionaries({
        "account_id": st.sampled_from(["A1", "A2"]), "channel": st.sampled_from(["text", "voice", "email"]),
        "state": st.sampled_from(["given", "revoked"]), "at": st.integers(-90, 9).map(later), "point_id": st.sampled_from([None, "p-1"]),
    }), max_size=3,
)  # fmt: skip
_ANSWERS = st.lists(
    st.fixed_dictionaries({
        "step": st.just("rnd_query"), "kind": st.just("phone"), "value": st.sampled_from(["+12125550123", "+13105550123"]),
        "response": st.sampled_from(["yes", "no", "no_data"]), "answered_at": st.integers(-70, 9).map(later),
        "date_used": st.integers(-90, 0).map(later),
    }), max_size=3,
)  # fmt: skip


@settings(max_examples=4, deadline=None)
@given(_EVENTS, _ENTRIES, _CONSENTS, _ANSWERS, st.integers(0, 6), st.integers(0, 6))
def test_whatever_is_told_what_is_kept_is_what_screening_says(
    events: list[dict[str, Any]], entries: list[dict[str, Any]], consents: list[dict[str, Any]], answers: list[dict[str, Any]],
    first: int, more: int,
) -> None:  # fmt: skip
    told = {"events": t.events(*events), "suppressions": t.entries(*entries), "consents": t.consents(*consents)}
    told["answers"] = t.answers(*answers)
    now = known(later(first + more), told)
    check(known(later(first), told), now)
    fewer = {**told, "events": t.events(*events[1:]), "consents": t.consents(*consents[1:])}
    check(known(later(first), fewer), now)


def test_which_rules_read_the_day_and_which_are_in_force() -> None:
    read = {rule.id for rule in redated.daily(BOOK, t.AS_OF)}
    assert {"REGF-TEXT-60D", "REGF-TIME-EMPTY", "CA-TBD"} <= read
    assert "REGF-7IN7" not in read
    assert set(redated.in_force(BOOK, t.AS_OF)) > read
    assert redated.in_force(BOOK, dt.date(1970, 1, 1)) != redated.in_force(BOOK, t.AS_OF)
