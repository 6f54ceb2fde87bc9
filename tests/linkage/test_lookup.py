"""Keys looked up in the table's order find what each finds alone, whether parts of the table are given back or not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from skiptrace.linkage import lookup as module
from skiptrace.linkage.keys import SortedKeys, key_values, program_of
from skiptrace.linkage.lookup import look_up
from skiptrace.linkage.rules import load
from tests.linkage.people_tables import make_index
from tests.linkage.test_candidates import crowd


@pytest.fixture
def table(tmp_path: Path) -> tuple[np.ndarray, SortedKeys]:
    """Keys of people who are in a layer, some twice, and of others; its sorted keys."""
    index = make_index(crowd(300, 3), tmp_path / "index")
    terms, records = index.layers[0].people.terms, index.layers[0].people.records
    keys = key_values(np.asarray(records[:80]), terms.hashes(), program_of(load())).keys
    others = np.random.default_rng(1).integers(0, 1 << 63, 500).astype(np.uint64) * np.uint64(2)
    return np.random.default_rng(2).permutation(np.concatenate([keys, others, keys[:50]])), index.layers[0].keys


def rows_of(keys: np.ndarray, table: SortedKeys) -> list[list[int] | None]:
    found = look_up(keys, table)
    pairs = zip(found.starts.tolist(), found.runs.tolist(), strict=True)
    return [None if run < 0 else found.rows[start : start + run].tolist() for start, run in pairs]


def test_many_keys_find_what_each_finds_alone(table: tuple[np.ndarray, SortedKeys]) -> None:
    keys, held = table
    found = rows_of(keys, held)
    assert found == [rows_of(keys[place : place + 1], held)[0] for place in range(len(keys))]
    assert any(found)
    assert None in found
    assert rows_of(keys[:0], held) == []


def test_a_table_that_is_given_back_is_read_again(table: tuple[np.ndarray, SortedKeys], monkeypatch: pytest.MonkeyPatch) -> None:
    keys, held = table
    wanted, given = rows_of(keys, held), list[tuple[int, int]]()

    class Watched:
        def __init__(self, file: object) -> None:
            self._file = file

        def madvise(self, what: int, begin: int, length: int) -> None:
            given.append((begin, length))
            self._file.madvise(what, begin, length)  # type: ignore[attr-defined]

    monkeypatch.setattr(module, "LARGE", 1)
    held.entries._mmap = Watched(held.entries._mmap)  # type: ignore[attr-defined]
    assert rows_of(keys, held) == wanted
    assert rows_of(keys, held) == wanted
    assert max(begin + length for begin, length in given) == held.entries.nbytes
    assert all(begin % module.mmap.PAGESIZE == 0 and length > 0 for begin, length in given)
