from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.reach.calibration import GROUP, knots_of, pooled
from skiptrace.reach.learned import calibrated

share = st.floats(0.01, 0.99)


@given(st.lists(st.tuples(share, st.floats(0.5, 20)), min_size=1, max_size=9))
def test_pooling_gives_the_nearest_rising_sequence(pairs: list[tuple[float, float]]) -> None:
    values, weights = (np.array(one) for one in zip(*pairs, strict=True))
    found = pooled(values, weights)
    assert (np.diff(found) >= -1e-12).all()
    assert np.isclose((found * weights).sum(), (values * weights).sum())
    if (np.diff(values) > 0).all():
        assert np.allclose(found, values)
    # by the min-max formula of isotonic regression
    n = len(values)
    mean = [[np.average(values[a : b + 1], weights=weights[a : b + 1]) if a <= b else 0 for b in range(n)] for a in range(n)]
    plain = [max(min(mean[a][b] for b in range(k, n)) for a in range(k + 1)) for k in range(n)]
    assert np.allclose(found, plain)


def test_few_attempts_leave_the_line_as_it_is() -> None:
    assert knots_of(np.zeros(2 * GROUP - 1), np.zeros(2 * GROUP - 1), 10) == ()
    assert knots_of(np.zeros(3 * GROUP), np.zeros(3 * GROUP), 10) == ()  # all stated alike: nothing to bend
    assert calibrated(np.array([-1.0, 2.0]), ()).tolist() == [-1.0, 2.0]


def test_a_line_that_is_too_steep_is_bent_and_still_rises() -> None:
    rng = np.random.default_rng(3)
    odds = rng.normal(0, 2, 20_000)
    reached = (rng.random(20_000) < 1 / (1 + np.exp(-odds / 2))).astype(float)
    knots = knots_of(odds, reached, 100)
    x = np.linspace(-8, 8, 500)
    bent = calibrated(x, knots)
    assert (np.diff(bent) >= 0).all()
    assert abs(calibrated(np.array([3.0]), knots)[0] - 1.5) < 0.25
    assert knots == knots_of(odds, reached, 100)
    heavy = calibrated(np.array([3.0]), knots_of(odds, reached, 1e7))[0]
    assert abs(heavy - 3.0) < 0.1  # what a large weight speaks for stays
