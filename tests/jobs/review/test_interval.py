from __future__ import annotations

import numpy as np
import pytest

from jobs.review.interval import of_share, part_of_whole, together


def test_nobody_asked_says_nothing_and_all_right_leaves_room_for_errors() -> None:
    assert of_share(0.7, 0) == (0.0, 0.7, 1.0)
    low, _, high = of_share(1.0, 20)
    assert (high, 0.78 < low < 0.87) == (1.0, True)
    mirrored = of_share(0.0, 20)
    assert (mirrored.low, mirrored.high) == (0.0, pytest.approx(1 - low))
    assert of_share(0.5, 400).half < of_share(0.5, 100).half < of_share(0.5, 10).half


@pytest.mark.parametrize(("share", "asked"), [(0.5, 10), (0.9, 10), (0.99, 12), (0.999, 30), (0.03, 25), (0.6, 200)])
def test_the_interval_of_a_share_holds_it_in_95_of_100_cases(share: float, asked: int) -> None:
    right = np.random.default_rng(1).binomial(asked, share, 4000)
    held = {seen: (bounds := of_share(seen / asked, asked)).low <= share <= bounds.high for seen in set(right.tolist())}
    assert np.mean([held[seen] for seen in right.tolist()]) >= 0.95


def test_bands_together_are_narrower_than_the_sum_of_their_widths() -> None:
    low, value, high = np.array([0.7, 0.2]), np.array([0.9, 0.5]), np.array([0.95, 0.8])
    found = together(np.array([0.5, 0.5]), low, value, high)
    assert found.value == pytest.approx(0.7)
    assert found.high - found.value == pytest.approx(np.hypot(0.025, 0.15))
    assert found.value - found.low == pytest.approx(np.hypot(0.1, 0.15))
    turned = together(np.array([-0.5, -0.5]), low, value, high)
    assert (turned.low, turned.high) == (pytest.approx(-found.high), pytest.approx(-found.low))


def test_a_part_of_a_whole_is_exact_where_all_is_known_and_open_where_nothing_is() -> None:
    mine, size, share = np.array([True, False]), np.array([80.0, 100.0]), np.array([1.0, 0.2])
    exact = part_of_whole(mine, size, share, share, share)
    assert exact is not None
    assert exact == pytest.approx((0.8, 0.8, 0.8))
    wide = part_of_whole(mine, size, np.zeros(2), share, np.ones(2))
    assert wide is not None
    assert wide.low < 0.5 < 0.8 < wide.high <= 1.0
    assert part_of_whole(mine, size, np.zeros(2), np.zeros(2), np.ones(2)) is None
