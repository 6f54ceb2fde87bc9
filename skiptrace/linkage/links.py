"""LINKS: the judged pairs worth keeping, with record ids, words for relation and status, and every level and weight."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skiptrace.grouping import positions
from skiptrace.linkage.decide import Judged
from skiptrace.linkage.index import Index
from skiptrace.linkage.model import CLASSES, MatchModel
from skiptrace.linkage.patterns import Each, weigh_each
from skiptrace.linkage.rules import LinkageRules
from skiptrace.schema import conform, links
from skiptrace.schema.working import CONSIDERED
from skiptrace.vocabulary import LINK_STATUSES, RELATIONS

BEST = 2
"""Pairs kept per account whatever their probability: who led, and who came second."""


def links_table(judged: Judged, account_ids: pa.ChunkedArray, index: Index, model: MatchModel, rules: LinkageRules) -> pa.Table:
    """LINKS of the pairs with a probability at the floor or above, and of each account's best two.

    A source may use one record id for several rows (a person's earlier addresses); its best row stands for them here."""
    keep = _best_of_record(judged, index)
    rank = positions(judged.left[keep])
    worth = (judged.probability[keep] >= rules.decision["floor"]) | (rank <= BEST)
    keep, rank = keep[worth], rank[worth]
    weighed = weigh_each(model.records, judged.pattern[keep])
    columns = {
        **_core(judged, keep, weighed, account_ids, index, rules), "rank": pa.array(rank), "match_weight": pa.array(weighed.weight),
        "person_weight": pa.array(judged.person_weight[keep]), "margin": pa.array(judged.margin[keep], from_pandas=True),
        "via": _bridges(judged.via[keep], index),
    }  # fmt: skip
    for f, name in enumerate(rules.names):
        columns[f"level_{name}"] = pa.array(weighed.levels[:, f])
    for f, name in enumerate(rules.names):
        columns[f"weight_{name}"] = pa.array(weighed.parts[:, f])
    spec = links(rules.names)
    return conform(pa.table(columns).select(spec.names), spec)


def considered_table(
    judged: Judged, account_ids: pa.ChunkedArray, index: Index, model: MatchModel, rules: LinkageRules
) -> pa.Table:  # fmt: skip
    """CONSIDERED: the pairs at the floor or above, every row of a record id on its own, each with what it shows."""
    keep = np.flatnonzero(judged.probability >= rules.decision["floor"])
    weighed = weigh_each(model.records, judged.pattern[keep])
    return conform(pa.table(_core(judged, keep, weighed, account_ids, index, rules)), CONSIDERED)


def _core(
    judged: Judged, keep: NDArray[np.int64], weighed: Each, account_ids: pa.ChunkedArray, index: Index, rules: LinkageRules
) -> dict[str, pa.ChunkedArray]:  # fmt: skip
    """The columns that LINKS and CONSIDERED share."""
    right, probability, bar = judged.right[keep], judged.probability[keep], rules.decision
    household = weighed.posterior[:, CLASSES.index("household")] >= bar["household"]
    relation = np.where(probability >= bar["review"], 0, np.where(household, 1, 2))
    status = np.where(probability >= bar["linked"], 0, np.where(probability >= bar["review"], 1, 2))

    def words(names: tuple[str, ...], codes: NDArray[np.integer[Any]]) -> pa.Array:
        return pa.array(names, pa.string()).take(pa.array(codes))

    return {
        "account_id": account_ids.take(pa.array(judged.left[keep])), "source": words(index.sources, index.layer_of(right)),
        "record_id": index.record_ids(right), "identity": pa.array(index.identity(right)),
        "match_probability": pa.array(probability), "relation": words(RELATIONS, relation), "status": words(LINK_STATUSES, status),
    }  # fmt: skip


def _bridges(via: NDArray[np.int64], index: Index) -> pa.Array:
    """The record id of each row, NULL for -1."""
    found = np.flatnonzero(via >= 0)
    place = np.full(len(via), -1, np.int64)
    place[found] = np.arange(len(found))
    return index.record_ids(via[found]).take(pa.array(np.maximum(place, 0), mask=place < 0))


def _best_of_record(judged: Judged, index: Index) -> NDArray[np.int64]:
    """Rows of the judged pairs, without the worse ones of an account and a record id that occurs several times."""
    if index.unique_ids:
        return np.arange(len(judged.left))
    ids = index.record_ids(judged.right).dictionary_encode()
    record = ids.indices.to_numpy().astype(np.int64) * max(len(index.sources), 1) + index.source_of(judged.right)
    order = np.lexsort((judged.rank, record, judged.left))
    first = (
        np.append(True, (np.diff(judged.left[order]) != 0) | (np.diff(record[order]) != 0))
        if len(order)
        else np.zeros(0, bool)
    )
    found: NDArray[np.int64] = np.sort(order[first])
    return found
