"""Persons: their records, the records that a likely person still lacks, and the files that keep them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.errors import DataRefused
from skiptrace.linkage.persons import Entities, alone, entities_of, load, missing_records, save

ARRAYS = ("entity", "bond", "members", "offsets")


def persons(entity: list[int], bond: list[float] | None = None) -> Entities:
    return entities_of(np.array(entity, np.int64), np.array(bond or [1.0] * len(entity)))


@st.composite
def lowest(draw: st.DrawFn) -> list[int]:
    """The lowest row of each record's person."""
    entity: list[int] = []
    for row in range(draw(st.integers(1, 12))):
        entity.append(draw(st.sampled_from([row, *entity])))
    return entity


@given(lowest(), st.data())
def test_the_records_of_some_persons_are_all_that_name_them(entity: list[int], data: st.DataObject) -> None:
    asked = data.draw(st.lists(st.sampled_from(entity), max_size=6))
    place, row = persons(entity).of(np.array(asked, np.int64))
    wanted = [(at, row) for at, person in enumerate(asked) for row, own in enumerate(entity) if own == person]
    assert list(zip(place.tolist(), row.tolist(), strict=True)) == wanted


def test_records_alone_are_persons_of_their_own() -> None:
    found = alone(3)
    assert (found.entity.tolist(), found.bond.tolist(), len(found)) == ([0, 1, 2], [1.0, 1.0, 1.0], 3)
    assert [side.tolist() for side in found.of(np.array([2, 0]))] == [[0, 1], [2, 0]]
    assert len(alone(0)) == 0


def test_missing_records_are_those_of_likely_persons_alone() -> None:
    entities = persons([0, 0, 0, 3, 3, 5])
    left, right = np.array([0, 0, 1]), np.array([1, 3, 5])
    account, row = missing_records(left, right, np.array([True, False, True]), entities)
    assert list(zip(account.tolist(), row.tolist(), strict=True)) == [(0, 0), (0, 2)]


@given(lowest(), st.data())
def test_with_missing_records_a_likely_person_is_whole(entity: list[int], data: st.DataObject) -> None:
    pairs = sorted(data.draw(st.sets(st.tuples(st.integers(0, 3), st.integers(0, len(entity) - 1)), max_size=12)))
    left, right = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    likely = np.array([data.draw(st.booleans()) for _ in pairs], bool)
    found = set(zip(*(side.tolist() for side in missing_records(left, right, likely, persons(entity))), strict=True))
    wanted = {
        (account, row)
        for (account, seen), sure in zip(pairs, likely.tolist(), strict=True) if sure
        for row in range(len(entity)) if entity[row] == entity[seen]
    }  # fmt: skip
    assert found == wanted - set(pairs)


@pytest.mark.parametrize("entity", [[0, 0, 2, 0], [0], []])
def test_what_is_loaded_is_what_was_saved(entity: list[int], tmp_path: Path) -> None:
    made = persons(entity, [0.5 + 0.1 * row for row in range(len(entity))])
    files = save(made, tmp_path)
    found = load(files)
    for name in ARRAYS:
        array = getattr(found, name)
        assert np.array_equal(array, getattr(made, name))
        assert isinstance(array, np.memmap)
        assert not array.flags.writeable
        assert (files[name]["rows"], files[name]["bytes"]) == (len(array), Path(files[name]["path"]).stat().st_size)


def test_saving_twice_leaves_the_same_private_files(tmp_path: Path) -> None:
    first = save(persons([0, 0, 2]), tmp_path)
    assert save(persons([0, 0, 2]), tmp_path) == first
    assert sorted(str(path) for path in tmp_path.iterdir()) == sorted(ref["path"] for ref in first.values())
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    assert save(persons([0, 1, 2]), tmp_path)["entity"]["path"] != first["entity"]["path"]


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("damage", ["gone", "cut", "emptied"])
def test_torn_persons_are_refused(name: str, damage: str, tmp_path: Path) -> None:
    files = save(persons([0, 0, 2]), tmp_path)
    path = Path(files[name]["path"])
    content = path.read_bytes()
    path.unlink()
    if damage != "gone":
        path.write_bytes(content[:-2] if damage == "cut" else b"")
    with pytest.raises(DataRefused, match="persons of the reference") as refused:
        load(files)
    assert refused.value.exit_code == 3
