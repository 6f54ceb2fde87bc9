from __future__ import annotations

import numpy as np
import pytest

from skiptrace.waterfall.behaviour import KINDS, Behaviour, Chances
from skiptrace.waterfall.cells import cells
from skiptrace.waterfall.learning import learn
from skiptrace.waterfall.priors import load
from tests.waterfall.tables import answers, asked, asks, facts


def chances(behaviour: Behaviour, **row: object) -> Chances:
    return behaviour.chances(cells(facts(row), behaviour.sources, load()))


def same(one: Behaviour, other: Behaviour) -> bool:
    """Whether two behaviours are equal to the last bit."""
    parts = [(one.score, other.score), (one.score_sd, other.score_sd), (one.answered, other.answered)]
    parts += [(getattr(one, name)[kind], getattr(other, name)[kind]) for name in ("mean", "spread") for kind in KINDS]
    return (one.sources, one.known) == (other.sources, other.known) and all(np.array_equal(mine, theirs) for mine, theirs in parts)


def test_without_a_log_the_priors_stand() -> None:
    found = chances(learn(asks(), load(), ["a"]))
    assert 0.15 < found.hit[0, 0] < 0.5


def test_chances_are_those_of_the_log() -> None:
    found = chances(learn(asks(*answers("a", 3000, 0.6, 0.4, outcomes=0.5), *answers("b", 3000, 0.1, 0.4)), load()))
    assert found.hit[0] == pytest.approx([0.6, 0.1], abs=0.04)
    assert found.lift[0, 0] == pytest.approx(0.4, abs=0.05)


def test_an_answer_that_is_awaited_says_nothing() -> None:
    rows = answers("a", 50, 0.6, 0.4)
    silent = [row | {"hit": None, "p_after": None, "reached": None, "account_id": f"S{row['account_id']}"} for row in rows]
    assert same(learn(asks(*rows, *silent), load()), learn(asks(*rows), load()))


def test_the_order_of_rows_does_not_matter() -> None:
    rows = [*answers("a", 200, 0.6, 0.4, outcomes=0.5), *answers("b", 200, 0.3, 0.2, missing=3)]
    mixed = [rows[at] for at in np.random.default_rng(5).permutation(len(rows))]
    assert same(learn(asks(*mixed), load()), learn(asks(*rows), load()))


def test_outcomes_take_down_a_source_whose_scores_exaggerate() -> None:
    rows = answers("loud", 2000, 0.8, 0.1, outcomes=0.5)
    loud = [row | {"p_after": 0.7} if row["hit"] else row for row in rows]
    believed = [row | {"reached": None} for row in loud]
    assert chances(learn(asks(*loud), load())).lift[0, 0] < 0.2
    assert chances(learn(asks(*believed), load())).lift[0, 0] > 0.4


def test_a_copy_adds_little_after_the_source_it_copies() -> None:
    rows = [*answers("a", 1500, 0.5, 0.5), *answers("copy", 1500, 0.5, 0.5)]
    rows += answers("copy", 600, 0.95, 0.0, seed=1, asked=[asked("a", True)])
    rows += answers("copy", 600, 0.05, 0.5, seed=2, asked=[asked("a", False)])
    behaviour = learn(asks(*rows), load())
    alone, after_hit, after_none = (chances(behaviour, asked=before) for before in ([], [asked("a", True)], [asked("a", False)]))
    assert after_hit.both[0, 1] < 0.25 * alone.both[0, 1]
    assert after_none.both[0, 1] < 0.35 * alone.both[0, 1]
    assert after_hit.hit[0, 1] > alone.hit[0, 1]


def test_a_source_that_was_never_seen_in_a_cell_borrows_from_others_there() -> None:
    rows = []
    for at, name in enumerate("abc"):
        rows += answers(name, 1500, 0.6, 0.4, seed=at)
        rows += answers(name, 1500, 0.1, 0.4, seed=10 + at, missing=1) if name != "c" else []
    behaviour = learn(asks(*rows), load())
    without = chances(behaviour, missing=1).hit[0]
    assert without[2] < 0.35
    assert without[2] > without[0]


def test_the_share_of_known_outcomes_is_measured_once_there_are_enough() -> None:
    assert learn(asks(*answers("a", 20, 1.0, 0.5, outcomes=1.0)), load()).known == load().known
    assert learn(asks(*answers("a", 400, 1.0, 0.5, outcomes=0.5)), load()).known == pytest.approx(0.5, abs=0.1)
