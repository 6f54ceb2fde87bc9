from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from skiptrace.errors import ConfigError
from skiptrace.schema import FRONTIER
from skiptrace.waterfall import frontier as module
from skiptrace.waterfall.frontier import frontier
from skiptrace.waterfall.learning import learn
from skiptrace.waterfall.offers import Offer, Policy
from skiptrace.waterfall.priors import load
from tests.waterfall.tables import DAY, answers, asks, facts

LEARNED = learn(asks(*answers("a", 900, 0.5, 0.4), *answers("b", 900, 0.25, 0.4)), load())
OFFERS = [Offer("a", 0.1), Offer("b", 0.1, per_hit=0.2)]
POLICY = Policy(budget=0.0)


def table(rows: int = 500) -> pa.Table:
    worth = np.random.default_rng(1).lognormal(3, 1, rows)
    return facts(*({"worth": one, "balance": 30 * one} for one in worth.tolist()))


@pytest.fixture(scope="module")
def found() -> pa.Table:
    return frontier(table(), LEARNED, OFFERS, POLICY, [40.0, 0.0, 10.0], DAY)


def test_budgets_rise_and_more_money_adds_more(found: pa.Table) -> None:
    assert found.schema.equals(FRONTIER.arrow)
    assert found["budget"].to_pylist() == [0.0, 10.0, 40.0]
    assert (np.diff(found["contacts"].to_numpy()) > 0).all()
    assert (np.diff(found["balance"].to_numpy()) > 0).all()
    assert found["contacts"][0].as_py() == found["spent"][0].as_py() == 0


def test_no_more_is_spent_than_the_budget_and_bounds_lie_around(found: pa.Table) -> None:
    for row in found.to_pylist():
        assert row["spent"] <= row["budget"] + 1e-6
        assert row["contacts_low"] <= row["contacts"] <= row["contacts_high"]
        assert row["balance_low"] <= row["balance"] <= row["balance_high"]


def test_the_first_money_gives_most(found: pa.Table) -> None:
    value = found["value"].to_numpy() / np.maximum(found["budget"].to_numpy(), 1e-9)
    assert value[1] > value[2]


def test_the_same_question_has_the_same_answer(found: pa.Table) -> None:
    assert frontier(table(), LEARNED, OFFERS, POLICY, [0.0, 10.0, 40.0], DAY).equals(found)


def test_less_known_is_a_wider_interval() -> None:
    little = learn(asks(*answers("a", 20, 0.5, 0.4), *answers("b", 20, 0.25, 0.4)), load())
    wide = [
        (row["contacts_high"] - row["contacts_low"]) / row["contacts"]
        for one in (LEARNED, little) for row in frontier(table(), one, OFFERS, POLICY, [30.0], DAY).to_pylist()
    ]  # fmt: skip
    assert wide[1] > 1.5 * wide[0]


def test_a_sample_stands_for_all(found: pa.Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SAMPLE", 200)
    sampled = frontier(table(), LEARNED, OFFERS, POLICY, [40.0], DAY).to_pylist()[0]
    assert sampled["contacts"] == pytest.approx(found["contacts"][2].as_py(), rel=0.1)
    assert sampled["asks"] == pytest.approx(found["asks"][2].as_py(), rel=0.15)


def test_a_budget_below_nothing_is_refused() -> None:
    with pytest.raises(ConfigError):
        frontier(table(3), LEARNED, OFFERS, POLICY, [-1.0], DAY)
