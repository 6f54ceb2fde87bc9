"""The address filter of `skiptrace.contacts.residence` as one pass over the sightings of each account."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import Whole, compiled

_Rows = npt.NDArray[np.int64]
_Shares = npt.NDArray[np.float64]


SEEN, MOVED_TO, LEFT = range(3)
"""What a sighting says: the consumer is at the address, has moved there on that day, or has left it."""


@compiled
def walk(
    begins: _Rows, address: _Rows, years: _Shares, word: _Rows, trust: _Shares, missed: float, firsts: _Rows, leave: float,
    to_elsewhere: float, settled: float, settled_years: float, share: _Shares,
) -> None:  # fmt: skip
    """Fill `share`: p_current of each address, the addresses of account a from firsts[a] to firsts[a + 1].

    Account a has the sightings from begins[a] to begins[a + 1], oldest first. By `word`, with r of `trust`: SEEN there
    multiplies its address by r, every other by (1 - r) / 2 and what is elsewhere by (1 - r) * `missed` or that, if more;
    MOVED_TO takes r of everything there; LEFT takes r of what is there away. Who was seen at one address for
    `settled_years` leaves at `settled` times the rate."""
    most = 0
    for account in range(len(firsts) - 1):
        most = max(most, firsts[account + 1] - firsts[account])
    since = np.empty(most, np.float64)
    for account in range(len(firsts) - 1):
        low, count = firsts[account], firsts[account + 1] - firsts[account]
        elsewhere = 1.0 / (count + 1)
        for place in range(count):
            share[low + place] = elsewhere
            since[place] = -1.0
        clock, rate = -1.0, leave
        for at in range(begins[account], begins[account + 1]):
            if clock >= 0:
                elsewhere = _pass(share, low, count, elsewhere, clock - years[at], rate, to_elsewhere)
            seen = address[at]
            r = trust[at]
            if word[at] == SEEN:
                for place in range(count):
                    share[low + place] *= r if place == seen else (1 - r) / 2
                elsewhere *= max((1 - r) / 2, (1 - r) * missed)
            elif word[at] == MOVED_TO:
                for place in range(count):
                    share[low + place] *= 1 - r
                elsewhere *= 1 - r
                share[low + seen] += r
            else:
                elsewhere += r * share[low + seen]
                share[low + seen] *= 1 - r
            total = elsewhere
            for place in range(count):
                total += share[low + place]
            for place in range(count):
                share[low + place] /= total
            elsewhere /= total
            clock = years[at]
            if word[at] != LEFT and r > 1 / 3 and since[seen] < 0:
                since[seen] = years[at]
            rate = leave * settled if since[seen] - years[at] >= settled_years else leave
        if clock > 0:
            stay = math.exp(-rate * clock)
            for place in range(count):
                share[low + place] *= stay


@compiled
def _pass(share: _Shares, low: Whole, count: Whole, elsewhere: float, years: float, rate: float, to_elsewhere: float) -> float:
    """Let time pass: who leaves goes elsewhere or, evenly, to the addresses that are known. Returns what is elsewhere."""
    stay = math.exp(-rate * years)
    total = elsewhere
    for place in range(count):
        total += share[low + place]
    leaving = total * (1 - stay)
    for place in range(count):
        share[low + place] = share[low + place] * stay + leaving * (1 - to_elsewhere) / count
    return elsewhere * stay + leaving * to_elsewhere
