"""Figures by state: where accounts are that permitted uses are expected to reach, and the place of each state on the map."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import duckdb

from skiptrace.report.figures import is_small

MAP: Final = (
    "AK .. .. .. .. .. .. .. .. .. ME",
    ".. .. .. .. .. .. .. .. .. VT NH",
    "WA ID MT ND MN IL WI MI NY RI MA",
    "OR NV WY SD IA IN OH PA NJ CT ..",
    "CA UT CO NE MO KY WV VA MD DE ..",
    ".. AZ NM KS AR TN NC SC DC .. ..",
    ".. .. .. OK LA MS AL GA .. .. ..",
    "HI .. .. TX .. .. .. .. FL PR VI",
)
"""A tile for each state, the district and two territories, about where they lie: rows from north to south."""
PLACES: Final = {
    state: (row, column) for row, line in enumerate(MAP, 1) for column, state in enumerate(line.split(), 1) if state != ".."
}  # fmt: skip
FURTHER: Final = ("AS", "GU", "MP", "AA", "AE", "AP")
"""Told in the table alone."""
SHADES: Final = (Decimal("0.9"), Decimal(1), Decimal("1.1"))
"""From these multiples of the part over all states on a tile is a shade stronger."""

_LIST: Final = ", ".join(f"'{state}'" for state in (*PLACES, *FURTHER))
PART: Final = {
    "states_by": f"""
SELECT CASE WHEN state IN ({_LIST}) THEN state END AS place, count(*) AS accounts, sum(balance) AS owed,
       count(*) FILTER (allowed) AS allowed, sum(balance) FILTER (allowed) AS allowed_owed, sum(open_reach) AS p,
       sum(open_value) AS reached
FROM book GROUP BY place
""",
}  # fmt: skip
"""Any other word is no state, and is not told: it could be anything."""
_STATES: Final = """
SELECT place, sum(accounts), sum(owed), sum(allowed), sum(allowed_owed), sum(p), sum(reached)
FROM states_by GROUP BY place ORDER BY place NULLS LAST
"""


@dataclass(frozen=True)
class State:
    """A state (None: another country, or unknown): its accounts and their balance, those that have a use which the rules permit, and what
    contact by these is expected to reach."""

    state: str | None
    accounts: int
    balance: Decimal | None
    permitted: int
    permitted_balance: Decimal | None
    reached: Decimal
    reached_balance: Decimal | None

    @property
    def part(self) -> Decimal:
        """The part of the accounts that is expected to be reached by permitted uses."""
        return self.reached / self.accounts

    @property
    def text(self) -> str:
        """What the tile says: the part in percent, without its sign, and nothing of a small group."""
        if is_small(self.accounts):
            return "–"
        return f"{(self.part * 100).quantize(Decimal(1))}"


@dataclass(frozen=True)
class Tile:
    """A tile of the map at its row and column, and its figures: None where no account is. `shade`: how strong, from 1 to 4; 0 where
    nothing is told."""

    name: str
    row: int
    column: int
    state: State | None
    shade: int


def figures(book: duckdb.DuckDBPyConnection) -> tuple[State, ...]:
    """States that have an account, by name; accounts elsewhere last."""
    return tuple(State(*row) for row in book.sql(_STATES).fetchall())


def tiles(states: tuple[State, ...]) -> tuple[Tile, ...]:
    """The map, by name."""
    found = {one.state: one for one in states}
    accounts, reached = sum(one.accounts for one in states), sum((one.reached for one in states), Decimal(0))
    usual = reached / accounts if accounts else Decimal(0)
    return tuple(Tile(name, *PLACES[name], found.get(name), _shade(found.get(name), usual)) for name in sorted(PLACES))


def _shade(state: State | None, usual: Decimal) -> int:
    if state is None or is_small(state.accounts):
        return 0
    return 1 + sum(state.part >= usual * least for least in SHADES) if usual else 1
