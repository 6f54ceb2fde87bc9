from __future__ import annotations

import pytest

from skiptrace.errors import DataRefused
from skiptrace.waterfall.gains import gains
from skiptrace.waterfall.learning import learn
from skiptrace.waterfall.offers import Offer
from skiptrace.waterfall.priors import load
from tests.waterfall.tables import answers, asked, asks, facts

LEARNED = learn(asks(*answers("a", 2000, 0.5, 0.4, outcomes=0.4), *answers("b", 2000, 0.25, 0.4)), load())


def test_a_gain_is_the_chance_of_a_contact_that_was_not_possible_times_its_worth() -> None:
    found = gains(facts({"p_any": 0.0, "worth": 100.0}, {"p_any": 0.5, "worth": 100.0}, {"p_any": 1.0}), LEARNED, [Offer("a")])
    assert found.gain[0, 0] == pytest.approx(100 * 0.2, rel=0.15)
    assert found.gain[1, 0] == pytest.approx(found.gain[0, 0] / 2)
    assert found.gain[2, 0] == 0
    assert found.low[0, 0] < found.gain[0, 0] < found.high[0, 0]


def test_the_price_goes_by_hits_and_successes() -> None:
    found = gains(facts({}), LEARNED, [Offer("b", per_hit=1.0), Offer("a", per_record=0.1, per_success=10.0)])
    assert found.price[0, 0] == pytest.approx(0.25, abs=0.03)
    assert found.price[0, 1] == pytest.approx(0.1 + 10 * found.both[0, 1])


def test_columns_are_in_the_order_of_offers_and_states_too() -> None:
    table = facts({"asked": [asked("a", True)]})
    one, other = gains(table, LEARNED, [Offer("a"), Offer("b")]), gains(table, LEARNED, [Offer("b"), Offer("a")])
    assert one.gain[0].tolist() == other.gain[0, ::-1].tolist()
    assert one.cells.state.tolist() == [[2, 0]]
    assert other.cells.state.tolist() == [[0, 2]]


def test_a_source_that_nobody_learned_of_is_refused() -> None:
    with pytest.raises(DataRefused):
        gains(facts({}), LEARNED, [Offer("z")])


def test_no_account_and_no_offer_are_no_error() -> None:
    assert gains(facts(), LEARNED, [Offer("a")]).gain.shape == (0, 1)
    assert gains(facts({}), LEARNED, []).gain.shape == (1, 0)
