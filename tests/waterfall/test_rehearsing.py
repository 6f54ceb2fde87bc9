from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from skiptrace.waterfall.learning import learn
from skiptrace.waterfall.offers import Offer, Policy
from skiptrace.waterfall.priors import load
from skiptrace.waterfall.rehearsing import Rehearsal, rehearse
from tests.waterfall.tables import DAY, answers, asks, facts

LEARNED = learn(asks(*answers("a", 900, 0.5, 0.4), *answers("b", 900, 0.25, 0.4)), load())
OFFERS = [Offer("a", 0.1), Offer("b", 0.1)]
POLICY = Policy(budget=1e6, explore=0.0, first_order=1 << 30)


def played(policy: Policy = POLICY, offers: list[Offer] = OFFERS, p: float = 0.0) -> Rehearsal:
    rng = np.random.default_rng(7)
    table = facts(*({"p_any": p, "balance": 100.0, "worth": 50.0} for _ in range(400)))
    return rehearse(table, LEARNED, LEARNED, offers, policy, DAY, None, rng)


def test_with_money_for_all_both_sources_are_asked_and_add_what_they_are_known_for() -> None:
    found = played()
    assert found.contacts == pytest.approx(400 * (1 - 0.8 * 0.9), rel=0.25)
    assert found.balance == pytest.approx(100 * found.contacts)
    assert found.worth == pytest.approx(50 * found.contacts)
    assert 400 < found.asks <= 800
    assert found.spent == pytest.approx(0.1 * found.asks)


def test_what_was_reachable_anyway_is_not_added() -> None:
    assert played(p=0.5).contacts == pytest.approx(played().contacts / 2, rel=0.15)


def test_the_budget_holds_through_all_stages_with_prices_by_hit_and_minimum_orders() -> None:
    offers = [Offer("a", per_hit=0.3), Offer("b", 0.1, minimum_order=4.0)]
    for budget in (0.0, 3.0, 11.0):
        assert played(replace(POLICY, budget=budget), offers).spent <= budget + 1e-6


def test_nothing_comes_of_no_money() -> None:
    assert played(replace(POLICY, budget=0.0)) == Rehearsal(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
