from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from skiptrace.waterfall.board import NO_DAY, board
from skiptrace.waterfall.learning import learn
from skiptrace.waterfall.offers import Offer, Policy
from skiptrace.waterfall.priors import load
from tests.waterfall.tables import DAY, asked, asks, facts

BEHAVIOUR = learn(asks(), load(), ["a", "b"])
DAYS = (DAY - dt.date(1970, 1, 1)).days


def test_a_source_may_be_asked_again_from_its_day_on() -> None:
    table = facts(*({"asked": [asked("a", True, DAY - dt.timedelta(days=age))]} for age in (29, 30, 31)))
    found = board(table, BEHAVIOUR, [Offer("a", refresh_days=30), Offer("b")], Policy(budget=1.0), DAY, None)
    assert found.allowed.tolist() == [[False, True], [True, True], [True, True]]
    assert found.refresh.tolist() == [DAYS + 1, NO_DAY, NO_DAY]


def test_a_day_beyond_the_horizon_is_not_told() -> None:
    table = facts({"asked": [asked("a", True, DAY)]})
    for horizon, day in ((29, NO_DAY), (30, DAYS + 30)):
        policy = Policy(budget=1.0, horizon_days=horizon)
        assert board(table, BEHAVIOUR, [Offer("a", refresh_days=30)], policy, DAY, None).refresh.tolist() == [day]


def test_nothing_is_allowed_for_who_is_held_reached_or_waited_for() -> None:
    table = facts({"held": "deceased"}, {"p_any": 0.95}, {"asked": [asked("a", None)]}, {})
    found = board(table, BEHAVIOUR, [Offer("a"), Offer("b")], Policy(budget=1.0), DAY, None)
    assert found.allowed.any(1).tolist() == [False, False, False, True]
    assert (found.ratio[:3] == 0).all()


def test_the_ceiling_counts_the_most_that_a_request_can_cost() -> None:
    offers = [Offer("a", 0.1), Offer("b", 0.1, per_success=1.0)]
    found = board(facts({"spent": 0.9}), BEHAVIOUR, offers, Policy(budget=9.0, ceiling=1.0), DAY, None)
    assert found.allowed.tolist() == [[True, True]]
    assert found.fits.tolist() == [[True, False]]


def test_the_ratio_is_gain_for_the_expected_price() -> None:
    found = board(facts({}), BEHAVIOUR, [Offer("a", 0.5)], Policy(budget=9.0), DAY, {"a": np.array([True])})
    assert found.ratio[0, 0] == pytest.approx(found.worths.gain[0, 0] / 0.5)
