"""People linked with an index: candidates, the records of likely persons, and the decision on each pair."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skiptrace.kernels.pattern_weights import worth_keeping
from skiptrace.linkage.candidates import Prober
from skiptrace.linkage.decide import Judged, judge
from skiptrace.linkage.index import Index
from skiptrace.linkage.model import MatchModel, Model
from skiptrace.linkage.patterns import Tally, weights
from skiptrace.linkage.persons import Entities
from skiptrace.linkage.pooling import with_persons
from skiptrace.linkage.records import People
from skiptrace.linkage.rules import LinkageRules

_Skip = NDArray[np.bool_] | None
_Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Linked:
    """The judged pairs of some people, how many were compared, what each key brought and dropped, and how many of the pairs no key
    brought but another record of the same person (`added`)."""

    judged: Judged
    pairs: int
    blocking: dict[str, dict[str, int]]
    added: int = 0


def link(people: People, index: Index, model: MatchModel, entities: Entities, rules: LinkageRules, skip: _Skip = None) -> Linked:
    """Link people with an index. `skip` bool [people, layers]: who is not to be compared with which layer."""
    prober, likely = Prober(people, index, rules, skip), rules.person["likely"]
    nothing = np.zeros(0, np.int64)
    found, total = [(nothing, nothing, nothing, np.zeros(0, np.bool_))], 0
    for block in prober.blocks():
        weight = weights(model.records, block.pattern)
        keep = np.empty(len(weight), np.bool_)
        worth_keeping(block.left, block.right, weight, likely, keep)
        total += len(weight)
        found.append((block.left[keep], block.right[keep], block.pattern[keep], weight[keep] >= likely))
    left, right, pattern, is_likely = (np.concatenate(column) for column in zip(*found, strict=True))
    return _linked(left, right, pattern, is_likely, total, prober, index, model, entities, rules, skip)


def link_pairs(
    left: _Rows, right: _Rows, pattern: _Rows, pairs: int, people: People, index: Index, model: MatchModel, entities: Entities,
    rules: LinkageRules, skip: _Skip = None,
) -> Linked:  # fmt: skip
    """As `link`, where somebody else has compared the candidates: `pairs` of them, of which those come here that weigh enough and at
    least each account's best two. Equal values of `left` are neighbours. Nothing is known of blocking here."""
    weight, likely = weights(model.records, pattern), rules.person["likely"]
    keep = np.empty(len(weight), np.bool_)
    worth_keeping(left, right, weight, likely, keep)
    left, right, pattern, is_likely = left[keep], right[keep], pattern[keep], weight[keep] >= likely
    return _linked(left, right, pattern, is_likely, pairs, Prober(people, index, rules), index, model, entities, rules, skip)


def _linked(
    left: _Rows, right: _Rows, pattern: _Rows, is_likely: NDArray[np.bool_], total: int, prober: Prober, index: Index, model: MatchModel,
    entities: Entities, rules: LinkageRules, skip: _Skip,
) -> Linked:  # fmt: skip
    pooled = with_persons(left, right, pattern, is_likely, prober, entities, skip, len(rules.names))
    more = len(pooled.left) - len(left)
    return Linked(judge(pooled, index, model, rules), total + more, prober.blocking.plain(), more)


def count_records(people: People, index: Index, rules: LinkageRules, tally: Tally, skip: _Skip = None) -> None:
    """Count the patterns of all candidate pairs."""
    for block in Prober(people, index, rules, skip).blocks():
        tally.add(block.pattern)


def count_persons(
    people: People, index: Index, model: Model, entities: Entities, rules: LinkageRules, tally: Tally, skip: _Skip = None
) -> None:  # fmt: skip
    """Count the patterns of people against whole persons, over all candidates."""
    prober = Prober(people, index, rules, skip)
    for block in prober.blocks():
        likely = weights(model, block.pattern) >= rules.person["likely"]
        tally.add(with_persons(block.left, block.right, block.pattern, likely, prober, entities, skip, len(rules.names)).together)


def stride(size: int, most: int) -> int:
    """Every how many-th of `size` records is one of at most `most`: those whose row it divides."""
    return max(-(-size // most), 1)


def count_reference(index: Index, rules: LinkageRules, tally: Tally, most: int) -> None:
    """Count the patterns of records of the index with each other: those of at most about `most` records, evenly taken."""
    every = stride(len(index), most)
    for number, layer in enumerate(index.layers):
        rows = np.arange(-int(index.starts[number]) % every, len(layer), every)
        prober = Prober(People(np.asarray(layer.people.records[rows]), layer.people.terms), index, rules, among=True)
        for block in prober.blocks():
            others = rows[block.left] + index.starts[number] != block.right
            tally.add(block.pattern[others])
