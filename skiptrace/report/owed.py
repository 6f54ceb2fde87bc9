"""What accounts owe, as integers: for sums that are exact and quick."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True)
class Owed:
    """Balances of accounts by their place: in cents (int64), nought where it is not known, and whether it is known."""

    cents: np.ndarray
    known: np.ndarray

    @classmethod
    def of(cls, balance: pa.ChunkedArray) -> Owed:
        """From a column of decimals with two places."""
        cents = pc.multiply(pc.fill_null(balance, Decimal(0)), pa.scalar(Decimal(100))).cast(pa.int64())
        return cls(cents.to_numpy(), pc.is_valid(balance).to_numpy())
