"""Accounts of one consumer: the portfolio linked with itself by the same keys, comparisons and model."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
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
    parts: Iterable[tuple[pa.Table, pa.Table]], model: MatchModel, rules: LinkageRules, folder: Path
) -> tuple[pa.Array, NDArray[np.int64]]:
    """(account ids, in the order they come; of each the row of the lowest account of its consumer). parts: borrowers' IDENTITIES with
    their SIGHTINGS, some at a time; no more than a part is held.

    Accounts join the lowest account they are linked to directly or through one another, as records of a reference do (see
    `skiptrace.linkage.resolve`): a father and a son bridged by a vague third stay two. A wrong merge shares one person's debts
    and opt-outs with another, a missed one only repeats a letter. What a group is called: `skiptrace.linkage.naming`.
    `folder` is scratch space that is emptied."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    ids = [pa.array([], pa.string())]

    def noted() -> Iterator[tuple[pa.Table, pa.Table]]:
        for identities, sightings in parts:
            ids.extend(identities["record_id"].cast(pa.string()).chunks)
            yield identities, sightings

    try:
        made_from = {"for": "consumers"}
        build_layer(noted(), "portfolio", rules, folder, made_from)
        index = index_of([open_layer(folder, made_from, rules)], rules)
        group = resolve(index, model.reference, rules, folder).entity
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return pa.concat_arrays(ids), group.astype(np.int64)
