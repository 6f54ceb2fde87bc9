"""Accounts of one consumer: the portfolio linked with itself by the same keys, comparisons and model."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow as pa

from skiptrace.ids import digest
from skiptrace.linkage.index import index_of
from skiptrace.linkage.layer import build_layer, open_layer
from skiptrace.linkage.model import MatchModel
from skiptrace.linkage.resolve import resolve
from skiptrace.linkage.rules import LinkageRules
from skiptrace.schema.table import conform
from skiptrace.schema.working import CONSUMERS


def same_consumers(
    identities: pa.Table, sightings: pa.Table, model: MatchModel, rules: LinkageRules, folder: Path
) -> pa.Table:
    """CONSUMERS of borrowers' IDENTITIES, sorted by account_id.

    Accounts join the lowest account they are linked to directly or through one another, as records of a reference do (see
    `skiptrace.linkage.resolve`): a father and a son bridged by a vague third stay two. A wrong merge shares one person's debts
    and opt-outs with another, a missed one only repeats a letter.
    `folder` is scratch space that is emptied."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    try:
        made_from = {"for": "consumers"}
        build_layer([(identities, sightings)], "portfolio", rules, folder, made_from)
        index = index_of([open_layer(folder, made_from, rules)], rules)
        group = resolve(index, model.reference, rules).entity
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    ids = identities["record_id"]
    lowest = ids.take(pa.array(group))
    known = {text: "c-" + digest("consumer", text, size=8) for text in lowest.unique().to_pylist()}
    table = pa.table(
        {"account_id": ids, "consumer_id": pa.array([known[text] for text in lowest.to_pylist()], pa.string())}
    )
    return conform(table.sort_by("account_id"), CONSUMERS)
