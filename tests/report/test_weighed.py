from __future__ import annotations

from decimal import Decimal

from tests.report.by_hand import REPORT


def test_falls_lead_from_the_start_to_the_weight_within_the_scale() -> None:
    for one in REPORT.linkage.waterfalls:
        assert one.start + sum((fall.bits for fall in one.falls), Decimal(0)) == one.weight
        assert one.lowest <= min(one.start, one.weight, one.person, Decimal(0))
        assert one.highest >= max(one.start, one.weight, one.person, Decimal(0))
        assert all(one.lowest <= fall.after <= one.highest for fall in one.falls)
