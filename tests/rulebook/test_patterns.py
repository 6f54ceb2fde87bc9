"""Asking by patterns: the same answers as the plain form, whatever the facts."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from skiptrace.rulebook import patterns as fast
from skiptrace.rulebook.coding import code_table
from skiptrace.rulebook.engine import ask, asked_rules
from skiptrace.rulebook.loading import load
from tests.rulebook.sheets import DAY, random_sheet

BOOK = load()
RULES = asked_rules(BOOK, DAY)


def test_patterns_are_the_plain_answers() -> None:
    for seed in range(3):
        facts = random_sheet(400, seed)
        codes, answers = fast.patterns(facts, RULES, code_table(facts))
        assert np.array_equal(answers[codes], ask(facts, RULES))


def test_many_combinations_are_sorted_instead_of_numbered() -> None:
    facts = random_sheet(200, 9)
    before = fast.TABLE_LIMIT
    try:
        fast.TABLE_LIMIT = 1  # type: ignore[misc]
        codes, answers = fast.patterns(facts, RULES, code_table(facts))
    finally:
        fast.TABLE_LIMIT = before  # type: ignore[misc]
    assert np.array_equal(answers[codes], ask(facts, RULES))


def test_rules_of_one_state_are_asked_by_that_state_alone() -> None:
    rule = BOOK.rule("WA-3WK")
    assert rule is not None
    assert fast.distinguishes(rule) == {"channel", "contacts_7_days", "jurisdictions=US-WA"}


def test_groups_hold_every_rule_once() -> None:
    facts = random_sheet(100, 1)
    sizes = {name: column.size for name, column in code_table(facts).items()}
    groups = fast.together(RULES, sizes)
    assert sorted(number for group in groups for number in group) == list(range(len(RULES)))
    assert len(groups) < len(RULES) / 2


def test_no_rows_and_no_rules_are_no_error() -> None:
    facts = random_sheet(2, 0)
    assert fast.patterns(facts.slice(0, 0), RULES, code_table(facts.slice(0, 0)))[0].tolist() == []
    codes, answers = fast.patterns(facts, (), code_table(facts))
    assert (codes.tolist(), answers.shape[1]) == ([0, 0], 0)
    assert pa.types.is_list(facts.schema.field("jurisdictions").type)
