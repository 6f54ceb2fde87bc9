from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from skiptrace.linkage.candidates import Prober
from skiptrace.linkage.row_shards import open_shard, write_rows
from skiptrace.linkage.rules import load
from tests.linkage.people_tables import encoded, make_index
from tests.linkage.test_candidates import crowd


@pytest.mark.parametrize(("first", "last"), [(0, 40), (0, 1), (13, 29), (39, 40), (20, 20)])
def test_a_range_of_rows_is_compared_as_the_whole_layer(first: int, last: int, tmp_path: Path) -> None:
    index, people = make_index(crowd(40, 1), tmp_path / "index"), encoded(crowd(15, 2))
    (layer,), rules = index.layers, load()
    write_rows(layer, first, last, tmp_path)
    shard = open_shard(tmp_path, first, "reference", layer.unique_ids)
    assert len(shard) == last - first
    assert shard.layer.record_id.equals(layer.record_id.slice(first, last - first))
    assert np.array_equal(shard.layer.identity, layer.identity[first:last])
    left, right = (side.reshape(-1) for side in np.meshgrid(np.arange(15), np.arange(first, last)))
    whole = Prober(people, index, rules).patterns(left, right)
    assert np.array_equal(Prober(people, shard.index(index.bands[0]), rules).patterns(left, right - first), whole)


def test_records_of_a_shard_look_up_what_they_looked_up_in_the_layer(tmp_path: Path) -> None:
    index = make_index(crowd(40, 1), tmp_path / "index")
    (layer,) = index.layers
    write_rows(layer, 10, 30, tmp_path)
    own = open_shard(tmp_path, 10, "reference", True).layer.people
    pairs = []
    for people, base in ((layer.people, 0), (own, 10)):
        prober = Prober(people, index, load(), among=True)
        pairs.append({(row + base, other) for b in prober.blocks() for row, other in zip(b.left.tolist(), b.right.tolist(), strict=True)})
    assert pairs[1] == {(row, other) for row, other in pairs[0] if 10 <= row < 30}


def test_files_of_other_people_are_refused(tmp_path: Path) -> None:
    index = make_index(crowd(9, 1), tmp_path / "index")
    write_rows(index.layers[0], 0, 9, tmp_path)
    records = tmp_path / "records.bin"
    records.write_bytes(records.read_bytes()[: -4 * 32])
    with pytest.raises(ValueError, match="other people"):
        open_shard(tmp_path, 0, "reference", True)
