"""Letters to a postal address."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

KINDS = ("address",)
FEATURES = ("status", "flags", "point_kind", "seen_years", "independent_sources", "rank", "origin")


def usable(points: pa.Table) -> np.ndarray:
    """Which address points the channel exists for: bool [n]. Those with a street or a box."""
    found: np.ndarray = points["street"].is_valid().to_numpy(zero_copy_only=False)
    return found
