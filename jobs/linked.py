"""What later steps and the run's ledger read of linkage: likely pairs; pairs counted, what each key brought, recall to expect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.linkage import expected, model, rules
from skiptrace.schema import conform
from skiptrace.schema.working import CONSIDERED
from skiptrace.store.commit import read_json
from skiptrace.store.places import Place
from skiptrace.store.tables import read_table

_Receipt = Mapping[str, Any]


def told(linked: Sequence[_Receipt], built: Sequence[_Receipt], model_file: Place) -> dict[str, Any]:
    """The ledger's part on linkage, from the receipts of `link_partition` and of the index, and the run's match model."""
    linkage = rules.load()
    fitted = model.from_plain(read_json(model_file), linkage)
    return {
        "pairs": sum(receipt["pairs"] for receipt in linked),
        "pairs_by_keys": sum(receipt["pairs"] - receipt["added"] for receipt in linked),
        "pairs_not_written": sum(receipt["unwritten"] for receipt in linked),
        "blocking": blocking(linked),
        "index": index(built),
        "expected_recall": expected.expected_recall(fitted, linkage, expected.add(receipt["brought"] for receipt in linked)),
    }


def likely(ref: _Receipt) -> pa.Table:
    """CONSIDERED of a partition: the pairs of its file that are as likely as the floor. Where no record id stands on several rows,
    the file is that of LINKS."""
    table = read_table(dict(ref), list(CONSIDERED.names))
    return conform(table.filter(pc.greater_equal(table["match_probability"], rules.load().decision["floor"])), CONSIDERED)


def index(built: Sequence[_Receipt]) -> dict[str, Any]:
    """People and keys of the reference index; of each layer its source and its folder."""
    return {
        "people": sum(receipt["people"] for receipt in built), "keys": sum(receipt["keys"] for receipt in built),
        "sources": [receipt["source"] for receipt in built], "folders": [receipt["folder"] for receipt in built],
    }  # fmt: skip


def blocking(linked: Sequence[_Receipt]) -> dict[str, dict[str, int]]:
    """Pairs brought and dropped per blocking key over all partitions."""
    out: dict[str, dict[str, int]] = {}
    for receipt in linked:
        for key, values in receipt["blocking"].items():
            for name, value in values.items():
                out.setdefault(key, {}).setdefault(name, 0)
                out[key][name] += value
    return out
