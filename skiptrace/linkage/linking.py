"""People linked with an index: candidates, weights, the records of likely persons, and the decision on each pair."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skiptrace.kernels.pattern_weights import worth_keeping
from skiptrace.linkage.candidates import Prober
from skiptrace.linkage.decide import Judged, judge
from skiptrace.linkage.index import Index
from skiptrace.linkage.model import Model
from skiptrace.linkage.patterns import weights
from skiptrace.linkage.persons import Entities, missing_records
from skiptrace.linkage.records import People
from skiptrace.linkage.rules import LinkageRules

KEPT = -10.0
"""Bits: candidates that weigh less decide nothing, apart from the best two of an account and a layer."""


@dataclass(frozen=True)
class Linked:
    """The judged pairs of some people, how many candidate pairs there were, and what each key brought and dropped."""

    judged: Judged
    pairs: int
    blocking: dict[str, dict[str, int]]


def link(
    people: People, index: Index, model: Model, entities: Entities, rules: LinkageRules, skip: NDArray[np.bool_] | None = None
) -> Linked:  # fmt: skip
    """Link people with an index. `skip` bool [people, layers]: who is not to be compared with which layer."""
    prober = Prober(people, index, rules, skip)
    found, total = [], 0
    for block in prober.blocks():
        weight = weights(model, block.pattern)
        keep = np.empty(len(weight), np.bool_)
        worth_keeping(block.left, weight, KEPT, keep)
        total += len(weight)
        found.append((block.left[keep], block.right[keep], block.pattern[keep], weight[keep] > 0))
    nothing = np.zeros(0, np.int64)
    found.append((nothing, nothing, nothing, np.zeros(0, np.bool_)))
    left, right, pattern, likely = (np.concatenate(column) for column in zip(*found, strict=True))
    # Records that are the same person as a likely one join the pairs, whether or not a blocking key brought them.
    more_left, more_right = missing_records(left, right, likely, entities)
    if skip is not None:
        wanted = ~skip[more_left, index.layer_of(more_right)]
        more_left, more_right = more_left[wanted], more_right[wanted]
    left, right = np.concatenate([left, more_left]), np.concatenate([right, more_right])
    pattern = np.concatenate([pattern, prober.patterns(more_left, more_right)])
    return Linked(judge(left, right, pattern, index, model, rules, entities), total + len(more_left), prober.blocking.plain())
