"""The best fixed order is the best of all of them: compared with orders that are walked through one account at a time."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from jobs.demo.vendors import market
from jobs.demo.vendors_book import Book, book
from skiptrace.schema import ASKS
from skiptrace.waterfall.learning import learn
from skiptrace.waterfall.offers import Policy
from skiptrace.waterfall.priors import load
from tests.bench.waterfall_orders import best_orders
from tests.bench.waterfall_play import Hand, play, price_of

VENDORS = market(2)[:3]
OFFERS = [vendor.offer for vendor in VENDORS]
TARGET = 0.9


def small() -> Book:
    vendors = tuple(vendor if vendor.copies < 3 else type(vendor)(**(vars(vendor) | {"copies": -1, "copied": 0.0})) for vendor in VENDORS)
    return book(vendors, 150, 3)


def walked(found: Book, order: tuple[int, ...], budget: float, manner: str, accounts: list[int]) -> float:
    """What one order adds, told as a person would do it."""
    hand, money = Hand(found, [offer.name for offer in OFFERS]), 0.0
    steps = [(row, at) for row in accounts for at in order] if manner == "deep" else [(row, at) for at in order for row in accounts]
    whole = 0.0 if manner == "deep" else None
    asked, start = hand.asked, None
    for row, at in steps:
        if manner == "deep" and row != start:
            start, before, whole = row, asked[row].copy(), money
        if hand.p_any(asked)[row] >= TARGET:
            continue
        cost = float(price_of(OFFERS, np.array([at]), found.hit[row, [at]], found.reached[row, [at]])[0])
        if money + cost > budget:
            if manner == "deep":  # an account is not begun that cannot be finished
                asked[row], money = before, whole
            break
        money += cost
        asked[row, at] = True
    return float(found.balance[(asked & found.right).any(1) & ~found.reachable].sum())


@pytest.mark.parametrize("by_balance", [False, True])
def test_the_best_order_is_the_best_of_all(by_balance: bool) -> None:
    found = small()
    keep = np.flatnonzero(~found.facts["held"].is_valid().to_numpy() & (found.facts["p_any"].to_numpy() < TARGET))
    accounts = (keep[np.argsort(-found.balance[keep], kind="stable")] if by_balance else keep).tolist()
    best = best_orders(found, OFFERS, 6.0, TARGET, by_balance)
    for manner, one in best.items():
        orders = [order for size in (1, 2, 3) for order in permutations(range(3), size)]
        values = {order: walked(found, order, 6.0, manner, accounts) for order in orders}
        assert one.balance == pytest.approx(max(values.values()))
        assert values[one.order] == pytest.approx(one.balance)


def test_a_policy_pays_no_more_than_its_budget_and_asks_nobody_twice() -> None:
    found = small()
    names = [offer.name for offer in OFFERS]
    played = play(found, OFFERS, Policy(budget=6.0), ASKS.empty(), lambda asks: learn(asks, load(), names))
    assert 0 < played.paid <= 6.0 + 1e-9
    pairs = list(zip(played.asks["account_id"].to_pylist(), played.asks["source"].to_pylist(), strict=True))
    assert len(set(pairs)) == len(pairs) > 0
