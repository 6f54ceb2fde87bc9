from __future__ import annotations

import numpy as np
import pytest

from skiptrace.waterfall.assigning import NOBODY
from skiptrace.waterfall.board import Board, board
from skiptrace.waterfall.deciding import Decided, decide
from skiptrace.waterfall.learning import learn
from skiptrace.waterfall.offers import Offer, Policy
from skiptrace.waterfall.priors import load
from tests.waterfall.tables import DAY, answers, asks, facts

LEARNED = learn(asks(*answers("a", 900, 0.5, 0.4), *answers("b", 900, 0.5, 0.4), *answers("c", 900, 0.2, 0.4)), load())
OFFERS = [Offer("a", 0.1), Offer("b", 0.4), Offer("c", 0.1)]


def decided(policy: Policy, stage: int = 1, rows: int = 1500) -> tuple[Board, Decided]:
    table = facts(*({"worth": float(worth)} for worth in np.random.default_rng(1).lognormal(2.5, 1, rows)))
    found = board(table, LEARNED, OFFERS, policy, DAY, None)
    return found, decide(found, LEARNED.answered, OFFERS, policy, stage)


def test_chances_of_all_that_could_be_dealt_add_up_to_one() -> None:
    policy = Policy(budget=1e6, explore=0.5, first_order=10_000)
    _, found = decided(policy)
    seen = {int(at): set(np.round(found.propensity[found.chosen == at], 9)) for at in range(3)}
    best = max(seen, key=lambda at: max(seen[at]))
    assert sum(min(chances) for at, chances in seen.items() if at != best) + max(seen[best]) == pytest.approx(1.0)


def test_a_dear_source_is_dealt_less_often_than_a_cheap_one() -> None:
    _, found = decided(Policy(budget=1e6, explore=1.0, first_order=10_000))
    counts = np.bincount(found.chosen[found.chosen != NOBODY], minlength=3)
    assert counts[0] / counts[1] == pytest.approx(4.0, rel=0.3)
    assert counts[0] / counts[2] == pytest.approx(1.0, rel=0.3)


def test_another_stage_deals_anew() -> None:
    policy = Policy(budget=1e6, explore=0.3, first_order=10_000)
    assert not np.array_equal(decided(policy, 1)[1].explored, decided(policy, 2)[1].explored)


def test_money_is_left_for_later_stages_and_none_at_the_last() -> None:
    early, late = (decided(Policy(budget=30.0, explore=0.0, stages=4), stage)[1].reserve.sum() for stage in (1, 4))
    assert early < 25
    assert late > 29


def test_held_out_accounts_get_their_share_of_the_money() -> None:
    policy = Policy(budget=40.0, explore=0.0, held_out=0.25, order=("b", "a"))
    _, found = decided(policy)
    assert found.reserve[found.held_out].sum() == pytest.approx(10.0, abs=0.4)
    assert set(found.chosen[found.held_out & (found.chosen != NOBODY)]) == {1}
    assert (found.propensity[found.held_out] == 1).all()
