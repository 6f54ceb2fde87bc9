"""What the policy gained over a fixed order of sources, estimated from the log of asks."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from skiptrace.waterfall.offers import Offer


def replay(asks: pa.Table, offers: Sequence[Offer], orders: Sequence[Sequence[str]]) -> pa.Table:
    """ESTIMATES: gain per unit of money of the policy as logged, and of each order, had the accounts that were asked been asked its next
    source instead: by inverse propensity (ips, snips) and doubly robust (dr). Where accounts were held out for an order, what they
    gained (held_out). Rows without an answer are left out. Empty where the log has no answer."""
    raise NotImplementedError
