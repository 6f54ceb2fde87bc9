"""Accounts to sources within what may be spent: at most one request per account, orders of bounded size, minimum orders met or not made."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from skiptrace.waterfall.offers import Offer

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]
NOBODY = -1
_SLACK = 1e-9


def assign(score: Floats, room: Whole) -> Whole:
    """The source of each account, NOBODY where it gets none: int64 [n]. `score` [n, s]: what is higher comes first, 0 is never asked;
    `room` [s]: requests that a source may get. An account that its source has no room for goes to its next one."""
    rows, sources = score.shape
    chosen = np.full(rows, NOBODY, np.int64)
    left, score = room.copy(), score.copy()
    open_rows = np.flatnonzero(score.max(1, initial=0.0) > 0)
    for _ in range(sources):
        if not len(open_rows):
            break
        best = score[open_rows].argmax(1)
        value = score[open_rows, best]
        order = np.lexsort((open_rows, -value, best))
        first = np.searchsorted(best[order], np.arange(sources))
        place = np.arange(len(order)) - first[best[order]]
        taken = (place < left[best[order]]) & (value[order] > 0)
        got = order[taken]
        chosen[open_rows[got]] = best[got]
        left -= np.bincount(best[got], minlength=sources)
        turned = open_rows[order[~taken & (value[order] > 0)]]
        score[:, left <= 0] = 0.0
        open_rows = np.sort(turned)
    return chosen


def affordable(
    chosen: Whole, rank: Floats, gain: Floats, price: Floats, offers: Sequence[Offer], budget: float, least: float
) -> tuple[Whole, Floats]:
    """(source of each account that stays, int64 [n]; what is reserved for it, float64 [n]).

    `rank` [n]: what is higher is paid for first; `gain`, `price` [n]: of the chosen request, expected. An order whose requests are expected
    to cost less than its minimum is made only if its gain is worth the minimum, `least` per unit. Reserves and what minimum orders ask
    beyond them add up to no more than `budget`, and to no more than each offer's own."""
    chosen = chosen.copy()
    most = np.asarray([offer.most for offer in offers] + [0.0])
    floor = np.asarray([offer.minimum_order for offer in offers] + [0.0])
    order = np.lexsort((np.arange(len(chosen)), -rank))
    for at, offer in enumerate(offers):
        mine = order[chosen[order] == at]
        if offer.budget is not None and len(mine):
            over = np.cumsum(np.full(len(mine), most[at])) > offer.budget + _SLACK
            chosen[mine[over]] = NOBODY
        mine = mine[chosen[mine] == at]
        poor = float(price[mine].sum()) < floor[at] and float(gain[mine].sum()) < least * floor[at]
        if poor or (len(mine) and offer.budget is not None and floor[at] > offer.budget + _SLACK):
            chosen[mine] = NOBODY
    while True:
        used = np.unique(chosen[chosen != NOBODY])
        held = np.where(chosen != NOBODY, most[chosen], 0.0)
        beyond = sum(max(0.0, floor[at] - float(held[chosen == at].sum())) for at in used)
        running = np.cumsum(held[order])
        out = order[(running > budget - beyond + _SLACK) & (chosen[order] != NOBODY)]
        if not len(out):
            return chosen, held
        kept = chosen.copy()
        kept[out] = NOBODY
        lost = [at for at in used if float(held[kept == at].sum()) < min(floor[at], float(held[chosen == at].sum()))]
        if lost:  # the cut left an order that does not pay its minimum: drop the one that gives least for it, and look again
            worst = min(lost, key=lambda at: (float(gain[chosen == at].sum()) / max(float(floor[at]), _SLACK), at))
            chosen[chosen == worst] = NOBODY
        else:
            chosen = kept
