"""How much a unit of money must bring, so that what is left of the budget lasts for all stages to come.

A stage that spent all there is on its best requests would leave nothing for a second source on the accounts that are worth most. So the
stages to come are looked at beforehand: each account goes through its sources, best first, and what is requested from a given gain per
unit of price on is what all stages together cost. The threshold is where that meets the budget."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from skiptrace.waterfall.behaviour import Behaviour
from skiptrace.waterfall.cells import HIT, NONE, Cells

Floats = NDArray[np.float64]
_TINY = 1e-9


def carry(behaviour: Behaviour, common: Cells, place: NDArray[np.int64]) -> Floats:
    """[t, s]: by which factor the chance that s brings a contact changes after t was asked and brought none. `common`: one row, a cell
    that stands for all, with nobody asked."""
    size, count = len(behaviour.sources), len(place)
    if not count:
        return np.zeros((0, 0))
    state = np.zeros((1 + 2 * count, size), np.int8)
    state[1 + np.arange(count), place] = NONE
    state[1 + count + np.arange(count), place] = HIT
    rows = Cells(np.repeat(common.cell, len(state)), state, np.zeros((len(state), size), np.int32))
    found = behaviour.chances(rows)
    both, hit, lift = found.both[:, place], found.hit[0, place], found.lift[0, place]
    none = ((1 - hit) / np.maximum(1 - hit * lift, _TINY))[:, None]
    after: Floats = (none * both[1 : 1 + count] + (1 - none) * both[1 + count :]) / np.maximum(both[0], _TINY)
    return np.clip(after, 0.0, 1.5)


def threshold(ratio: Floats, both: Floats, price: Floats, after: Floats, budget: float, stages: int, least: float) -> float:
    """The gain per unit of price from which on a request is made; `least` where the budget suffices for all that are worth it.

    `ratio`: gain per price of each account and source, 0 where it may not be asked; `both`: chance that it brings a contact; `price`:
    expected; `after`: see `carry`. All float64 [n, s], `after` [s, s]."""
    rows, sources = ratio.shape
    if not rows or not sources:
        return least
    open_rows = np.flatnonzero(ratio.max(1) >= max(least, _TINY))
    ratio, both, price = ratio[open_rows].copy(), both[open_rows].copy(), price[open_rows]
    going, every = np.ones(len(open_rows)), np.arange(len(open_rows))
    ratios, costs = [], []
    for _ in range(min(stages, sources)):
        best = ratio.argmax(1)
        now = ratio[every, best]
        ratios.append(now)
        costs.append(going * price[every, best] * (now >= max(least, _TINY)))
        going = going * (1 - np.minimum(both[every, best], 1.0))
        factor = after[best]
        ratio *= factor
        both *= factor
        ratio[every, best] = 0.0
    return lasting(np.concatenate(ratios), np.concatenate(costs), budget, least)


def lasting(ratio: Floats, cost: Floats, budget: float, least: float) -> float:
    """The ratio from which on the costs add up to no more than the budget, at least `least`."""
    if float(cost.sum()) <= budget:
        return least
    order = np.argsort(-ratio, kind="stable")
    within = int(np.searchsorted(np.cumsum(cost[order]), budget, side="right"))
    return max(least, float(ratio[order[min(within, len(order) - 1)]]))
