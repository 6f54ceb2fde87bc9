from __future__ import annotations

import datetime as dt
from typing import Any

from jobs.explain.model import Decision
from jobs.explain.uses import rule_words, step_words, use
from skiptrace.rulebook import loading

BOOK = loading.load()
ZONES = ("America/Los_Angeles", "America/New_York", "Not/AZone")


def decided(channel: str, decision: str, holds: tuple[str, ...] = (), **more: Any) -> Decision:
    scored = {
        "channel": channel,
        "rank": 1,
        "p_reach": 0.5,
        "p_reach_low": 0.4,
        "p_reach_high": 0.6,
        "grade": "C",
        "reasons": [{"code": "a", "text": "A.", "points": 1.0}, {"code": "b", "text": "B.", "points": -1.0}],
    }
    row: dict[str, Any] = {
        "channel": channel,
        "decision": decision,
        "stopped_by": [],
        "conditions": [],
        "steps_required": [],
        "window_start": None,
        "window_end": None,
        "valid_until": dt.date(2026, 6, 30),
    }
    made = use(scored, row | more, holds, ZONES, BOOK)
    assert made.log_odds == 0.0
    assert made.decision is not None
    return made.decision


def test_a_use_without_a_decision_has_none() -> None:
    scored = {
        "channel": "mail",
        "rank": 1,
        "p_reach": 0.5,
        "p_reach_low": 0.4,
        "p_reach_high": 0.6,
        "grade": "C",
        "reasons": [],
    }
    assert use(scored, None, (), (), BOOK).decision is None


def test_a_use_that_only_steps_stop_says_what_doing_them_would_change() -> None:
    told = decided("sms", "stopped", stopped_by=["REGF-TEXT-60D"], steps_required=["rnd_query"])
    assert told.only_steps_stop
    assert told.remedy == "Only open steps stop it: once rnd_query is done and finds nothing, sms is permitted."
    assert told.steps_required[0].sentence == BOOK.steps["rnd_query"].sentence


def test_a_rule_that_stops_anyway_is_named() -> None:
    told = decided(
        "email", "stopped", stopped_by=["REGF-EMAIL-BASIS", "TCPA-REVOKE"], steps_required=["consent_review"]
    )
    assert not told.only_steps_stop
    assert told.remedy == "REGF-EMAIL-BASIS stops it even when consent_review is done."
    assert (
        decided("email", "stopped", stopped_by=["REGF-EMAIL-BASIS"]).remedy
        == "REGF-EMAIL-BASIS stops it; no open step would lift that."
    )


def test_a_rule_known_to_hold_the_account_is_no_open_step() -> None:
    given: dict[str, Any] = {"stopped_by": ["REGF-ATTY", "REGF-CEASE"], "steps_required": ["account_flags_review"]}
    assert decided("mail", "stopped", **given).only_steps_stop
    held = decided("mail", "stopped", ("REGF-ATTY",), **given)
    assert held.remedy == "REGF-ATTY stops it even when account_flags_review is done."


def test_the_window_is_told_on_the_clocks_of_the_point() -> None:
    start = dt.datetime(2026, 6, 30, 15, 1, tzinfo=dt.UTC)
    told = decided(
        "voice", "conditional", conditions=["REGF-TIME"], window_start=start, window_end=start + dt.timedelta(hours=10)
    )
    assert told.window == "2026-06-30 15:01 to 2026-07-01 01:01 UTC"
    assert [(hours.zone, hours.hours) for hours in told.local_hours] == [
        ("America/Los_Angeles", "08:01–18:01"),
        ("America/New_York", "11:01–21:01"),
    ]


def test_no_window_is_told_by_channel() -> None:
    assert decided("mail", "permitted").window == "no hours apply to this channel"
    assert decided("voice", "stopped").window == "no hour of the day is known to be allowed"


def test_rules_and_steps_that_are_gone_are_named_all_the_same() -> None:
    (rule,) = rule_words(["OLD-RULE"], BOOK)
    assert (rule.rule, rule.sentence) == ("OLD-RULE", "This rule is no longer in the rulebook.")
    (step,) = step_words(["old_step"], BOOK)
    assert (step.step, step.sentence) == ("old_step", "")
