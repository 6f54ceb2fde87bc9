"""An account against a person: its pairs with the person's records taken together, by the closest level of each comparison."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skiptrace.kernels.pattern_weights import pool_patterns
from skiptrace.kernels.person_groups import order_within
from skiptrace.linkage.candidates import Prober
from skiptrace.linkage.patterns import Codes
from skiptrace.linkage.persons import Entities, missing_records


@dataclass(frozen=True)
class Pooled:
    """Pairs in the order of account, person and row, and their groups: group g is pairs starts[g] to starts[g + 1]."""

    left: NDArray[np.int64]  # [n]: row of the account
    right: NDArray[np.int64]  # [n]: row of the index
    pattern: Codes  # [n]
    group: NDArray[np.int64]  # [n]: the pair's group
    starts: NDArray[np.int64]  # [groups + 1]
    together: Codes  # [groups]: the closest level of each comparison


def with_persons(
    left: NDArray[np.int64], right: NDArray[np.int64], pattern: Codes, likely: NDArray[np.bool_], prober: Prober, entities: Entities,
    skip: NDArray[np.bool_] | None, comparisons: int,
) -> Pooled:  # fmt: skip
    """Pairs grouped by person. The other records of a person join in where one of the records is `likely`: no single record
    may say enough, and no blocking key may have brought the one that says most. Equal values of `left` are neighbours."""
    more_left, more_right = missing_records(left, right, likely, entities)
    if skip is not None:
        wanted = ~skip[more_left, prober.layer_of(more_right)]
        more_left, more_right = more_left[wanted], more_right[wanted]
    pattern = np.concatenate([pattern, prober.patterns(more_left, more_right)])
    left, right = np.concatenate([left, more_left]), np.concatenate([right, more_right])
    order = np.argsort(left, kind="stable")
    left, right, pattern = left[order], right[order], pattern[order]
    person = entities.entity[right]
    order = np.arange(len(left))
    order_within(left, person, right, order)
    right, pattern, person = right[order], pattern[order], person[order]
    begins = np.append(True, (np.diff(left) != 0) | (np.diff(person) != 0)) if len(left) else np.zeros(0, np.bool_)
    starts = np.append(np.flatnonzero(begins), len(left))
    together = np.empty(len(starts) - 1, np.int64)
    pool_patterns(pattern, starts, comparisons, together)
    return Pooled(left, right, pattern, np.cumsum(begins) - 1, starts, together)
