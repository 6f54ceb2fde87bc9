"""Calls to a phone number."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

KINDS = ("phone",)
FEATURES = ("line_type", "status", "shared_by", "seen_years", "independent_sources", "rank", "origin", "area")


def usable(points: pa.Table) -> np.ndarray:
    """Which phone points the channel exists for: bool [n]. All of them."""
    return np.ones(len(points), bool)
