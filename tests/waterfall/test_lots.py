from __future__ import annotations

import numpy as np
import pyarrow as pa

from skiptrace.waterfall.lots import hashes, lots

IDS = pa.array([f"A{at}" for at in range(20_000)])


def test_lots_are_even_and_hang_on_the_id_alone() -> None:
    found = lots(hashes(IDS), "seed", "dealt")
    assert found.min() >= 0
    assert found.max() < 1
    assert np.abs(np.histogram(found, 10, (0, 1))[0] / len(IDS) - 0.1).max() < 0.01
    assert np.array_equal(lots(hashes(IDS.slice(100, 50)), "seed", "dealt"), found[100:150])


def test_another_seed_or_purpose_deals_anew() -> None:
    first = lots(hashes(IDS), "seed", "dealt")
    for other in (lots(hashes(IDS), "other", "dealt"), lots(hashes(IDS), "seed", "held out")):
        assert abs(np.corrcoef(first, other)[0, 1]) < 0.03
