"""Which records of the reference are one person: the reference linked with itself, conservatively.

No single record may say enough: one source has numbers without birth dates, another the reverse, and a third knows both.
Two records are joined where the match model, learned on accounts, is nearly sure of them, and persons are the connected
groups of joined records. A chain can lead from a father to his son through a vague third record, so a group that is too
large, or that holds two records which the model holds to be two people, keeps only its surest joins; what is still so
after that is not joined at all.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from skiptrace.grouping import components
from skiptrace.linkage.candidates import candidates
from skiptrace.linkage.compare import Pairs, compare
from skiptrace.linkage.decide import weigh_pairs
from skiptrace.linkage.index import Index
from skiptrace.linkage.model import Model
from skiptrace.linkage.persons import Entities
from skiptrace.linkage.rules import LinkageRules

CHUNK = 50_000
"""Records compared at a time: bounds memory, changes no result."""

_Rows = NDArray[np.int64]


class _Compared(NamedTuple):
    """Pairs of rows, the lower first, and their weights in bits."""

    left: _Rows
    right: _Rows
    weight: NDArray[np.float64]


def resolve(index: Index, model: Model, rules: LinkageRules) -> Entities:
    """The persons among the records of `index`, by the thresholds of `rules.resolution`."""
    bits = {name: float(np.log2(rules.resolution[name] / (1 - rules.resolution[name]))) for name in ("joined", "sure")}
    parts = [_compared(index, model, rules, start, bits["joined"]) for start in range(0, len(index.people), CHUNK)]
    nothing = np.zeros(0, np.int64)
    columns = zip(_Compared(nothing, nothing, np.zeros(0)), *parts, strict=True)
    return group(len(index.people), _Compared(*(np.concatenate(column) for column in columns)), bits, rules)


def _compared(index: Index, model: Model, rules: LinkageRules, start: int, joined: float) -> _Compared:
    """The pairs of some records with later ones that decide anything: joins, and pairs that are two people."""
    found = candidates(index.people.rows(start, start + CHUNK), index.terms, index, rules)
    forward = found.left + start < found.right
    left, right = found.left[forward] + start, found.right[forward]
    weight = weigh_pairs(model, compare(Pairs(index.people, index.terms, index, left, right), rules))[0]
    telling = (weight >= joined) | (weight < rules.decision["contradiction"])
    return _Compared(left[telling], right[telling], weight[telling])


def group(size: int, pairs: _Compared, bits: dict[str, float], rules: LinkageRules) -> Entities:
    """Persons among `size` records out of compared pairs; `bits`: the weights from which records are joined, and surely so."""
    left, right, weight = pairs
    use = weight >= bits["joined"]
    for step in ("sure", "none"):
        label = components(size, left[use], right[use])
        bad = _doubtful(label, pairs, rules)
        use &= ~bad[label[left]] | ((weight >= bits["sure"]) if step == "sure" else False)
    label = components(size, left[use], right[use])
    strongest = np.full(size, -np.inf)
    for rows in (left[use], right[use]):
        np.maximum.at(strongest, rows, weight[use])
    bond = np.where(np.isfinite(strongest), 1 / (1 + np.exp2(-strongest)), 1.0)
    return Entities(label, bond)


def _doubtful(label: _Rows, pairs: _Compared, rules: LinkageRules) -> NDArray[np.bool_]:
    """Per label: whether its group is too large, or holds two records that are two people."""
    bad = np.bincount(label, minlength=len(label)) > rules.resolution["most_records"]
    against = (label[pairs.left] == label[pairs.right]) & (pairs.weight < rules.decision["contradiction"])
    bad[label[pairs.left[against]]] = True
    return bad
