"""What makes the rules safe to combine, over more than ten thousand random fact sheets each: no rule added and no fact removed ever
opens a use, order never matters, and nothing stopped stands in a written export. `make rules-properties` asks for more sheets."""

from __future__ import annotations

from pathlib import Path

from skiptrace.compliance.screening import screen
from skiptrace.schema.facts import FACTS
from tests.bench.properties import BOOK, facts_removed, orders_that_matter, rules_added, stopped_in_files
from tests.compliance import tables as t
from tests.compliance.near import near_sheet, permitted

OTHERS = 8
"""Rules drawn beside the one that is looked at: so few that a good part of the uses is open and could be lost or won."""


def test_the_sheets_lie_near_what_the_book_permits() -> None:
    assert set(screen(permitted(), BOOK, t.AS_OF)["decision"].to_pylist()) == {"conditional"}
    decided = screen(near_sheet(2000, 1), BOOK, t.AS_OF)["decision"].to_pylist()
    assert 400 < decided.count("stopped") < 1600


def test_adding_any_rule_of_the_book_never_opens_a_use() -> None:
    found = rules_added(120, OTHERS)
    assert (found.opened, found.sheets) == (0, 120 * len(BOOK.rules))
    assert found.sheets > 10_000
    idle = [rule.id for rule in BOOK.rules if rule.effect != "condition" and rule.id in found.idle]
    assert len(idle) < len(BOOK.rules) / 12, idle  # every rule but a few was seen to close something


def test_taking_any_fact_away_never_opens_a_use() -> None:
    found = facts_removed(120, OTHERS)
    assert (found.opened, found.sheets) == (0, 120 * (len(FACTS) - 1))
    assert found.sheets > 10_000
    assert found.closed > 1000


def test_the_order_of_rules_and_of_files_never_matters() -> None:
    assert orders_that_matter(10_000, 2) == 0


def test_nothing_that_is_stopped_stands_in_a_written_export_and_nothing_open_is_missing(tmp_path: Path) -> None:
    wrong, left_open = stopped_in_files(10_000, tmp_path)
    assert wrong == 0
    assert 2000 < left_open < 9000
