"""What makes the rules safe to combine, over ten thousand random fact sheets: no rule added and no fact removed ever makes a
use exportable, and the order of files never matters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.compliance.screening import screen
from skiptrace.rulebook.loading import load
from skiptrace.rulebook.model import Rulebook
from skiptrace.schema.facts import FACTS
from tests.rulebook.sheets import DAY, as_situations, random_sheet

BOOK = load()
SHEETS = 10_000
LENIENT = tuple(rule for number, rule in enumerate(BOOK.rules) if number % 9 == 0)
"""Few rules, so that a good part of random uses is exportable and could be lost or won."""


def exportable(facts: pa.Table, book: Rulebook) -> np.ndarray:
    decided = screen(as_situations(facts), book, DAY)["decision"].to_numpy(zero_copy_only=False)
    return np.asarray(decided != "stopped")


def book_of(rules: tuple[object, ...]) -> Rulebook:
    return replace(BOOK, rules=rules, requirements=(), covered_channels=("voice", "sms", "email", "mail", "portal"))


def test_adding_rules_never_makes_a_use_exportable() -> None:
    facts = random_sheet(SHEETS, 1, missing=0.02)
    draw = np.random.default_rng(2)
    kept = list(LENIENT)
    before = exportable(facts, book_of(tuple(kept)))
    assert SHEETS / 50 < before.sum() < SHEETS
    others = [rule for rule in BOOK.rules if rule not in kept]
    for number in draw.permutation(len(others))[:12]:
        kept = sorted([*kept, others[number]], key=lambda rule: rule.id)
        after = exportable(facts, book_of(tuple(kept)))
        assert not np.any(after & ~before), others[number].id
        before = after
    assert not np.any(exportable(facts, BOOK) & ~before)


def test_removing_a_fact_never_makes_a_use_exportable() -> None:
    facts = random_sheet(SHEETS, 3, missing=0.02)
    for rules in (LENIENT, BOOK.rules[1::9], BOOK.rules[2::9], BOOK.rules):
        before = exportable(facts, book_of(rules))
        draw = np.random.default_rng(len(rules))
        names = sorted(set(FACTS) - {"channel"})
        taken = draw.integers(0, len(names), SHEETS)
        poorer = facts
        for place, name in enumerate(names):
            gone = pa.array(taken == place)
            column = pc.if_else(gone, pa.scalar(None, FACTS[name].type), facts[name].combine_chunks())
            poorer = poorer.set_column(poorer.column_names.index(name), name, column)
        assert not np.any(exportable(poorer, book_of(rules)) & ~before)


def test_order_of_files_never_matters() -> None:
    facts = as_situations(random_sheet(SHEETS, 5))
    draw = np.random.default_rng(6)
    shuffled = replace(BOOK, rules=tuple(BOOK.rules[number] for number in draw.permutation(len(BOOK.rules))))
    assert screen(facts, shuffled, DAY).equals(screen(facts, BOOK, DAY))
