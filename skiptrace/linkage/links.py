"""LINKS: the judged pairs worth keeping, with record ids, words for relation and status, and every level and weight."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from skiptrace.linkage.decide import Judged
from skiptrace.linkage.index import Index
from skiptrace.linkage.rules import LinkageRules
from skiptrace.schema import conform, links
from skiptrace.vocabulary import LINK_STATUSES, RELATIONS

BEST = 2
"""Pairs kept per account whatever their probability: who led, and who came second."""


def links_table(judged: Judged, account_ids: pa.ChunkedArray, index: Index, rules: LinkageRules) -> pa.Table:
    """LINKS of the pairs with a probability at the floor or above, and of each account's best two."""
    keep = np.flatnonzero((judged.probability >= rules.decision["floor"]) | (judged.rank <= BEST))
    right = judged.right[keep]

    def words(names: tuple[str, ...], codes: np.ndarray) -> pa.Array:
        return pa.array(names, pa.string()).take(pa.array(codes))

    columns = {
        "account_id": account_ids.take(pa.array(judged.left[keep])), "source": words(index.sources, index.source[right]),
        "record_id": index.record_id.take(pa.array(right)), "identity": pa.array(index.identity[right]),
        "rank": pa.array(judged.rank[keep]), "match_weight": pa.array(judged.weight[keep]),
        "match_probability": pa.array(judged.probability[keep]), "relation": words(RELATIONS, judged.relation[keep]),
        "status": words(LINK_STATUSES, judged.status[keep]), "margin": pa.array(judged.margin[keep], from_pandas=True),
        "via": pa.nulls(len(keep), pa.string()),
    }  # fmt: skip
    for f, name in enumerate(rules.names):
        columns[f"level_{name}"] = pa.array(judged.levels[keep, f])
    for f, name in enumerate(rules.names):
        columns[f"weight_{name}"] = pa.array(judged.parts[keep, f])
    return conform(pa.table(columns), links(rules.names))
