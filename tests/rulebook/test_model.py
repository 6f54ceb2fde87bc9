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
    strict = replace(rule("REGF-TIME"), id="X", hours=Hours(((dt.time(9), dt.time(20)),) * 7, 5, 0.01))
    book = replace(BOOK, rules=(*BOOK.rules, strict))
    assert [one.id for one in book.stated_hours(dt.date(2026, 6, 30))] == [
        "CAN-ADAD-HOURS", "CAN-ON-HOURS", "CAN-QC-HOURS", "POL-STRICT-HOURS", "REGF-TIME", "X",
    ]  # fmt: skip
    assert (book.plausible(dt.date(2026, 6, 30)), BOOK.plausible(dt.date(2026, 6, 30))) == (0.01, 0.05)


def test_a_step_is_asked_for_by_what_is_known_and_what_is_not() -> None:
    one = rule("BK-DISMISSED")
    assert (one.step_of(True), one.step_of(None), one.step_of(False)) == ("bankruptcy_review", "bankruptcy_scrub", None)


def test_a_rule_may_be_for_every_place_that_is_one() -> None:
    assert {"US", "US-WA", "US-PR", "US-NY-NYC"} <= set(BOOK.places.codes)
    assert not {"US-AE", "US-ZZ", "US-CA-NYC"} & set(BOOK.places.codes)
    assert BOOK.rule("NO-SUCH") is None
