from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from skiptrace.linkage import key_shards
from skiptrace.linkage.candidates import Blocking, Prober
from skiptrace.linkage.index import index_of
from skiptrace.linkage.key_shards import (
    MOST_BITS,
    Hot,
    Probes,
    cut,
    joined,
    open_hot,
    open_keys_of,
    pairs_of,
    probes_of,
    write_hot,
    write_keys,
)
from skiptrace.linkage.layer import Layer
from skiptrace.linkage.rules import load
from tests.linkage.people_tables import encoded, make_layer, make_layers
from tests.linkage.test_candidates import crowd

HOT = replace(load(), cap=6, narrow_cap=3)


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory) -> Layer:
    return make_layer(crowd(70, 3), tmp_path_factory.mktemp("layer") / "layer", HOT)


def found(layer: Layer, bits: int, folder: Path, seed: int, *, among: bool) -> tuple[set[tuple[int, int]], dict[str, dict[str, int]]]:
    """The pairs that people bring by shards of the layer's keys, and what each key brought."""
    write_hot(layer, folder)
    probes, blocking = probes_of(encoded(crowd(20, seed)), [open_hot(folder)], HOT, among=among)
    pairs = set()
    for number, some in enumerate(cut(probes[0], bits)):
        place = folder / str(number)
        place.mkdir()
        write_keys(layer, bits, number, place)
        values = pairs_of(some, open_keys_of(place, bits), blocking)
        pairs |= {(int(one) >> 32, int(one) & 0xFFFFFFFF) for one in values}
    return pairs, blocking.plain()


@pytest.mark.parametrize(("bits", "seed", "among"), [(0, 1, False), (1, 2, True), (3, 3, False), (7, 4, True), (MOST_BITS, 5, False)])
def test_shards_bring_what_the_whole_table_brings(layer: Layer, bits: int, seed: int, among: bool, tmp_path: Path) -> None:
    prober = Prober(encoded(crowd(20, seed)), index_of([layer], HOT), HOT, among=among)
    whole = {pair for block in prober.blocks() for pair in zip(block.left.tolist(), block.right.tolist(), strict=True)}
    assert found(layer, bits, tmp_path, seed, among=among) == (whole, prober.blocking.plain())
    assert sum(one["hot_values_dropped"] for one in prober.blocking.plain().values()) > 0


def test_what_is_hot_is_known_without_a_shard(layer: Layer, tmp_path: Path) -> None:
    write_hot(layer, tmp_path)
    hot = open_hot(tmp_path)
    assert len(hot.values) > 0
    assert hot.place(np.asarray(hot.values)).tolist() == list(range(len(hot.values)))
    assert np.array_equal(hot.counts[hot.place(hot.values)], layer.keys.hot_count(np.asarray(hot.values)))
    assert Hot(8, hot.values[:0], hot.counts[:0]).place(np.array([1, 2], np.uint64)).tolist() == [-1, -1]


def test_a_shard_that_is_torn_is_refused(layer: Layer, tmp_path: Path) -> None:
    write_keys(layer, 1, 0, tmp_path)
    assert len(open_keys_of(tmp_path, 1).keys.entries) > 0
    entries = tmp_path / "keys_entries.bin"
    entries.write_bytes(entries.read_bytes()[:-8])
    with pytest.raises(ValueError, match="prefix table"):
        open_keys_of(tmp_path, 1)


def test_a_layer_that_is_not_asked_gets_nothing(tmp_path: Path) -> None:
    index = make_layers({"a": crowd(20, 1), "b": crowd(20, 2)}, tmp_path / "index")
    write_hot(index.layers[1], tmp_path)
    probes, _ = probes_of(encoded(crowd(9, 3)), [None, open_hot(tmp_path)], load())
    assert (len(probes[0]), len(probes[1]) > 0) == (0, True)


def test_the_number_of_people_at_a_time_changes_nothing(layer: Layer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_hot(layer, tmp_path)
    people, hot = encoded(crowd(20, 4)), [open_hot(tmp_path)]

    def asked() -> list[tuple[int, int, int]]:
        (one,), _ = probes_of(people, hot, HOT)
        return sorted(zip(one.keys.tolist(), one.people.tolist(), one.numbers.tolist(), strict=True))

    whole = asked()
    monkeypatch.setattr(key_shards, "LOOKED_UP", 7)
    assert asked() == whole


def test_nothing_asked_is_nothing_found(layer: Layer, tmp_path: Path) -> None:
    write_keys(layer, 0, 0, tmp_path)
    none = joined([])
    assert isinstance(none, Probes)
    assert len(pairs_of(none, open_keys_of(tmp_path, 0), Blocking(HOT))) == 0
