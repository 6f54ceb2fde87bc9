from __future__ import annotations

import dataclasses

from skiptrace.report.cells import linked_of, parts_by_channel
from skiptrace.report.figures import count, money
from skiptrace.report.worth import Part, Worth
from tests.report.by_hand import REPORT

GAMES = REPORT.worth.games


def test_a_source_has_what_it_linked_and_one_that_nobody_knows_nothing() -> None:
    source = REPORT.sources[0]
    assert linked_of(REPORT, source.name) == (source.linked, source.points_alone)
    assert linked_of(REPORT, "nobody") == (0, 0)


def test_rows_go_from_the_portfolio_to_all() -> None:
    for what, written in (("reached", count), ("balance", money)):
        table = parts_by_channel(REPORT.worth, what)
        assert table[0] == ("Portfolio alone", *(written(getattr(game.own, what)) for game in GAMES))
        assert table[-1] == ("All together", *(written(getattr(game.whole, what)) for game in GAMES))
        assert len(table) == len(GAMES[0].credits) + 2


def test_small_groups_are_not_told_and_sources_without_part_have_nothing() -> None:
    small = dataclasses.replace(GAMES[1].credits[0], accounts=4, source="small")
    game = dataclasses.replace(GAMES[1], credits=(small,))
    table = {row[0]: row[1:] for row in parts_by_channel(Worth((GAMES[0], game)), "reached")}
    assert table["small"] == ("0", "–")
    assert table[GAMES[0].credits[0].source][1] == count(Part.nothing().reached)
