"""The project's match model: trained once by the first run, kept with its provenance, reused by every later run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from skiptrace.linkage import rules, train
from skiptrace.plugins import rules_root
from skiptrace.store.commit import put_json, read_json, replace_bytes
from skiptrace.store.permissions import private_folder

SHIPPED = ("linkage", "model.json")


def current_key(private: Path) -> str | None:
    """The key of the model in use; None before the first run trained one."""
    try:
        return (private / "models" / "current").read_text().strip() or None
    except OSError:
        return None


def model_file(private: Path, key: str) -> Path:
    """Where the model with this key is."""
    return private / "models" / f"match-{key}.json"


def fit(private: Path, key: str, counted: Callable[[], tuple[np.ndarray, np.ndarray]], as_of: str, adopt: bool = True) -> Path:
    """The project's model: the one that is there, else one trained on the pattern counts that `counted` gives, else the
    shipped one where they say too little. Returns its file.

    `adopt` makes it the model of later runs; a run over a part of the portfolio must not decide that."""
    file = model_file(private, key)
    if not file.is_file():
        private_folder(file.parent)
        put_json(file, _new(*counted(), as_of))
    if adopt:
        replace_bytes(file.parent / "current", (key + "\n").encode())
    return file


def _new(patterns: np.ndarray, counts: np.ndarray, as_of: str) -> dict[str, Any]:
    linkage = rules.load()
    if int(counts.sum()) < train.ENOUGH_PAIRS:
        shipped = read_json(rules_root().joinpath(*SHIPPED))
        seen = int(counts.sum())
        return {
            **shipped,
            "provenance": {
                **shipped["provenance"],
                "used_because": f"{seen} candidate pairs are too few to learn from",
            },
        }
    return train.train(patterns, counts, linkage, {"as_of": as_of}).plain()
