"""The mutation check: every slip in every shipped rule is noticed, and the check itself can fail."""

from __future__ import annotations

from dataclasses import replace

from skiptrace.check.mutations import mutants
from skiptrace.rulebook.loading import load

BOOK = load()


def test_every_slip_in_every_rule_fails_a_case() -> None:
    found = mutants(BOOK)
    assert len(found) > 500
    assert [(one.rule, one.change) for one in found if not one.killed] == []
    assert {rule.id for rule in BOOK.rules} - {one.rule for one in found} == set()


def test_a_boundary_that_nobody_checks_is_named() -> None:
    rule = BOOK.rule("REGF-7IN7")
    assert rule is not None
    blind = replace(rule, cases=tuple(case for case in rule.cases if case.name not in ("six calls", "seven calls")))
    survivors = {one.change for one in mutants(replace(BOOK, rules=(blind,))) if not one.killed}
    assert ">= at 2 → >" in survivors
    assert "7 at 3 → 8" in survivors


def test_hours_are_shifted_too() -> None:
    rule = BOOK.rule("CAN-QC-HOURS")
    assert rule is not None
    changes = {one.change for one in mutants(replace(BOOK, rules=(rule,)))}
    assert {"margin +1", "margin -1", "opens 08:00 +1 minute", "closes 20:00 -1 minute", "weekday 7 open"} <= changes
    blind = replace(rule, moments=())
    assert not any(one.killed for one in mutants(replace(BOOK, rules=(blind,))) if "minute" in one.change)
