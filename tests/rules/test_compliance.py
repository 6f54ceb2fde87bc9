"""The shipped contact rules as a body: cases that bite, a page that is up to date, marks used as meant."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from skiptrace.check.rules import markdown_table
from skiptrace.plugins import rules_root
from skiptrace.rulebook.condition import parse
from skiptrace.rulebook.engine import case_effects
from skiptrace.rulebook.loading import load
from skiptrace.rulebook.model import Rule

BOOK = load()
FLIPS = {">=": ">", ">": ">=", "<=": "<", "<": "<=", "=": "<>", "<>": "="}


def mutants(rule: Rule) -> list[str]:
    """The condition with one comparison flipped or one whole number shifted by one."""
    out = []
    for match in re.finditer(r"(?<![<>])(>=|<=|<>|=|>|<)(?![=>])", rule.when):
        out.append(rule.when[: match.start()] + FLIPS[match.group()] + rule.when[match.end() :])
    for match in re.finditer(r"(?<![\w'.])\d+(?![\w.'-])", rule.when):
        for shift in (-1, 1):
            if int(match.group()) + shift >= 0:
                out.append(rule.when[: match.start()] + str(int(match.group()) + shift) + rule.when[match.end() :])
    return out


def test_the_page_beside_the_rules_is_up_to_date() -> None:
    page = (rules_root() / "compliance" / "README.md").read_text("utf-8")
    assert page == markdown_table(), "write skiptrace.check.rules.markdown_table() to rules/compliance/README.md"


@pytest.mark.parametrize("rule", [rule for rule in BOOK.rules if mutants(rule)], ids=lambda rule: rule.id)
def test_a_slip_in_a_condition_fails_a_case(rule: Rule) -> None:
    for when in mutants(rule):
        changed = replace(rule, when=when, condition=parse(when))
        assert any(found != case.expect for _, case, found in case_effects([changed])), when


def test_policy_is_labelled_as_policy() -> None:
    for rule in BOOK.rules:
        assert (rule.path.startswith("policy/")) <= (rule.evidence == "P"), rule.id


def test_uncertain_rules_ask_for_review() -> None:
    assert all(rule.review_required == (rule.certainty != "H") for rule in BOOK.rules)


def test_three_states_and_a_city_have_rules_of_their_own() -> None:
    homes = {rule.jurisdiction for rule in BOOK.rules}
    assert {"US-MA", "US-DC", "US-WA", "US-NY-NYC"} <= homes
