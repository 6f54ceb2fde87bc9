"""Estimates that are kept until their run is published: `.skiptrace/plans/<run key>.json`, put if absent, so the first one stands.

A run writes its numbers into its ledger under `plan`; what happened stands beside them there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skiptrace.store.commit import put_bytes, read_json, with_digest
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place

FOLDER = "plans"


def keep(private: Place, run_key: str, numbers: Mapping[str, Any]) -> bool:
    """Keep the numbers of an estimate; False where an earlier one of this run stands."""
    return put_bytes(private_folder(private_folder(private) / FOLDER) / f"{run_key}.json", with_digest(dict(numbers)))


def told(private: Place, run_key: str) -> dict[str, Any]:
    """What a run's ledger says of the estimate that was kept for it: {"plan": numbers}, or nothing where there is none, or a damaged one:
    no run fails for want of an estimate."""
    try:
        return {"plan": dict(read_json(private / FOLDER / f"{run_key}.json"))}
    except (OSError, ValueError, TypeError):
        return {}
