from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from skiptrace.linkage.candidates import Prober
from skiptrace.linkage.predicted import Asked, Predicted, Seen
from skiptrace.linkage.rules import LinkageRules, load
from tests.linkage.people_tables import encoded, make_index
from tests.linkage.test_candidates import crowd

HOT = replace(load(), cap=4, narrow_cap=3)


def predicted(accounts: int, records: int, rules: LinkageRules, skip: np.ndarray | None = None) -> Predicted:
    seen = Seen(Asked(encoded(crowd(accounts, 1)), rules), 1.0)
    people = crowd(records, 2)
    for start in range(0, records, 20):  # in blocks, as files come
        seen.add(encoded(people[start : start + 20]))
    return seen.predicted(skip)


@pytest.mark.parametrize("rules", [load(), HOT])
def test_all_records_predict_exactly_what_probing_brings(rules: LinkageRules, tmp_path: Path) -> None:
    found = predicted(30, 50, rules)
    prober = Prober(encoded(crowd(30, 1)), make_index(crowd(50, 2), tmp_path / "index", rules), rules)
    blocks = list(prober.blocks())
    told = prober.blocking.plain()
    if rules is HOT:
        assert sum(counts["hot_values_dropped"] for counts in told.values()) > 0
    assert found.brings == told
    assert found.pairs == pytest.approx(sum(len(block.left) for block in blocks))
    assert found.of_people == pytest.approx(sum(np.bincount(block.left, minlength=30) for block in blocks))
    assert found.variance == 0


def test_who_is_skipped_is_brought_nothing() -> None:
    skip = np.arange(30) < 10
    whole, some = predicted(30, 50, HOT), predicted(30, 50, HOT, skip)
    assert some.of_people[:10].tolist() == [0] * 10
    assert some.of_people[10:] == pytest.approx(whole.of_people[10:])


def test_hot_values_are_told_by_key_and_number_alone() -> None:
    found = predicted(30, 50, HOT)
    values, most = found.hot["phone"]
    assert values == 3  # there are no more numbers than that
    assert most > HOT.cap
    assert predicted(30, 50, load()).hot["phone"] == (0, 0)


def test_half_of_the_records_stand_for_all_within_their_interval() -> None:
    rules, people = load(), crowd(160, 3)
    asked = Asked(encoded(crowd(60, 4)), rules)
    whole, half = Seen(asked, 1.0), Seen(asked, 0.5)
    whole.add(encoded(people))
    half.add(encoded([people[place] for place in np.random.default_rng(1).permutation(160)[:80]]))
    truth, found = whole.predicted(), half.predicted()
    assert found.variance > 0
    assert abs(found.pairs - truth.pairs) < 4 * np.sqrt(found.variance)
    assert found.brings["phone"]["pairs"] == pytest.approx(truth.brings["phone"]["pairs"], rel=0.3)


def test_nobody_asks_and_nothing_is_there() -> None:
    seen = Seen(Asked(encoded([]), load()), 1.0)
    seen.add(encoded(crowd(5, 1)))
    assert seen.predicted().pairs == 0
    assert Seen(Asked(encoded(crowd(5, 1)), load()), 1.0).predicted().pairs == 0
