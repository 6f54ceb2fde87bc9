from __future__ import annotations

import numpy as np
import pytest

from skiptrace.linkage import model, rules
from skiptrace.linkage.patterns import pack, weights
from skiptrace.linkage.recalibrate import FARTHEST, Judged, probabilities, shift, shifted
from skiptrace.plugins import rules_root
from skiptrace.store.commit import read_json

LINKAGE = rules.load()
SHIPPED = model.from_plain(read_json(rules_root() / "linkage" / "model.json"), LINKAGE)


def told(bits: float, count: int, off: float = 0.0, seed: int = 1) -> Judged:
    """Pairs around `bits` of a model that is `off` by so many, each the same person as often as is true."""
    chance = np.random.default_rng(seed)
    true = chance.normal(bits, 3, count)
    none = np.full(count, np.nan)
    stated = 1 / (1 + np.exp2(-(true + off)))
    return Judged(true + off, none, stated, chance.random(count) < 1 / (1 + np.exp2(-true)))


@pytest.mark.parametrize("off", [-4.0, 0.0, 2.5, 6.0])
def test_answers_find_by_how_many_bits_a_model_is_off(off: float) -> None:
    found = [shift(told(0, 150, off, seed)) for seed in range(12)]
    assert np.mean(found) == pytest.approx(-off, abs=0.4)
    assert np.std(found) < 0.8


def test_few_answers_move_little_and_none_nothing() -> None:
    nothing = np.zeros(0)
    assert shift(Judged(nothing, nothing, nothing, np.zeros(0, bool))) == 0
    one = Judged(np.array([2.0]), np.array([np.nan]), np.array([0.8]), np.array([False]))
    assert -3 < shift(one) < 0


def test_one_slip_of_a_hand_outweighs_nothing() -> None:
    right = told(0, 100)
    slip = Judged(*(np.append(column, value) for column, value in zip(right, (40.0, np.nan, 1.0, False), strict=True)))
    assert abs(shift(slip) - shift(right)) < 0.3
    assert abs(shift(Judged(np.full(9, 50.0), np.full(9, np.nan), np.ones(9), np.zeros(9, bool)))) <= FARTHEST


def test_a_rival_keeps_its_part_and_a_record_that_belongs_elsewhere_stays_behind() -> None:
    whole = 2.0**3 / (1 + 2.0**3 + 2.0**3)  # a rival as strong as the person
    judged = Judged(np.array([3.0, 3.0]), np.array([0.0, np.nan]), np.array([whole, 0.25]), np.array([True, True]))
    assert probabilities(judged, 0.0) == pytest.approx(judged.probability)
    raised = probabilities(judged, 20.0)
    assert raised[0] == pytest.approx(0.5, abs=1e-4)  # never more than its half
    assert raised[1] == pytest.approx(0.25 / (8 / 9), rel=1e-3)


def test_every_weight_is_raised_by_the_same_bits_and_the_reference_is_left_alone() -> None:
    levels = np.array([[3, 9, 10, 7, -1, -1, 2, -1, 4], [-1, 0, 0, 5, 1, -1, -1, 0, 0]], np.int8)
    raised = shifted(SHIPPED, 2.5, {"same": 3})
    for before, after in ((SHIPPED.records, raised.records), (SHIPPED.persons, raised.persons)):
        assert weights(after, pack(levels)) - weights(before, pack(levels)) == pytest.approx([2.5, 2.5])
        assert after.priors.sum() == pytest.approx(1)
        assert after.provenance["reviewed"] == {"same": 3, "shift_bits": 2.5}
    assert raised.reference is SHIPPED.reference
    assert model.from_plain(raised.plain(), LINKAGE).records.priors == pytest.approx(raised.records.priors)
