"""Accounts of one consumer: the portfolio linked with itself by the same keys, comparisons and model."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skiptrace.grouping import components
from skiptrace.ids import digest
from skiptrace.linkage.candidates import candidates
from skiptrace.linkage.compare import Pairs, compare
from skiptrace.linkage.decide import weigh_pairs
from skiptrace.linkage.index import build, open_index
from skiptrace.linkage.model import Model
from skiptrace.linkage.people import encode
from skiptrace.linkage.rules import LinkageRules
from skiptrace.schema.table import conform
from skiptrace.schema.working import CONSUMERS

CERTAIN = 6.6
"""Bits (odds of 100 to 1) from which two accounts are one consumer. High: a wrong merge shares one person's debts and
opt-outs with another, a missed one only repeats a letter."""
CHUNK = 50_000


def same_consumers(
    identities: pa.Table, sightings: pa.Table, model: Model, rules: LinkageRules, folder: Path
) -> pa.Table:
    """CONSUMERS of borrowers' IDENTITIES, sorted by account_id.

    Accounts join the lowest account they are linked to directly or through one another; a group in which two members
    contradict each other beyond doubt (a father and a son bridged by a vague third) is left as single accounts.
    `folder` is scratch space that is emptied."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    try:
        build(identities, sightings, rules, folder, {"for": "consumers"})
        index = open_index(folder, {"for": "consumers"}, rules)
        left, right = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        weight = [np.zeros(0)]
        for start in range(0, len(identities), CHUNK):
            people, terms = encode(identities.slice(start, CHUNK), sightings, index.terms)
            found = candidates(people, terms, index, rules)
            forward = found.left + start < found.right
            a, b = found.left[forward], found.right[forward]
            left.append(a + start)
            right.append(b)
            weight.append(weigh_pairs(model, compare(Pairs(people, terms, index, a, b), rules))[0])
        group = _groups(len(identities), np.concatenate(left), np.concatenate(right), np.concatenate(weight))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    ids = identities["record_id"]
    lowest = ids.take(pa.array(group))
    known = {text: "c-" + digest("consumer", text, size=8) for text in lowest.unique().to_pylist()}
    table = pa.table(
        {"account_id": ids, "consumer_id": pa.array([known[text] for text in lowest.to_pylist()], pa.string())}
    )
    return conform(table.sort_by("account_id"), CONSUMERS)


def _groups(
    size: int, left: NDArray[np.int64], right: NDArray[np.int64], weight: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Lowest row of each row's group: int64 [size]."""
    joined = weight >= CERTAIN
    label = components(size, left[joined], right[joined])
    # A pair within a group that was compared and is surely two people breaks the group up.
    torn = (label[left] == label[right]) & (weight < -CERTAIN)
    broken = np.isin(label, label[left[torn]])
    return np.where(broken, np.arange(size), label)
