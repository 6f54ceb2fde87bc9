"""Budget against what it is expected to add, before anything is spent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skiptrace.waterfall.behaviour import Behaviour
from skiptrace.waterfall.offers import Offer, Policy


def frontier(
    facts: pa.Table,
    asks: pa.Table,
    offers: Sequence[Offer],
    policy: Policy,
    budgets: Sequence[float],
    as_of: dt.date,
    may: Mapping[str, NDArray[np.bool_]] | None = None,
    behaviour: Behaviour | None = None,
) -> pa.Table:
    """FRONTIER: one row per budget, rising. All stages are played through, with learning between them, against behaviours that the log
    of `asks` leaves possible: so the intervals hold what is not known of sources, what is not known of the portfolio, and chance.
    `policy.budget` is replaced by each of `budgets`. Above 20,000 accounts a sample of them stands for all. `behaviour`: what was learned
    of `asks`, if it is there already. Takes seconds; writes nothing."""
    raise NotImplementedError
