"""The engine: scope is three-valued, absent columns are unknown, coverage stops what nobody settled."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pyarrow as pa

from skiptrace.rulebook.condition import parse
from skiptrace.rulebook.engine import FALSE, TRUE, UNKNOWN, ask, asked_rules, coverage_rule, reads
from skiptrace.rulebook.loading import load
from skiptrace.schema.facts import FACTS

DAY = dt.date(2026, 6, 30)


def sheet(*rows: dict[str, object]) -> pa.Table:
    names = sorted({name for row in rows for name in row})
    return pa.table({name: pa.array([row.get(name) for row in rows], FACTS[name].type) for name in names})


def test_scope_is_part_of_the_answer() -> None:
    rule = load().rule("MA-2IN7")
    assert rule is not None
    rows = sheet(
        {"channel": "voice", "jurisdictions": ["US", "US-MA"], "calls_and_texts_7_days": 2},
        {"channel": "mail", "jurisdictions": ["US", "US-MA"], "calls_and_texts_7_days": 2},
        {"channel": "voice", "jurisdictions": ["US", "US-AZ"], "calls_and_texts_7_days": 2},
        {"channel": "voice", "calls_and_texts_7_days": 2},
        {"channel": "voice", "calls_and_texts_7_days": 1},
        {"channel": "voice", "jurisdictions": ["US", "US-MA"]},
    )
    assert ask(rows, [rule])[:, 0].tolist() == [TRUE, FALSE, FALSE, UNKNOWN, FALSE, UNKNOWN]
    assert reads(rule) == {"channel", "jurisdictions", "calls_and_texts_7_days"}


def test_an_absent_column_is_not_known() -> None:
    rule = load().rule("REGF-CEASE")
    assert rule is not None
    assert ask(sheet({"channel": "mail"}), [rule]).tolist() == [[UNKNOWN]]


def test_an_engine_error_in_one_row_is_not_known_and_spares_the_others() -> None:
    rule = load().rule("REGF-7IN7")
    assert rule is not None
    rule = replace(rule, condition=parse("abs(calls_7_days) >= 7"))
    rows = sheet(*({"channel": "voice", "calls_7_days": calls} for calls in (-(2**31), 7, 6)))
    assert ask(rows, [rule])[:, 0].tolist() == [UNKNOWN, TRUE, FALSE]


def test_no_rules_or_no_rows_is_no_error() -> None:
    assert ask(sheet({"channel": "mail"}), []).shape == (1, 0)
    assert ask(sheet({"channel": "mail"}).slice(0, 0), load().rules).shape == (0, len(load().rules))


def test_coverage_stops_a_channel_without_rules_of_its_own() -> None:
    assert coverage_rule(load(), DAY) is None  # the portal's links are covered by the messages that carry them
    covered = tuple(channel for channel in load().covered_channels if channel != "portal")
    rule = coverage_rule(replace(load(), covered_channels=covered), DAY)
    assert rule is not None
    assert ask(sheet({"channel": "portal"}, {"channel": "voice"}), [rule])[:, 0].tolist() == [TRUE, FALSE]


def test_coverage_stops_where_a_topic_lost_its_rule() -> None:
    later = {rule.id: replace(rule, effective_from=dt.date(2030, 1, 1)) for rule in load().rules if rule.jurisdiction == "US-WA"}
    book = replace(load(), rules=tuple(later.get(rule.id, rule) for rule in load().rules))
    rule = coverage_rule(book, DAY)
    assert rule is not None
    rows = sheet(
        {"channel": "mail", "jurisdictions": ["US", "US-WA"]},
        {"channel": "mail", "jurisdictions": ["US", "US-AZ"]},
        {"channel": "mail"},
        {"channel": "voice", "jurisdictions": ["US", "US-WA"]},
    )
    assert ask(rows, [rule])[:, 0].tolist() == [TRUE, FALSE, UNKNOWN, TRUE]
    assert "COVERAGE" in [asked.id for asked in asked_rules(book, DAY)]
