from __future__ import annotations

import numpy as np

from skiptrace.linkage.candidates import Prober
from skiptrace.linkage.provisional import layer_in_memory, likely
from skiptrace.linkage.rules import load
from tests.linkage.people_tables import Person, compared_only, encoded, plain_model, tables
from tests.linkage.test_candidates import crowd
from tests.linkage.test_linking import FATHER, STRANGER


def test_a_pair_that_agrees_on_everything_is_likely_and_strangers_are_not() -> None:
    layer = layer_in_memory(*tables([STRANGER, FATHER], "reference"), "reference")
    found = likely(encoded([FATHER]), [layer], np.array([0, 0]), np.array([0, 1]), plain_model(), load())
    assert found.tolist() == [False, True]


def test_a_layer_in_memory_compares_as_one_that_was_built() -> None:
    people: list[Person] = crowd(20, 5)
    layer = layer_in_memory(*tables(people, "reference"), "reference")
    built = compared_only(people)
    left, right = (np.repeat(np.arange(20), 20), np.tile(np.arange(20), 20))
    mine = encoded(crowd(20, 6))
    wanted = Prober(mine, built, load()).patterns(left, right)
    index = type(built)((layer,), built.bands)
    assert np.array_equal(Prober(mine, index, load()).patterns(left, right), wanted)


def test_no_pairs_no_links() -> None:
    nothing = np.zeros(0, np.int64)
    assert likely(encoded([FATHER]), [], nothing, nothing, plain_model(), load()).tolist() == []
