"""Where somebody lives now: a filter over dated sightings of addresses.

Per account a probability for each known address and one for "elsewhere" walk through time. People leave addresses at a
constant rate; a sighting multiplies its address by the sighting's reliability and every other by half of the rest; the
decay from the last sighting to `as_of` is not made up for, so the sum over known addresses falls below 1: moved,
unknown.
"""

from __future__ import annotations

import numpy as np

from skiptrace.contacts.rules import AddressRules


def current(
    account: np.ndarray,
    address: np.ndarray,
    years: np.ndarray,
    reliability: np.ndarray,
    counts: np.ndarray,
    rules: AddressRules,
) -> np.ndarray:
    """p_current of each address: float64 [accounts, most addresses], 0 beyond an account's own.

    Sightings are parallel arrays sorted by (account, time): account (row), address (number within its account), years
    (time before `as_of`, not negative), reliability (probability that the sighting shows the home of that day).
    `counts` holds the number of addresses per account."""
    width = int(counts.max(initial=0))
    known = np.arange(width)[None, :] < counts[:, None]
    share = np.where(known, 1.0, 0.0) / (counts[:, None] + 1)
    elsewhere = 1.0 / (counts + 1)
    clock = np.full(len(counts), np.nan)
    begins = np.searchsorted(account, np.arange(len(counts)), side="left")
    total = np.searchsorted(account, np.arange(len(counts)), side="right") - begins
    for step in range(int(total.max(initial=0))):
        rows = np.flatnonzero(total > step)
        at = begins[rows] + step
        passed = np.nan_to_num(clock[rows] - years[at], nan=0.0)
        share[rows], elsewhere[rows] = _pass(share[rows], elsewhere[rows], passed, counts[rows], known[rows], rules)
        seen, r = address[at], reliability[at]
        before = share[rows, seen]
        rest = (1 - r) / 2
        share[rows] *= rest[:, None]
        share[rows, seen] = before * r
        elsewhere[rows] *= rest
        sum_ = share[rows].sum(axis=1) + elsewhere[rows]
        share[rows] /= sum_[:, None]
        elsewhere[rows] /= sum_
        clock[rows] = years[at]
    passed = np.nan_to_num(clock, nan=0.0)
    stay: np.ndarray = share * np.exp(-rules.leave_per_year * passed)[:, None]
    return stay


def _pass(
    share: np.ndarray,
    elsewhere: np.ndarray,
    years: np.ndarray,
    counts: np.ndarray,
    known: np.ndarray,
    rules: AddressRules,
) -> tuple[np.ndarray, np.ndarray]:
    """Let time pass: who leaves goes elsewhere or, evenly, to the addresses that are known."""
    stay = np.exp(-rules.leave_per_year * years)
    leaving = (share.sum(axis=1) + elsewhere) * (1 - stay)
    out = share * stay[:, None] + np.where(
        known, (leaving * (1 - rules.to_elsewhere) / np.maximum(counts, 1))[:, None], 0.0
    )
    return out, elsewhere * stay + leaving * rules.to_elsewhere
