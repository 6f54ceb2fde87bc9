"""What a run's ledger says of its linkage: pairs, what each blocking key brought, the index, and the recall to expect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from skiptrace.linkage import expected, model, rules
from skiptrace.store.commit import read_json

_Receipt = Mapping[str, Any]


def told(linked: Sequence[_Receipt], built: Sequence[_Receipt], model_file: Path) -> dict[str, Any]:
    """The ledger's part on linkage, from the receipts of `link_partition` and of the index, and the run's match model."""
    linkage = rules.load()
    fitted = model.from_plain(read_json(model_file), linkage)
    return {
        "pairs": sum(receipt["pairs"] for receipt in linked),
        "pairs_not_written": sum(receipt["unwritten"] for receipt in linked),
        "blocking": blocking(linked),
        "index": index(built),
        "expected_recall": expected.expected_recall(fitted, linkage, expected.add(receipt["brought"] for receipt in linked)),
    }


def index(built: Sequence[_Receipt]) -> dict[str, Any]:
    """People, keys and sources of the reference index, and the layer of each source."""
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
