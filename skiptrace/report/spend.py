"""What was spent on sources that are asked by requests, why nobody is asked about the rest, and what choosing gained over fixed orders.

All of it by the run's ledger; what few accounts make up is not told in detail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from skiptrace.report.figures import count, few, is_small, money, share

MOST_ORDERS: Final = 6
"""Fixed orders that the page compares with."""
_METHODS: Final = ("dr", "snips", "ips")
"""Estimates of what an order would have gained, the one to believe first."""
_NAMES: Final = {"dr": "doubly robust", "snips": "weighted", "ips": "weighted, raw", "logged": "accounts held out for it"}


@dataclass(frozen=True)
class Asked:
    """A source at a stage: accounts asked about, answered with a hit, and waited for; what was spent; and the mean rise of the chance
    of those whose answer a run has read, None where they are few."""

    source: str
    stage: int
    asked: int
    hits: int
    waiting: int
    spent: Decimal
    rise: Decimal | None


@dataclass(frozen=True)
class Gained:
    """What choosing gained over a fixed order, per unit of money, as a share of that order's gain, by a method; an interval of 95 %."""

    order: str
    method: str
    asks: int
    better: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Spend:
    """Money of a budget: in all, spent, what may still come for requests without an answer, and left. `stops`: of each reason its
    sentence and accounts."""

    budget: Decimal
    spent: Decimal
    reserved: Decimal
    left: Decimal
    begins: str | None
    sources: tuple[Asked, ...]
    stops: tuple[tuple[str, str, int], ...]
    gains: tuple[Gained, ...]

    @property
    def told(self) -> str:
        """What a person should take from it."""
        asked, hits = (sum(getattr(one, name) for one in self.sources) for name in ("asked", "hits"))
        text = f"{money(self.spent)} of {money(self.budget)} are spent ({share(self.spent, self.budget)})"
        if self.reserved:
            text += f", and {money(self.reserved)} may still come"
        if is_small(asked):
            return f"{text}; {few(asked)} accounts were asked about."
        return f"{text}: {count(asked)} times a source was asked about an account, and it knew the consumer {few(hits)} times."

    @property
    def stopped(self) -> str:
        """The sentence about accounts that nobody is asked about."""
        if not self.stops:
            return "In the last order a source was asked about every account."
        reason, _, accounts = self.stops[0]
        whole = few(sum(one[2] for one in self.stops))
        return f"In the last order nobody was asked about {whole} accounts; most often: {_said(reason)} ({few(accounts)})."

    @property
    def gained(self) -> str:
        """The sentence about gains over fixed orders."""
        if not self.gains:
            return "Too few answers were read to tell whether choosing gained anything over asking in a fixed order."
        best = self.gains[0]
        more = f"{_percent(best.better)} {'more' if best.better >= 0 else 'less'}" if best.better else "the same"
        sure = "" if best.low > 0 or best.high < 0 else "; that may be chance"
        return (
            f"Beside the best fixed order ({best.order}), choosing gained {more} for the money"
            f" (interval of 95 %: {_signed(best.low)} to {_signed(best.high)}){sure}."
        )


def figures(told: Mapping[str, Any], sentences: Mapping[str, str] | None = None) -> Spend | None:
    """By `spend` of a ledger; None where nothing was asked. sentences: of each reason for which nobody is asked."""
    if not told:
        return None
    words = sentences or {}
    stops = [(name, words.get(name, ""), int(accounts)) for name, accounts in told.get("stops", {}).items()]
    budget, spent, reserved, left = (Decimal(told[name]) for name in ("budget", "spent", "reserved", "left"))
    ordered = tuple(sorted(stops, key=lambda one: (-one[2], one[0])))
    sources = tuple(_asked(one) for one in told["sources"])
    return Spend(budget, spent, reserved, left, told.get("begins"), sources, ordered, _gains(told.get("gain", ())))


def rows_of_sources(spend: Spend) -> list[tuple[str, ...]]:
    """The table of sources by stage: few accounts hide what they cost and brought."""
    return [
        (f"{one.source}, stage {one.stage}", few(one.asked), few(one.hits), few(one.waiting), *_detail(one)) for one in spend.sources
    ]


def rows_of_gains(spend: Spend) -> list[tuple[str, ...]]:
    """The table of fixed orders."""
    return [
        (one.order, _NAMES[one.method], count(one.asks), _signed(one.better), f"{_signed(one.low)} to {_signed(one.high)}")
        for one in spend.gains
    ]  # fmt: skip


def hidden(one: Asked) -> bool:
    """Whether so few accounts were asked about that their sum is not told."""
    return is_small(one.asked)


def _detail(one: Asked) -> tuple[str, str]:
    if hidden(one):
        return "–", "–"
    return money(one.spent), "–" if one.rise is None else _signed(one.rise)


def _asked(one: Mapping[str, Any]) -> Asked:
    better = one.get("better") or {}
    known = int(better.get("accounts") or 0)
    rise = None if not known or is_small(known) or better.get("rise") is None else _exact(better["rise"])
    return Asked(one["source"], int(one["stage"]), int(one["asked"]), int(one["hits"]), int(one["waiting"]), Decimal(one["spent"]), rise)


def _gains(rows: Sequence[Mapping[str, Any]]) -> tuple[Gained, ...]:
    """Of each order the estimate to believe first; the order that comes closest to what was done first."""
    found = dict[str, Gained]()
    for method in (*_METHODS, "logged"):
        for row in rows:
            name = row["policy"]
            if row["method"] != method or name == "policy" or name in found or row.get("better") is None or is_small(int(row["asks"])):
                continue
            better, low, high = (_exact(row[end] or 0.0) for end in ("better", "better_low", "better_high"))
            found[name] = Gained(name, method, int(row["asks"]), better, low, high)
    return tuple(sorted(found.values(), key=lambda one: (one.better, one.order))[:MOST_ORDERS])


def _said(reason: str) -> str:
    return reason.replace("_", " ")


def _exact(number: float) -> Decimal:
    return Decimal(str(number)).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def _percent(part: Decimal) -> str:
    return f"{abs(part) * 100:.1f} %"


def _signed(part: Decimal) -> str:
    return f"{part * 100:+.1f} %".replace("-0.0 %", "+0.0 %")
