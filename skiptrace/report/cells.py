"""Rows of the tables about sources that the template alone would be too clumsy for."""

from __future__ import annotations

from skiptrace.report.figures import NOTHING, count, is_small, money
from skiptrace.report.model import ReportInput
from skiptrace.report.worth import Game, Part, Worth


def linked_of(report: ReportInput, source: str) -> tuple[int, int]:
    """Accounts that a source linked, and the points that it alone shows."""
    return next(((one.linked, one.points_alone) for one in report.sources if one.name == source), (0, 0))


def parts_by_channel(worth: Worth, what: str) -> list[tuple[str, ...]]:
    """The fair part of each source in each game, with the portfolio first and the sum last. `what`: reached or balance."""
    names = [credit.source for credit in worth.games[0].credits]
    further = sorted({credit.source for game in worth.games for credit in game.credits} - set(names))
    rows = [("Portfolio alone", *(_written(game.own, what) for game in worth.games))]
    rows += [(name, *(_cell(game, name, what) for game in worth.games)) for name in (*names, *further)]
    return [*rows, ("All together", *(_written(game.whole, what) for game in worth.games))]


def _cell(game: Game, name: str, what: str) -> str:
    found = next((credit for credit in game.credits if credit.source == name), None)
    if found is None:
        return _written(Part.nothing(), what)
    return NOTHING if is_small(found.accounts) else _written(found.fair, what)


def _written(part: Part, what: str) -> str:
    return count(part.reached) if what == "reached" else money(part.balance)
