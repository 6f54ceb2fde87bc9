"""Texts to a phone number."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

KINDS = ("phone",)
FEATURES = ("line_type", "status", "shared_by", "seen_years", "independent_sources", "rank", "origin", "area")


def usable(points: pa.Table) -> np.ndarray:
    """Which phone points the channel exists for: bool [n]. A known landline or toll-free number takes no texts."""
    never = pc.is_in(points["line_type"], pa.array(["landline", "toll_free"]))
    found: np.ndarray = ~never.to_numpy(zero_copy_only=False)
    return found
