from __future__ import annotations

import numpy as np
import pytest

from skiptrace.waterfall.board import board
from skiptrace.waterfall.learning import learn
from skiptrace.waterfall.offers import Offer, Policy
from skiptrace.waterfall.priors import load
from skiptrace.waterfall.threshold import lasting, threshold
from tests.waterfall.tables import DAY, answers, asked, asks, facts

ALONE = np.ones((2, 2))


def test_where_the_budget_suffices_everything_worth_its_price_is_asked() -> None:
    ratio, both, price = np.array([[3.0, 2.0]]), np.array([[0.5, 0.5]]), np.array([[1.0, 1.0]])
    assert threshold(ratio, both, price, ALONE, 10.0, 2, 1.0) == 1.0


def test_money_is_kept_back_for_a_second_source_on_the_best_account() -> None:
    ratio, both, price = np.array([[9.0, 8.0], [2.0, 1.5]]), np.zeros((2, 2)), np.ones((2, 2))
    assert threshold(ratio, both, price, ALONE, 2.0, 2, 1.0) == 2.0  # both of the first, and the bar is the next one's
    assert threshold(ratio, both, price, ALONE, 1.0, 1, 1.0) == 2.0


def test_a_second_source_is_paid_only_where_the_first_did_not_reach() -> None:
    ratio, both, price = np.array([[9.0, 8.0], [2.0, 1.5]]), np.array([[1.0, 1.0], [0.0, 0.0]]), np.ones((2, 2))
    assert threshold(ratio, both, price, ALONE, 2.0, 2, 1.0) == 1.5


def test_a_copy_is_not_counted_on_after_the_source_it_copies() -> None:
    copy = np.array([[1.0, 0.01], [0.01, 1.0]])
    ratio, both, price = np.array([[9.0, 8.0]]), np.zeros((1, 2)), np.ones((1, 2))
    assert threshold(ratio, both, price, ALONE, 1.0, 2, 1.0) == 8.0
    assert threshold(ratio, both, price, copy, 1.0, 2, 1.0) == 1.0


def test_no_budget_lets_nothing_pass_but_the_best_and_no_account_is_no_error() -> None:
    assert lasting(np.array([5.0, 7.0]), np.array([1.0, 1.0]), 0.0, 1.0) == 7.0
    assert threshold(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros((0, 2)), ALONE, 1.0, 3, 1.0) == 1.0


def test_what_is_carried_over_is_learned_from_the_log() -> None:
    rows = [*answers("a", 900, 0.5, 0.5), *answers("b", 900, 0.5, 0.5)]
    rows += answers("b", 500, 0.95, 0.0, seed=1, asked=[asked("a", True)]) + answers("b", 500, 0.05, 0.5, seed=2, asked=[asked("a")])
    found = board(facts({}), learn(asks(*rows), load()), [Offer("a"), Offer("b")], Policy(budget=1.0), DAY, None).after
    assert found[0, 1] < 0.4
    assert found[0, 0] == pytest.approx(0.1, abs=0.1)
