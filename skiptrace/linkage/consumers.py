"""Accounts of one consumer: the portfolio linked with itself by the same keys, comparisons and model."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skiptrace.linkage.index import index_of
from skiptrace.linkage.layer import build_layer, open_layer
from skiptrace.linkage.model import MatchModel
from skiptrace.linkage.resolve import resolve
from skiptrace.linkage.rules import LinkageRules


def same_consumers(
    identities: pa.Table, sightings: pa.Table, model: MatchModel, rules: LinkageRules, folder: Path
) -> tuple[pa.Array, NDArray[np.int64]]:
    """(account ids of borrowers' IDENTITIES, in their order; of each the row of the lowest account of its consumer).

    Accounts join the lowest account they are linked to directly or through one another, as records of a reference do (see
    `skiptrace.linkage.resolve`): a father and a son bridged by a vague third stay two. A wrong merge shares one person's debts
    and opt-outs with another, a missed one only repeats a letter. What a group is called: `skiptrace.linkage.naming`.
    `folder` is scratch space that is emptied."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    try:
        made_from = {"for": "consumers"}
        build_layer([(identities, sightings)], "portfolio", rules, folder, made_from)
        index = index_of([open_layer(folder, made_from, rules)], rules)
        group = resolve(index, model.reference, rules, folder).entity
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    ids = identities["record_id"].combine_chunks()
    return ids.combine_chunks() if isinstance(ids, pa.ChunkedArray) else ids, group.astype(np.int64)
