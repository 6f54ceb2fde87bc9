from __future__ import annotations

from dataclasses import replace

from jobs.rules_changed import rules_changed
from skiptrace.results import latest
from skiptrace.rulebook.loading import load
from tests.jobs.projects import Finished

BOOK = load()


def test_the_same_rules_affect_nobody(finished: Finished) -> None:
    found = rules_changed(latest(finished.outcome.folder.parent.parent), BOOK, BOOK)
    assert (found.added, found.removed, found.changed, found.uses, found.accounts) == ((), (), (), (), 0)


def test_a_rule_less_is_told_with_the_uses_it_stopped(finished: Finished) -> None:
    run = latest(finished.outcome.folder.parent.parent)
    fewer = replace(BOOK, rules=tuple(rule for rule in BOOK.rules if rule.id != "REGF-TEXT-BASIS"))
    found = rules_changed(run, BOOK, fewer)
    assert (found.added, found.removed) == ((), ("REGF-TEXT-BASIS",))
    rows = [row for row in run.table("decisions").to_pylist() if "REGF-TEXT-BASIS" in row["stopped_by"]]
    stopped = [one for one in found.uses if one.gone == ("REGF-TEXT-BASIS",)]
    assert sum(one.uses for one in stopped) == len(rows) > 0
    assert {one.channel for one in stopped} == {"sms", "portal"}  # a text carries a link
    back = rules_changed(run, fewer, BOOK)
    assert {one.new for one in back.uses if one.gone == ()} == {("REGF-TEXT-BASIS",)}


def test_a_changed_rule_is_named(finished: Finished) -> None:
    changed = replace(BOOK, rules=tuple(replace(rule, version=99) if rule.id == "REGF-CEASE" else rule for rule in BOOK.rules))
    assert rules_changed(latest(finished.outcome.folder.parent.parent), BOOK, changed).changed == ("REGF-CEASE",)
