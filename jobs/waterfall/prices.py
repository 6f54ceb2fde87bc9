"""What asking a source costs: by record, by hit, by success, any mix of them. Money is exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from skiptrace.errors import ConfigError, Problem
from skiptrace.project import Project, Source
from skiptrace.waterfall.offers import Offer

_NAMES = ("record", "hit", "success", "minimum")


@dataclass(frozen=True)
class Prices:
    """Prices of one account that is asked about, and what a request is billed at least, in the balance's currency."""

    record: Decimal = Decimal(0)
    hit: Decimal = Decimal(0)
    success: Decimal = Decimal(0)
    minimum: Decimal = Decimal(0)

    @property
    def worst(self) -> Decimal:
        """What one account may cost at most."""
        return self.record + self.hit + self.success

    def owed(self, records: int, hits: int, successes: int) -> Decimal:
        """What a request costs with so many of each."""
        return max(self.record * records + self.hit * hits + self.success * successes, self.minimum)

    def plain(self) -> dict[str, str]:
        """As a JSON object; see `from_plain`."""
        return {name: str(getattr(self, name)) for name in _NAMES}


def from_plain(plain: Mapping[str, str]) -> Prices:
    """The prices of `Prices.plain`."""
    return Prices(**{name: Decimal(plain[name]) for name in _NAMES})


def of_source(source: Source) -> Prices:
    """The prices of a source with an order; its contract's `cost_per_record` where the order says no price."""
    order = source.order
    if order is None:
        return Prices(exact(source.cost_per_record))
    record = order.price_per_record if order.has_price else source.cost_per_record
    amounts = (record, order.price_per_hit, order.price_per_success, order.minimum_order)
    return Prices(*(exact(amount or 0.0) for amount in amounts))


def offer(source: Source, room: Decimal | None = None) -> Offer:
    """A source as the policy sees it. room: what may still be promised to it; None: no limit of its own."""
    cost = of_source(source)
    return Offer(
        source.name, float(cost.record), float(cost.hit), float(cost.success), float(cost.minimum),
        budget=None if room is None else float(room), refresh_days=source.order.refresh_days if source.order else None,
    )  # fmt: skip


def exact(amount: float | str) -> Decimal:
    """An amount as it is written, not as a computer keeps it."""
    return Decimal(str(amount))


def ordered(project: Project) -> tuple[Source, ...]:
    """The sources of a project that are asked by requests. Raises ConfigError (exit 2) where the project file says nothing of what may be
    spent, or of any source that is asked."""
    found = tuple(source for source in project.source if source.order is not None)
    if project.waterfall is None or not found:
        lacking = ("waterfall", "[waterfall] with a budget and what a contact is worth") if project.waterfall is None else (
            "source.order", "[source.order] beside a source that is asked by request files")  # fmt: skip
        problem = Problem(project.file.name, lacking[0], "is missing", f"add {lacking[1]}; see docs/waterfall.md")
        raise ConfigError("this project asks no source", (problem,))
    return found
