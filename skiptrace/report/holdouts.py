"""How sure a sum over accounts is: consumers are dealt into folds by a hash of their id, once and for all, and each fold is left out once.

What is summed is a number per consumer, so the estimate that leaves a fold out is the sum of the others, scaled up. How much these
differ (the jackknife) says how much the sum would have been another had another portfolio of the same kind been bought. It says nothing of
chances that are wrong for all accounts alike."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import numpy as np
import pyarrow as pa

from skiptrace.kernels.text_hash import hash_texts
from skiptrace.normalize.text_buffers import arrow_text

FOLDS: Final = 20
STUDENT: Final = Decimal("2.093")
"""Of FOLDS - 1 degrees of freedom, both sides together 5 %: intervals are of 95 %."""


def dealt(accounts: pa.Table) -> np.ndarray:
    """The fold of each account's consumer, 0 to FOLDS - 1: int64. All accounts of a consumer are in one, whatever else is in the portfolio.
    A run of an earlier version has no consumers: there each account is its own."""
    column = accounts["consumer_id" if "consumer_id" in accounts.column_names else "account_id"]
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    hashes = np.empty(len(whole), np.uint64)
    hash_texts(*arrow_text(whole), hashes)
    return (hashes % np.uint64(FOLDS)).astype(np.int64)


def interval(parts: Sequence[Decimal], least: Decimal | None = Decimal(0)) -> tuple[Decimal, Decimal]:
    """The interval of a sum, from its parts in the FOLDS folds: not below `least`, which for a sum of numbers that cannot be negative is
    nought."""
    total = sum(parts, Decimal(0))
    mean = total / FOLDS
    spread = sum(((part - mean) ** 2 for part in parts), Decimal(0)) * FOLDS / (FOLDS - 1)
    half = STUDENT * spread.sqrt()
    low = total - half
    return (low if least is None else max(low, least)), total + half
