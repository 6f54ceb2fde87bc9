from __future__ import annotations

import numpy as np
import pytest

from skiptrace.errors import DataRefused
from skiptrace.waterfall.behaviour import Behaviour
from skiptrace.waterfall.cells import cells
from skiptrace.waterfall.learning import learn
from skiptrace.waterfall.priors import load
from tests.waterfall.tables import answers, asks, facts


@pytest.fixture(scope="module")
def learned() -> Behaviour:
    return learn(asks(*answers("a", 400, 0.6, 0.5), *answers("b", 400, 0.2, 0.5)), load(), ["c"])


def test_bounds_lie_around_the_chance_and_are_wider_where_nothing_was_seen(learned: Behaviour) -> None:
    found = learned.chances(cells(facts({}), learned.sources, load()))
    assert (found.low < found.both).all()
    assert (found.both < found.high).all()
    wide = (found.high / found.low)[0]
    assert wide[2] > 2 * wide[0]


def test_draws_spread_as_the_evidence_leaves_open(learned: Behaviour) -> None:
    rows = cells(facts({}), learned.sources, load())
    rng = np.random.default_rng(3)
    drawn = np.stack([learned.drawn(rng).chances(rows).hit[0] for _ in range(300)])
    assert drawn[:, 0].mean() == pytest.approx(learned.chances(rows).hit[0, 0], abs=0.03)
    assert drawn[:, 2].std() > 2 * drawn[:, 0].std()


def test_an_unknown_source_has_no_place(learned: Behaviour) -> None:
    assert learned.place(["b", "a"]).tolist() == [1, 0]
    with pytest.raises(DataRefused):
        learned.place(["z"])
