"""Pairs of a layer's records with each other are those that its keys bring, hot values by their refinements."""

from __future__ import annotations

import errno
import os
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
@pytest.mark.parametrize(("at_a_time", "held"), [(1, 0), (50, 0), (1 << 24, 1 << 24)])
def test_pairs_are_those_that_probing_brings(
    cap: int, at_a_time: int, held: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """Those that wait in a file and those in memory alike."""
    monkeypatch.setattr(module, "PAIRS_AT_A_TIME", at_a_time)
    monkeypatch.setattr(module, "HELD", held)
    rules, people = replace(load(), cap=cap, narrow_cap=min(cap, 20)), crowd(60, 3)
    index = make_index(people, tmp_path / "index", rules)
    prober = Prober(index.layers[0].people, index, rules, among=True)
    wanted = [(row, other) for block in prober.blocks() for row, other in zip(block.left.tolist(), block.right.tolist(), strict=True)]
    for folder in (tmp_path, None):
        pieces = pairs_of_layer(index.layers[0], folder)
        pairs = [pair for left, right in pieces for pair in zip(left.tolist(), right.tolist(), strict=True)]
        assert pairs == sorted((row, other) for row, other in wanted if row < other)
    assert pairs
    assert [one.name for one in tmp_path.iterdir()] == ["index"]


def test_a_disk_without_room_for_the_pairs_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: int, offset: int, size: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(module, "HELD", 0)
    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(OSError, match="no space left"):
        list(pairs_of_layer(make_index(crowd(60, 3), tmp_path / "index").layers[0], tmp_path))


def test_nobody_and_one_alone_bring_nothing(tmp_path: Path) -> None:
    for number, people in enumerate(([], crowd(1, 3))):
        pieces = list(pairs_of_layer(make_index(people, tmp_path / str(number)).layers[0]))
        assert sum(len(left) for left, _ in pieces) == 0
