"""What rules and rulebooks answer about themselves."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from skiptrace.rulebook.loading import load
from skiptrace.rulebook.model import Hours, Rule

BOOK = load()


def rule(identifier: str) -> Rule:
    found = BOOK.rule(identifier)
    assert found is not None
    return found


def test_an_unknown_answer_does_what_on_missing_says() -> None:
    notice, cease = rule("REGF-VALIDATION"), rule("REGF-CEASE")
    assert [notice.effect_of(answer) for answer in (True, False, None)] == ["condition", "none", "require_step"]
    assert [cease.effect_of(answer) for answer in (True, False, None)] == ["stop", "none", "require_step"]


def test_only_stops_of_whole_accounts_on_every_channel_hold() -> None:
    holding = {one.id for one in BOOK.rules if one.holds_account}
    assert {"REGF-CEASE", "REGF-ATTY", "REGF-DISPUTE", "BK-STAY", "DEC-STOP", "NC-TBD", "POL-OPTOUT-PERSON"} <= holding
    assert not holding & {
        "REGF-7IN7",
        "BK-UNKNOWN",
        "REGF-THIRDPARTY",
        "POL-LICENCE",
        "POL-LITIGATOR",
        "REGF-VALIDATION",
    }


def test_several_hours_leave_the_tightest() -> None:
    strict = replace(rule("REGF-TIME"), id="X", hours=Hours(dt.time(9), dt.time(20), 5, 0.01))
    book = replace(BOOK, rules=(*BOOK.rules, strict))
    assert book.hours(dt.date(2026, 6, 30)) == Hours(dt.time(9), dt.time(20), 5, 0.01)
    assert BOOK.hours(dt.date(2026, 6, 30)) == Hours(dt.time(8), dt.time(21), 1, 0.05)
    assert BOOK.hours(dt.date(2021, 11, 29)) is None


def test_a_rule_may_be_for_every_place_that_is_one() -> None:
    assert {"US", "US-WA", "US-PR", "US-NY-NYC"} <= set(BOOK.places.codes)
    assert not {"US-AE", "US-ZZ", "US-CA-NYC"} & set(BOOK.places.codes)
    assert BOOK.rule("NO-SUCH") is None
