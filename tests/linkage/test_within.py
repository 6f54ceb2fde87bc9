"""Pairs of a layer's records with each other are those that its keys bring, hot values by their refinements."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from skiptrace.linkage import within as module
from skiptrace.linkage.candidates import Prober
from skiptrace.linkage.rules import load
from skiptrace.linkage.within import pairs_of_layer
from tests.linkage.people_tables import make_index
from tests.linkage.test_candidates import crowd


@pytest.mark.parametrize("cap", [500, 6, 2])
@pytest.mark.parametrize("at_a_time", [1, 50, 1 << 24])
def test_pairs_are_those_that_probing_brings(cap: int, at_a_time: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAIRS_AT_A_TIME", at_a_time)
    rules, people = replace(load(), cap=cap, narrow_cap=min(cap, 20)), crowd(60, 3)
    index = make_index(people, tmp_path / "index", rules)
    prober = Prober(index.layers[0].people, index, rules, among=True)
    wanted = [(row, other) for block in prober.blocks() for row, other in zip(block.left.tolist(), block.right.tolist(), strict=True)]
    pairs = [pair for left, right in pairs_of_layer(index.layers[0]) for pair in zip(left.tolist(), right.tolist(), strict=True)]
    assert pairs == sorted((row, other) for row, other in wanted if row < other)
    assert pairs


def test_nobody_and_one_alone_bring_nothing(tmp_path: Path) -> None:
    for number, people in enumerate(([], crowd(1, 3))):
        pieces = list(pairs_of_layer(make_index(people, tmp_path / str(number)).layers[0]))
        assert sum(len(left) for left, _ in pieces) == 0
