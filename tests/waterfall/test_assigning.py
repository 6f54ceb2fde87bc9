from __future__ import annotations

import numpy as np
import pytest

from skiptrace.waterfall.assigning import NOBODY, affordable, assign
from skiptrace.waterfall.offers import Offer

PLENTY = np.array([9, 9])


def test_each_account_gets_its_best_source_and_nobody_where_none_counts() -> None:
    assert assign(np.array([[2.0, 1.0], [1.0, 2.0], [0.0, 0.0]]), PLENTY).tolist() == [0, 1, NOBODY]


def test_who_finds_no_room_goes_to_the_next_source_the_best_having_stayed() -> None:
    score = np.array([[5.0, 4.0], [6.0, 1.0], [3.0, 0.0]])
    assert assign(score, np.array([1, 1])).tolist() == [1, 0, NOBODY]


def test_rooms_are_never_overfull() -> None:
    score = np.random.default_rng(1).random((500, 4))
    room = np.array([10, 0, 70, 200])
    chosen = assign(score, room)
    assert (np.bincount(chosen[chosen != NOBODY], minlength=4) <= room).all()
    assert (chosen != NOBODY).sum() == room.sum()


def cut(offers: list[Offer], chosen: list[int], budget: float, gain: float = 9.0) -> tuple[list[int], list[float]]:
    rows = len(chosen)
    found = affordable(
        np.array(chosen), -np.arange(rows, dtype=float), np.full(rows, gain),
        np.array([offers[at].most if at != NOBODY else 0.0 for at in chosen]), offers, budget, 1.0,
    )  # fmt: skip
    return found[0].tolist(), found[1].tolist()


def test_the_most_that_requests_can_cost_stays_within_the_budget() -> None:
    kept, held = cut([Offer("a", per_hit=1.0)], [0, NOBODY, 0, 0], 2.5)
    assert kept == [0, NOBODY, 0, NOBODY]
    assert held == [1.0, 0.0, 1.0, 0.0]


def test_a_source_keeps_to_its_own_budget() -> None:
    assert cut([Offer("a", 1.0, budget=1.0), Offer("b", 1.0)], [0, 0, 1], 9.0)[0] == [0, NOBODY, 1]


def test_an_order_below_its_minimum_is_made_if_its_gain_is_worth_the_minimum() -> None:
    offers = [Offer("a", 1.0, minimum_order=5.0)]
    assert cut(offers, [0, 0], 9.0, gain=3.0)[0] == [0, 0]
    assert cut(offers, [0, 0], 9.0, gain=2.0)[0] == [NOBODY, NOBODY]


def test_what_a_minimum_asks_beyond_its_requests_is_paid_from_the_budget() -> None:
    offers = [Offer("a", 1.0, minimum_order=5.0), Offer("b", 1.0)]
    kept, held = cut(offers, [0, 1, 1, 1], 6.0)
    assert kept == [0, 1, NOBODY, NOBODY]
    assert sum(held) + 4.0 <= 6.0


def test_an_order_whose_minimum_cannot_be_paid_is_not_made() -> None:
    assert cut([Offer("a", 1.0, minimum_order=5.0), Offer("b", 1.0)], [0, 1], 3.0)[0] == [NOBODY, 1]
    assert cut([Offer("a", 1.0, minimum_order=5.0, budget=4.0)], [0], 9.0)[0] == [NOBODY]


@pytest.mark.parametrize("seed", range(20))
def test_no_bill_of_any_kind_exceeds_the_budget(seed: int) -> None:
    rng = np.random.default_rng(seed)
    offers = [Offer(str(at), *rng.random(3), minimum_order=float(rng.choice([0, 3, 20]))) for at in range(4)]
    chosen = rng.integers(-1, 4, 60)
    price = np.array([offers[at].most * 0.5 if at >= 0 else 0.0 for at in chosen])
    budget = float(rng.uniform(0, 40))
    kept, held = affordable(chosen, rng.random(60), rng.random(60), price, offers, budget, 0.1)
    bill = sum(max(float(held[kept == at].sum()), offers[at].minimum_order) for at in np.unique(kept[kept >= 0]))
    assert bill <= budget + 1e-6
    assert ((kept == chosen) | (kept == NOBODY)).all()
