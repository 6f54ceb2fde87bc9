"""What each source is worth: what it adds to the best chances of accounts.

A set of sources is worth what contact is expected to reach where an account may use only points that one of them, or the portfolio, shows:
the best chance on those points, summed over accounts. This value is a sum of steps, each of which is there as soon as one source of its
set is (`skiptrace.report.resting`). Of such a step every source of the set has an equal part by symmetry, so Shapley values, the mean of
what a source adds over all orders in which sources may come, follow exactly for any number of sources, without going through orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import duckdb

from skiptrace.report.figures import is_small
from skiptrace.report.holdouts import FOLDS, interval
from skiptrace.report.resting import ANY, OWN
from skiptrace.vocabulary import CHANNELS

SHOWN: Final = 12
"""Sources that the figure shows; the table has all of them."""
_STEPS: Final = "SELECT channel, fold, sources, sum(accounts), sum(ended), sum(p), sum(balance) FROM shown_by GROUP BY ALL ORDER BY ALL"
Step = tuple[int, frozenset[str], int, int, Decimal, Decimal]
"""A fold of consumers, a set of sources, the accounts of the fold that have a step which needs one of them, those whose last step it is,
and what the step adds."""


@dataclass(frozen=True)
class Part:
    """Expected accounts reached, and their balance."""

    reached: Decimal
    balance: Decimal

    @classmethod
    def nothing(cls) -> Part:
        """Nobody."""
        return cls(Decimal(0), Decimal(0))


@dataclass(frozen=True)
class Credit:
    """A source: accounts that its points give a better chance than the portfolio's own, and those that no other source gives it;
    what it reaches beyond the portfolio if it were the only source (`alone`), what the run would lose without it (`last`), and its
    Shapley value (`fair`). `between`: of each of the three the least and the most, as intervals of 95 % (`skiptrace.report.holdouts`)."""

    source: str
    accounts: int
    only: int
    alone: Part
    last: Part
    fair: Part
    between: Mapping[str, tuple[Part, Part]] = field(default_factory=dict)


@dataclass(frozen=True)
class Game:
    """A channel, or ANY: what is reached in all, what the portfolio's own points reach, and what each source adds. The fair parts and
    `own` add up to `whole` exactly."""

    channel: str
    whole: Part
    own: Part
    credits: tuple[Credit, ...]


@dataclass(frozen=True)
class Bar:
    """A step of the figure, from nothing to what all sources add: what they add before it and with it. `credit` is None for the sources
    that are summed up."""

    name: str
    before: Decimal
    after: Decimal
    credit: Credit | None = None


@dataclass(frozen=True)
class Worth:
    """What sources are worth: over all channels first, then for each in the vocabulary's order; nothing where no use was scored. `costs`:
    what a source with a price has cost, its price times the accounts it linked."""

    games: tuple[Game, ...] = ()
    costs: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def added(self) -> Decimal:
        """Accounts that all sources together are expected to reach beyond the portfolio's own points."""
        return self.games[0].whole.reached - self.games[0].own.reached if self.games else Decimal(0)

    @property
    def bars(self) -> tuple[Bar, ...]:
        """The figure: the sources that help most, and the others as one."""
        if not self.games:
            return ()
        first, bars, so_far = self.games[0], list[Bar](), Decimal(0)
        shown = [one for one in first.credits if not is_small(one.accounts)][:SHOWN]
        for credit in shown:
            bars.append(Bar(credit.source, so_far, so_far + credit.fair.reached, credit))
            so_far = bars[-1].after
        if len(shown) < len(first.credits):
            bars.append(Bar("Other sources", so_far, self.added))
        return tuple(bars)

    def price_of_one(self, credit: Credit) -> Decimal | None:
        """What a source costs for each contact that would be missing without it; None where it costs nothing or none would be."""
        cost = self.costs.get(credit.source)
        return None if cost is None or is_small(credit.only) or not credit.last.reached else cost / credit.last.reached

    def prices_of_one(self, credit: Credit) -> tuple[Decimal, Decimal | None] | None:
        """The least and the most of that, by the interval of what is lost without the source; the most is None where that may be nothing.
        None as `price_of_one`, and where no interval is known."""
        if self.price_of_one(credit) is None or "last" not in credit.between:
            return None
        low, high = (part.reached for part in credit.between["last"])
        return self.costs[credit.source] / high, self.costs[credit.source] / low if low > 0 else None


