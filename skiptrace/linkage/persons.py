"""Persons among the records of a reference, and what knowing them gives an account: further records, and their probability.

See `skiptrace.linkage.resolve` for how the persons are found.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Entities(NamedTuple):
    """Persons among n records. entity int64 [n]: the lowest row of the record's person. bond float64 [n]: probability of the
    record's strongest join to another of the person, 1 for a record that is alone."""

    entity: NDArray[np.int64]
    bond: NDArray[np.float64]


def alone(size: int) -> Entities:
    """Every record a person of its own."""
    return Entities(np.arange(size, dtype=np.int64), np.ones(size))


def lend(
    group: NDArray[np.int64],
    right: NDArray[np.int64],
    probability: NDArray[np.float64],
    rival: NDArray[np.bool_],
    trusted: NDArray[np.float64],
    entity: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """(probability of each pair, raised to what the best record of the same person gives it; that record's row or -1).

    `group`: the account of each pair. `trusted`: the share of that probability that a pair may get. `entity`: the person of
    each record. A record that contradicts the account's leading record is never raised."""
    size = np.int64(len(entity) + 1)
    person = group * size + entity[right]
    order = np.lexsort((right, -probability, person))
    begins = np.append(True, person[order][1:] != person[order][:-1]) if len(order) else np.zeros(0, bool)
    best = np.empty(len(order), np.int64)
    best[order] = order[np.flatnonzero(begins)][np.cumsum(begins) - 1]
    lent = probability[best] * trusted
    raised = (lent > probability) & ~rival & (best != np.arange(len(best)))
    return np.where(raised, lent, probability), np.where(raised, right[best], -1)


def missing_records(
    left: NDArray[np.int64], right: NDArray[np.int64], likely: NDArray[np.bool_], entities: Entities
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(account, row) of the records that are the same person as a `likely` record of a pair and in no pair themselves."""
    size = np.int64(len(entities.entity) + 1)
    wanted = np.unique(left[likely] * size + entities.entity[right[likely]])
    account, person = wanted // size, wanted % size
    members = np.argsort(entities.entity, kind="stable")
    sorted_persons = entities.entity[members]
    start = np.searchsorted(sorted_persons, person, side="left")
    count = np.searchsorted(sorted_persons, person, side="right") - start
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    found = np.repeat(account, count) * size + members[np.repeat(start, count) + offset]
    new = np.setdiff1d(found, left * size + right)
    return new // size, new % size
