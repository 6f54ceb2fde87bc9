"""Letters to a postal address."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

KIND = "address"
FEATURES = ("status", "flags", "point_kind")


def usable(points: pa.Table) -> np.ndarray:
    """Which address points the channel exists for: bool [n]. Those with a street or a box."""
    found: np.ndarray = points["street"].is_valid().to_numpy(zero_copy_only=False)
    return found