def figures(book: duckdb.DuckDBPyConnection, run: Mapping[str, Any], linked: Mapping[str, int]) -> Worth:
    """What the sources of a run are worth. `run`: the ledger, of which `sources` may give a `cost_per_record`; `linked`: accounts that
    each linked."""
    found: dict[str, list[Step]] = {}
    for channel, fold, sources, *rest in book.sql(_STEPS).fetchall():
        found.setdefault(channel, []).append((fold, frozenset(sources.split(",")), *rest))
    games = tuple(_game(channel, found[channel]) for channel in (ANY, *CHANNELS) if channel in found)
    prices = {str(entry["name"]): Decimal(str(entry.get("cost_per_record") or 0)) for entry in run.get("sources", ())}
    return Worth(games, {name: price * linked.get(name, 0) for name, price in prices.items() if price})


def _game(channel: str, rows: Sequence[Step]) -> Game:
    sourced = [row for row in rows if row[1] != {OWN}]
    names = sorted({name for _, needed, *_ in sourced for name in needed})
    whole, own = _part(rows), _part(row for row in rows if row[1] == {OWN})
    reached = shapley(names, [(needed, p) for _, needed, _, _, p, _ in sourced], 9)
    balance = shapley(names, [(needed, owed) for _, needed, _, _, _, owed in sourced], 2)
    found = []
    for name in names:
        mine = [row for row in sourced if name in row[1]]
        lone = [row for row in mine if len(row[1]) == 1]
        only = sum(row[2] for row in lone)
        fair = Part(reached[name], balance[name])
        between = {"alone": _between(mine), "last": _between(lone), "fair": _between(mine, shared=True)}
        found.append(Credit(name, sum(row[3] for row in mine), only, _part(mine), _part(lone), fair, between))
    return Game(channel, whole, own, tuple(sorted(found, key=lambda one: (-one.fair.reached, one.source))))


def _part(rows: Iterable[Step]) -> Part:
    reached, balance = Decimal(0), Decimal(0)
    for row in rows:
        reached, balance = reached + row[4], balance + row[5]
    return Part(reached, balance)


def _between(rows: Iterable[Step], shared: bool = False) -> tuple[Part, Part]:
    """The interval of what steps add; `shared`: of one source's equal part in each. Balances may be negative, contacts cannot."""
    folds = [[Decimal(0)] * FOLDS, [Decimal(0)] * FOLDS]
    for row in rows:
        among = len(row[1]) if shared else 1
        for part, amount in zip(folds, row[4:], strict=True):
            part[row[0]] += amount / among
    (low, high), (least, most) = interval(folds[0]), interval(folds[1], None)
    return Part(low, least), Part(high, most)


def shapley(names: Iterable[str], steps: Iterable[tuple[frozenset[str], Decimal]], places: int) -> dict[str, Decimal]:
    """The Shapley value of each name, to `places` decimals, where any name of a step's set brings its amount. They add up to all amounts
    exactly: what rounding leaves goes to the largest remainders, of equal ones to the first name."""
    exact, total = dict.fromkeys(sorted(names), Fraction(0)), Fraction(0)
    for needed, amount in steps:
        units = Fraction(amount) * 10**places
        total += units
        for name in needed:
            exact[name] += units / len(needed)
    whole = {name: value.numerator // value.denominator for name, value in exact.items()}
    left = int(total) - sum(whole.values())
    for name in sorted(exact, key=lambda name: (whole[name] - exact[name], name))[:left]:
        whole[name] += 1
    return {name: Decimal(value).scaleb(-places) for name, value in whole.items()}
