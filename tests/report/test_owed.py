from __future__ import annotations

from decimal import Decimal

import pyarrow as pa

from skiptrace.report.owed import Owed


def test_balances_are_cents_and_unknown_ones_are_nought_and_said_to_be_unknown() -> None:
    owed = Owed.of(pa.chunked_array([pa.array([Decimal("12.34"), None, Decimal("0.00")], pa.decimal128(14, 2))]))
    assert owed.cents.tolist() == [1234, 0, 0]
    assert owed.known.tolist() == [True, False, True]
