from __future__ import annotations

import numpy as np
import pytest

from skiptrace.linkage.thinned import thinned

CAP = 20


def test_counts_of_the_whole_are_judged_by_the_cap_alone() -> None:
    seen = np.array([0, 3, CAP, CAP + 1, 90])
    found = thinned(seen, np.ones(5), 1.0, CAP)
    assert found.chance(seen).tolist() == [1, 1, 1, 0, 0]
    assert found.hot_rows(seen).tolist() == [0, 0, 0, CAP + 1, 90]
    assert found.none == 0.2


@pytest.mark.parametrize("share", [0.2, 0.5])
def test_rows_below_and_above_the_cap_come_out_right_on_average_from_a_sample(share: float) -> None:
    random = np.random.default_rng(5)
    counts = np.concatenate([random.poisson(3, 6000), random.integers(5, 60, 3000)])
    seen = random.binomial(counts, share)
    found = thinned(seen, np.ones(len(seen)), share, CAP)
    below = (seen * found.chance(seen)).sum() / share
    assert below == pytest.approx(counts[counts <= CAP].sum(), rel=0.05)
    assert (1 - found.chance(seen)).sum() == pytest.approx((counts > CAP).sum(), rel=0.1)
    assert found.hot_rows(seen).sum() == pytest.approx(counts[counts > CAP].sum(), rel=0.1)


def test_judging_what_was_seen_by_its_share_of_the_cap_would_be_further_off() -> None:
    random, share = np.random.default_rng(6), 0.2
    counts = random.integers(12, 24, 4000)
    seen = random.binomial(counts, share)
    truth = counts[counts <= CAP].sum()
    ours = (seen * thinned(seen, np.ones(len(seen)), share, CAP).chance(seen)).sum() / share
    plain = seen[seen / share <= CAP].sum() / share
    assert abs(ours - truth) < abs(plain - truth)


def test_values_that_nothing_was_seen_of_may_still_be_there() -> None:
    random, share = np.random.default_rng(7), 0.3
    counts = np.where(random.random(20_000) < 0.4, 0, random.integers(1, 4, 20_000))
    seen = random.binomial(counts, share)
    assert (seen == 0).mean() > 0.6
    assert thinned(seen, np.ones(len(seen)), share, CAP).none == pytest.approx(0.4, abs=0.1)


def test_of_no_values_nothing_is_told() -> None:
    found = thinned(np.zeros(0, np.int64), np.zeros(0), 0.5, CAP)
    assert found.chance(np.zeros(0, np.int64)).tolist() == []
