from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.reach import judging

rows = st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.5, 0.9]), st.booleans()), min_size=1, max_size=25)


@given(rows)
def test_auc_and_ks_are_what_they_say(some: list[tuple[float, bool]]) -> None:
    p, y = np.array([a for a, _ in some]), np.array([float(b) for _, b in some])
    pairs = [(a, b) for a, one in some if one for b, other in some if not other]
    if not pairs:
        assert judging.auc(p, y) is None
        assert judging.ks(p, y) is None
        return
    assert judging.auc(p, y) == pytest.approx(np.mean([(a > b) + (a == b) / 2 for a, b in pairs]))
    gaps = [abs((p[y > 0] <= cut).mean() - (p[y == 0] <= cut).mean()) for cut in p]
    assert judging.ks(p, y) == pytest.approx(max(gaps))


def test_brier_and_log_loss_and_ece() -> None:
    p, y = np.array([0.8, 0.4]), np.array([1.0, 0.0])
    assert judging.brier(p, y) == pytest.approx((0.04 + 0.16) / 2)
    assert judging.log_loss(p, y) == pytest.approx(-(np.log(0.8) + np.log(0.6)) / 2)
    assert judging.ece(np.full(1000, 0.25), (np.arange(1000) % 4 == 0).astype(float)) == pytest.approx(0)
    assert judging.ece(np.full(1000, 0.35), (np.arange(1000) % 4 == 0).astype(float)) == pytest.approx(0.1)
    assert judging.ece(np.zeros(0), np.zeros(0)) is None


@pytest.mark.parametrize("n", [1, 7, 14, 15, 16, 29, 31, 400])
def test_ece_is_that_of_groups_taken_one_by_one(n: int) -> None:
    rng = np.random.default_rng(n)
    p = np.round(rng.random(n), 2)
    y = (rng.random(n) < p) * 1.0
    shared = {value: y[p == value].mean() for value in p.tolist()}
    parts = [rows for rows in np.array_split(np.argsort(p, kind="stable"), 15) if len(rows)]
    gaps = [abs(sum(p[row] - shared[p[row]] for row in rows)) for rows in parts]
    assert judging.ece(p, y) == pytest.approx(sum(gaps) / n, abs=1e-12)


def test_bands_are_tenths_of_the_stated_chance() -> None:
    found = judging.bands(np.array([0.0, 0.05, 0.5, 1.0]), np.array([0.0, 1.0, 1.0, 1.0]))
    assert len(found) == 10
    assert found[0] == {"attempts": 2, "stated": 0.025, "reached": 1}
    assert found[1] == {"attempts": 0, "stated": None, "reached": 0}
    assert [found[place]["stated"] for place in (5, 9)] == [0.5, 1.0]


def test_lift_begins_with_the_likeliest() -> None:
    p = np.linspace(0, 1, 100)
    assert judging.lift(p, (p > 0.9).astype(float)) == pytest.approx([10.0] + [0.0] * 9)
    assert judging.lift(p[:9], np.ones(9)) is None


def test_intervals_hold_the_figure_and_repeat() -> None:
    rng = np.random.default_rng(1)
    p = rng.random(600)
    y, who = rng.random(600) < p, np.arange(600) // 3
    told = judging.judge(p, y, who)
    for name in ("auc", "ks", "brier", "log_loss", "ece"):
        assert told[name]["low"] <= told[name]["high"]
    assert told["auc"]["low"] < told["auc"]["value"] < told["auc"]["high"]
    assert told == judging.judge(p, y, who)
    # the attempts on one person are no independent trials: with one person each, the interval is narrower
    same = np.repeat(rng.random(60), 10)
    happened = np.repeat(rng.random(60) < same[::10], 10)
    wide, narrow = (judging.judge(same, happened, one)["brier"] for one in (np.arange(600) // 10, np.arange(600)))
    assert wide["high"] - wide["low"] > 1.5 * (narrow["high"] - narrow["low"])


def test_nothing_to_judge_is_said() -> None:
    told = judging.judge(np.zeros(0), np.zeros(0, bool), np.zeros(0, np.int64))
    assert (told["attempts"], told["auc"]["value"], told["lift"]) == (0, None, None)


def test_a_fall_of_the_auc_is_told_from_chance() -> None:
    rng = np.random.default_rng(5)
    good = rng.random(800)
    y = (rng.random(800) < good).astype(float)
    who = np.arange(800)
    assert judging.auc_falls(good, rng.random(800), y, who)
    assert not judging.auc_falls(good, good + rng.normal(0, 0.001, 800), y, who)
    assert not judging.auc_falls(rng.random(800), good, y, who)
    assert not judging.auc_falls(good, good, np.zeros(800), who)
