from __future__ import annotations

import pytest

from jobs.demo.vendors import COUNT, NOBODY, market
from skiptrace.waterfall.offers import Policy, check


@pytest.mark.parametrize("seed", range(1, 9))
def test_a_market_has_offers_copies_and_somebody_loud_and_wrong(seed: int) -> None:
    vendors = market(seed)
    assert len(vendors) == COUNT
    check([vendor.offer for vendor in vendors], Policy(budget=1.0))
    copies = [(at, vendor) for at, vendor in enumerate(vendors) if vendor.copies != NOBODY]
    assert copies
    assert all(vendors[vendor.copies].copies == NOBODY and vendor.copies != at and 0 < vendor.copied < 1 for at, vendor in copies)
    assert min(vendor.accuracy for vendor in vendors) < 0.2 < 0.6 < max(vendor.accuracy for vendor in vendors)


def test_a_market_hangs_on_its_seed_alone() -> None:
    assert market(3) == market(3)
    assert market(3) != market(4)
