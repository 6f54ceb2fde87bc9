from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs import shards
from jobs.index import open_index
from jobs.shards import Cut, Cuts, cuts_of
from skiptrace.errors import DamagedFile
from skiptrace.linkage import rules
from tests.jobs.projects import Finished
from tests.jobs.shard_tasks import Replay, again, told

LAYERS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 15)), min_size=1, max_size=4)


@given(LAYERS)
def test_every_row_is_in_the_shard_that_its_place_says(layers: list[tuple[int, int]]) -> None:
    cuts = Cuts(tuple(Cut("s", f"k{number}", people, True, 1, rows, 0) for number, (people, rows) in enumerate(layers)))
    assert cuts_of(cuts.plain()) == cuts
    found = cuts.shard_of(np.arange(cuts.starts[-1]))
    wanted = []
    for number, (layer, shard) in enumerate(cuts.places()):
        cut = cuts.each[layer]
        wanted += [number] * (min((shard + 1) * cut.rows, cut.people) - shard * cut.rows)
    assert found.tolist() == wanted


def test_a_layer_that_was_cut_is_not_opened_again(replay: Replay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.index.build", lambda *given: pytest.fail("the layer was asked for"))
    task = replay.of["jobs.shards:build"][0]
    assert again(task) == told(task)


def test_a_shard_that_is_gone_is_told_and_cut_anew(replay: Replay, tmp_path: Path) -> None:
    setup, cut = replay.run.setup, replay.sharded.rounds.cuts.each[0]
    folder = shards.shard_folder(setup, cut, "rows-00001")
    kept = tmp_path / "kept"
    shutil.copytree(folder, kept)
    shutil.rmtree(folder)
    with pytest.raises(DamagedFile, match="rows-00001 is gone"):
        shards.shard_folder(setup, cut, "rows-00001")
    task = replay.of["jobs.shards:build"][0]
    assert again(task)["cut"] == told(task)["cut"]
    assert {file.name: file.read_bytes() for file in folder.iterdir() if file.suffix != ".json"} == {
        file.name: file.read_bytes() for file in kept.iterdir() if file.suffix != ".json"
    }


def test_names_are_as_common_as_in_the_whole_index(replay: Replay, finished: Finished) -> None:
    (task,) = replay.of["jobs.shards:count_names"][:1]
    whole = open_index(finished.setup, rules.load())
    for refs, own in zip(again(task)["bands"], whole.bands, strict=True):
        for name, band in shards.read_bands(refs).items():
            assert np.array_equal(band, own[name])


def test_without_a_number_shards_are_as_large_as_is_allowed(finished: Finished, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    setup = replace(finished.setup, private=tmp_path)
    opened = open_index(finished.setup, rules.load()).layers[0]
    monkeypatch.setattr(shards, "SHARD_BYTES", opened.keys.entries.nbytes // 5)
    cut = shards._cut(setup, opened, "key", 0)
    assert 1 << cut.bits >= 5
    assert cut.rows * 4 * shards.WORDS <= shards.SHARD_BYTES < (cut.rows + 1) * 4 * shards.WORDS
    assert cut.total > opened.keys.entries.nbytes
