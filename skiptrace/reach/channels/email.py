"""Messages to an e-mail address."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

KINDS = ("email",)
FEATURES = ("status", "flags", "shared_by", "seen_years", "independent_sources", "rank", "origin")


def usable(points: pa.Table) -> np.ndarray:
    """Which e-mail points the channel exists for: bool [n]. All of them."""
    return np.ones(len(points), bool)
