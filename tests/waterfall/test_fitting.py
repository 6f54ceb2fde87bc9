from __future__ import annotations

import numpy as np
import pytest

from skiptrace.waterfall.fitting import fit, sigmoid


def test_without_data_the_prior_stands() -> None:
    theta, loose = fit(np.zeros((0, 2)), np.zeros(0), np.zeros(0), np.array([-1.0, 0.5]), np.array([0.5, 2.0]))
    assert theta.tolist() == [-1.0, 0.5]
    assert np.diag(loose) == pytest.approx([0.25, 4.0])


def test_many_counts_outweigh_the_prior_and_few_do_not() -> None:
    one = np.ones((1, 1))
    many = fit(one, np.array([100_000.0]), np.array([20_000.0]), np.array([2.0]), np.array([1.0]))[0]
    few = fit(one, np.array([2.0]), np.array([0.0]), np.array([2.0]), np.array([0.1]))[0]
    assert sigmoid(many)[0] == pytest.approx(0.2, abs=0.001)
    assert sigmoid(few)[0] == pytest.approx(sigmoid(np.array([2.0]))[0], abs=0.01)


def test_two_effects_are_told_apart() -> None:
    rng = np.random.default_rng(1)
    columns = np.concatenate([np.ones((4000, 1)), rng.integers(0, 2, (4000, 1))], axis=1).astype(float)
    yes = (rng.random(4000) < sigmoid(columns @ np.array([-1.0, 1.5]))).astype(float)
    theta, loose = fit(columns, np.ones(4000), yes, np.zeros(2), np.full(2, 3.0))
    assert np.abs(theta - [-1.0, 1.5]).max() < 3 * np.sqrt(np.diag(loose)).max()


def test_chances_of_endless_odds_are_chances() -> None:
    assert sigmoid(np.array([-1e9, 1e9])).tolist() == pytest.approx([0.0, 1.0])
