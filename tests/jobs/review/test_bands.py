from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from jobs.review.bands import Frame, frame, of_pairs
from skiptrace.linkage import rules
from skiptrace.results import latest

LINKAGE = rules.load()


def made(probability: list[float], pattern: list[int], run_id: str = "run") -> Frame:
    number = range(len(probability))
    ids = {"account_id": [f"{n:04d}" for n in number], "source": ["header"] * len(number), "record_id": [f"R{n}" for n in number]}
    keys = pa.table(ids)
    return of_pairs(run_id, keys, np.array(probability), np.array(pattern), LINKAGE)


def test_every_bar_of_the_rules_begins_a_band_and_what_is_linked_lies_above_one() -> None:
    found = made([0.0, 0.009, 0.01, 0.5, 0.79, 0.8, 0.9995, 1.0], [0] * 8)
    assert {LINKAGE.decision["linked"], LINKAGE.decision["review"], 0.0} <= set(found.edges)
    assert [found.edges[band] for band in found.band] == [0.0, 0.0, 0.01, 0.5, 0.5, 0.8, 0.999, 0.999]
    assert found.accepted[found.band].tolist() == [False] * 5 + [True] * 3
    assert found.sizes.sum() == 8
    assert found.stated[found.band[0]] == pytest.approx(0.0045)


def test_a_pattern_of_a_hundred_pairs_is_drawn_ten_times_as_often_as_a_single_one() -> None:
    found = made([0.6] * 101, [7] * 100 + [8])
    assert found.chance.sum() == pytest.approx(1)
    assert found.chance[:100].sum() / found.chance[100] == pytest.approx(10)


def test_lots_look_like_chance_and_are_the_same_for_a_run_and_others_for_another() -> None:
    one, again, other = (made([0.6] * 4000, [1] * 4000, run_id).lot for run_id in ("a", "a", "b"))
    assert (one == again).all()
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.05
    assert np.histogram(one, 10, (0, 1))[0] == pytest.approx([400] * 10, abs=90)
    assert 0 < one.min() < one.max() < 1


def test_a_run_has_a_row_per_written_pair(tiny_night: Path) -> None:
    run = latest(tiny_night)
    found, links = frame(run), run.table("links", ["match_probability", "status"])
    assert (found.run_id, len(found.keys)) == (run.run_id, run.rows("links"))
    assert (found.accepted[found.band] == np.array([status == "linked" for status in links["status"].to_pylist()])).all()
