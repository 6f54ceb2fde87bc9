from __future__ import annotations

import pytest

from skiptrace.alerts.rules import holding_rules, load, passing_rules
from skiptrace.rulebook.loading import load as load_rulebook
from skiptrace.schema.facts import FACTS
from skiptrace.vocabulary import ALERT_KINDS

RULES, BOOK = load(), load_rulebook()


def test_every_kind_has_a_sentence_for_people_and_facts_that_exist() -> None:
    assert tuple(sorted(RULES.kinds)) == tuple(sorted(ALERT_KINDS))
    for kind in RULES.kinds.values():
        assert kind.sentence.endswith(".")
        assert kind.gravity > 0
        assert set(kind.facts) | set(kind.point_facts) <= set(FACTS)
    assert set(FACTS) >= RULES.passing


def test_limits_of_a_project_replace_the_shipped_ones() -> None:
    changed = RULES.with_limits({"reach_step": 0.5})
    assert changed.limits.reach_step == 0.5
    assert changed.limits.storm_from == RULES.limits.storm_from


@pytest.mark.parametrize(("rule", "passes"), [("REGF-7IN7", True), ("POL-POINT-DEAD", False)])
def test_rules_that_pass_with_the_calendar(rule: str, passes: bool) -> None:
    assert BOOK.rule(rule) is not None
    assert (rule in passing_rules(BOOK, RULES)) == passes


def test_rules_that_hold_an_account_say_why() -> None:
    found = holding_rules(BOOK, RULES)
    assert {"bankruptcy", "attorney"} <= set(found.values())
    for rule, kind in found.items():
        one = BOOK.rule(rule)
        assert one is not None
        assert one.condition.facts & set(RULES.kinds[kind].facts)
