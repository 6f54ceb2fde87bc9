"""Where somebody lives now: a filter over dated sightings of addresses.

Per account a probability for each known address and one for "elsewhere" walk through time. People leave addresses at a
constant rate, more slowly where they were seen to have settled; a sighting multiplies its address by the sighting's
reliability r and every other by half of the rest; a filed move takes r of everything to its address, and a report that
somebody left takes r of the address away. The decay from the last sighting to `as_of` is not made up for, so the sum
over known addresses falls below 1: moved, unknown.
"""

from __future__ import annotations

import numpy as np

from skiptrace.contacts.rules import AddressRules
from skiptrace.kernels.residence import walk

NEUTRAL = 1 / 3
"""The reliability that leaves every share as it is: an uncertain link pulls towards it."""


def current(
    account: np.ndarray, address: np.ndarray, years: np.ndarray, reliability: np.ndarray, word: np.ndarray,
    counts: np.ndarray, rules: AddressRules,
) -> np.ndarray:  # fmt: skip
    """p_current of each address: float64 [sum of counts], account after account.

    Sightings are parallel arrays sorted by (account, time): account (row), address (number within its account), years
    (time before `as_of`, not negative), reliability (probability that the sighting says what was true that day), word
    (SEEN, MOVED_TO or LEFT of `kernels.residence`). `counts` holds the number of addresses per account."""
    firsts = np.append(0, np.cumsum(counts)).astype(np.int64)
    share = np.zeros(int(firsts[-1]))
    begins = np.searchsorted(account, np.arange(len(counts) + 1), side="left").astype(np.int64)
    walk(
        begins, address.astype(np.int64), years.astype(np.float64), word.astype(np.int64), reliability, rules.missed, firsts,
        rules.leave_per_year, rules.to_elsewhere, rules.settled, rules.settled_years, share,
    )  # fmt: skip
    return share
