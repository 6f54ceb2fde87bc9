"""What sources cost, and what a policy may spend: the two things a person decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skiptrace.errors import ConfigError, Problem

Floats = NDArray[np.float64]
MOST_SOURCES = 30
"""Sources of one waterfall: what was asked of an account is one number."""


@dataclass(frozen=True)
class Offer:
    """A source that can be asked. Prices and `minimum_order` in the balance's currency; an order is billed at least `minimum_order`.
    `per_success`: for a right-party contact by what it showed. `budget`: what may still be promised to this source; None: no limit of
    its own. `refresh_days`: after how many days it may be asked for the same account again; None: never."""

    name: str
    per_record: float = 0.0
    per_hit: float = 0.0
    per_success: float = 0.0
    minimum_order: float = 0.0
    budget: float | None = None
    refresh_days: int | None = None

    @property
    def most(self) -> float:
        """The most that one request can cost."""
        return self.per_record + self.per_hit + self.per_success

    def expected(self, hit: Floats, lift: Floats) -> Floats:
        """The expected price of requests with these chances of a hit, and of a right-party contact given a hit."""
        return self.per_record + hit * (self.per_hit + lift * self.per_success)


@dataclass(frozen=True)
class Policy:
    """What may be spent and how.

    `budget`: what may still be promised: the whole budget less what was paid, is owed, or may yet be owed for requests without an answer.
    `ceiling`: of an account, spent before included; None: none. `target`: p_any from which an account counts as reached. `least`: a request
    is worth it from this many units of expected gain per unit of price on. `explore`: share of requests that go to a source dealt at
    random, so that estimates stay honest. `held_out`: share of accounts that go through the fixed `order` instead, to compare with.
    `stages`: how often answers are waited for and learned from. `first_order`: requests that a source nobody has measured gets at first;
    an order is never more than `growth` times what it has answered. `horizon_days`: a day of refreshment beyond it is not told.
    `seed`: what chance hangs on."""

    budget: float
    ceiling: float | None = None
    target: float = 0.9
    least: float = 1.0
    explore: float = 0.02
    held_out: float = 0.0
    order: tuple[str, ...] = ()
    stages: int = 8
    first_order: int = 120
    growth: float = 5.0
    horizon_days: int = 366
    seed: str = "waterfall"


def check(offers: Iterable[Offer], policy: Policy) -> None:
    """Refuse offers and a policy that say nothing sensible. Raises ConfigError with every problem."""
    offers = tuple(offers)
    found: list[Problem] = []
    names = [offer.name for offer in offers]
    if len(set(names)) != len(names):
        found.append(Problem("waterfall", "source", "two sources have one name", "give each source a name of its own"))
    if len(names) > MOST_SOURCES:
        found.append(Problem("waterfall", "source", f"{len(names)} sources are more than {MOST_SOURCES}", "take out those that add least"))
    for offer in offers:
        amounts = (offer.per_record, offer.per_hit, offer.per_success, offer.minimum_order, offer.budget or 0.0)
        if any(not 0 <= amount < float("inf") for amount in amounts):
            found.append(Problem("waterfall", offer.name, "a price or budget is below 0 or no number", "state 0 or more"))
        if offer.refresh_days is not None and offer.refresh_days < 1:
            found.append(Problem("waterfall", offer.name, "refresh_days is below 1", "state 1 or more, or leave it out"))
    shares = {"explore": policy.explore, "held_out": policy.held_out, "target": policy.target}
    found += [Problem("waterfall", key, "is no share", "state 0 to 1") for key, share in shares.items() if not 0 <= share <= 1]
    if not 0 <= policy.budget < float("inf") or (policy.ceiling or 0.0) < 0:
        found.append(Problem("waterfall", "budget", "is below 0 or no number", "state 0 or more"))
    if policy.stages < 1 or policy.first_order < 1 or policy.growth < 1 or policy.least < 0:
        found.append(Problem("waterfall", "stages", "stages, first_order and growth are at least 1, least at least 0", "raise it"))
    if policy.held_out > 0 and not policy.order:
        found.append(Problem("waterfall", "order", "accounts are held out without an order to go through", "state the fixed order"))
    found += [
        Problem("waterfall", "order", f"names {name}, which is no source with a price", "name sources that can be asked")
        for name in policy.order if name not in names
    ]  # fmt: skip
    if found:
        raise ConfigError("the waterfall cannot be planned", tuple(found))
