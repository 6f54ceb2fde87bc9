"""Joined pairs come back as they were added, from memory and from a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from skiptrace.linkage import joins as module
from skiptrace.linkage.joins import Joins


@pytest.mark.parametrize(("block", "held"), [(1, 0), (3, 4), (3, 1 << 20), (1 << 20, 0)])
@pytest.mark.parametrize("on_disk", [True, False])
def test_what_was_added_is_read_again_and_again(
    block: int, held: int, on_disk: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(module, "BLOCK", block)
    monkeypatch.setattr(module, "HELD", held)
    joins, wanted = Joins(tmp_path if on_disk else None), []
    for size in (2, 0, 5, 1, 4):
        left = np.arange(size) + len(wanted)
        joins.add(left, left + 1, left / 4)
        wanted += [(row, row + 1, row / 4) for row in left.tolist()]
    for _ in range(2):
        assert [pair for one in joins.blocks() for pair in zip(*(column.tolist() for column in one), strict=True)] == wanted
    assert {column.dtype.name for one in joins.blocks() for column in one} == {"int32", "float64"}
    assert any(tmp_path.iterdir()) == (on_disk and held < len(wanted))


def test_no_pairs_are_no_blocks(tmp_path: Path) -> None:
    assert not list(Joins(tmp_path).blocks())
    assert not list(tmp_path.iterdir())
