"""Which source is asked next, for whom, and why nobody is asked for the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skiptrace.waterfall.behaviour import Behaviour
from skiptrace.waterfall.offers import Offer, Policy


def choose(
    facts: pa.Table,
    behaviour: Behaviour,
    offers: Sequence[Offer],
    policy: Policy,
    as_of: dt.date,
    stage: int = 1,
    may: Mapping[str, NDArray[np.bool_]] | None = None,
) -> tuple[pa.Table, pa.Table]:
    """(CHOICES, STOPS) of the next stage: each account of WATERFALL_FACTS is in exactly one of them.

    `stage`: of `policy.stages`, from 1; a later one than the last is as the last. `may`: per offer which accounts may be sent to it
    (bool [n]; limits of use); an offer that is absent may have all. Surely: the sum of `reserve` over CHOICES, with minimum orders, is at
    most `policy.budget`, per source at most its offer's budget, and per account spent + reserve at most the ceiling. The same accounts,
    seed and stage give the same choices, in whatever order accounts come.

    Raises ConfigError for offers or a policy that say nothing sensible, DataRefused for an offer that `behaviour` does not know."""
    raise NotImplementedError
