"""The checker: cases run, gaps named, the printed page complete and stable."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from skiptrace.check import rules
from skiptrace.rulebook.condition import parse
from skiptrace.rulebook.loading import load

DAY = dt.date(2026, 11, 22)


def test_every_case_of_the_shipped_rules_passes() -> None:
    report = rules.test_rules()
    assert report.passed, [(result.rule, result.case, result.found) for result in report.failed]
    assert report.rules == len(load().rules)
    assert len(report.results) == sum(len(rule.cases) for rule in load().rules)


def test_a_shifted_threshold_fails_a_case_that_is_named() -> None:
    rule = load().rule("REGF-7IN7")
    assert rule is not None
    when = rule.when.replace("7_days >= 7", "7_days >= 8")
    slipped = replace(rule, when=when, condition=parse(when))
    report = rules.test_rules(replace(load(), rules=(slipped,)))
    assert [(result.rule, result.case, result.expected, result.found) for result in report.failed] == [
        ("REGF-7IN7", "seven calls", "stop", "none")
    ]


def test_the_list_shows_rules_in_force() -> None:
    everything, today = rules.list_rules(), rules.list_rules(as_of=DAY)
    later = {row["id"] for row in everything} - {row["id"] for row in today}
    assert later == {"TCPA-REVOKE-ALL"}


def test_coverage_has_no_gap_today_and_some_before_regulation_f() -> None:
    assert rules.coverage_gaps(load(), DAY) == []
    assert ("US", "voice") in {row[:2] for row in rules.coverage_gaps(load(), dt.date(2021, 11, 29))}


def test_rules_that_nobody_checked_for_long_are_named() -> None:
    assert rules.outdated(load(), DAY) == []
    last = max(rule.last_checked for rule in load().rules)
    assert rules.outdated(load(), last + dt.timedelta(days=366)) == [rule.id for rule in load().rules]


def test_the_page_names_every_rule_step_and_reason() -> None:
    page = rules.markdown_table()
    for name in [rule.id for rule in load().rules] + list(load().steps) + [row.id for row in load().unenforced]:
        assert name in page
    assert page == rules.markdown_table()
    columns = {line.count(" | ") for line in page.splitlines() if line.startswith("| `REGF")}
    assert columns == {8}
