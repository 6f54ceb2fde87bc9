"""The reference index: what is opened is what was built, in equal bytes, or it is refused."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest

from skiptrace.errors import DataRefused
from skiptrace.ids import file_digest
from skiptrace.linkage.index import bands, build, open_index, verify
from skiptrace.linkage.keys import Features, key_values
from skiptrace.linkage.people import People, encode, terms_of
from skiptrace.linkage.rules import load
from tests.linkage.people_tables import MADE_FROM, Person, address, make_index, tables

PEOPLE: list[Person] = [
    {"id": "a", "first": "ANN", "last": "LEE", "dob": "1980-02-03", "ssn": "123456789", "phones": ["+15185550100"],
     "addresses": [address("12", "MAIN ST"), address("9", "OAK AVE")], "source": "voter"},
    {"id": "b", "first": "BOB", "last": "LEE", "dob": "1979-01-01", "emails": ["b@example.com"], "source": "utility"},
    {"id": "c", "source": "voter"},
]  # fmt: skip


def test_what_is_opened_is_what_was_built(tmp_path: Path) -> None:
    index = make_index(PEOPLE, tmp_path / "index")
    both = tables(PEOPLE)
    people, terms = encode(*both, terms_of(*both))
    for field in fields(People):
        assert np.array_equal(getattr(index.people, field.name), getattr(people, field.name)), field.name
    assert {name: values.to_pylist() for name, values in index.terms.values.items()} == {
        name: values.to_pylist() for name, values in terms.values.items()}  # fmt: skip
    assert index.record_id.to_pylist() == ["a", "b", "c"]
    assert index.sources == ("utility", "voter")
    assert [index.sources[code] for code in index.source] == ["voter", "utility", "voter"]
    assert index.identity.tolist() == [0, 1, 2]


def test_keys_are_sorted_and_hold_each_record_once(tmp_path: Path) -> None:
    rules, both = load(), tables(PEOPLE)
    index = make_index(PEOPLE, tmp_path / "index")
    features = Features(*encode(*both, terms_of(*both)))
    made = [key_values(features, key) for key in rules.keys]
    wanted = {(int(value), int(row)) for rows, values in made for row, value in zip(rows, values, strict=True)}
    stored = list(zip(index.keys.tolist(), index.key_rows.tolist(), strict=True))
    assert stored == sorted(wanted)
    assert len(wanted) < sum(len(rows) for rows, _ in made), "two addresses of one ZIP make the same key twice"


def test_arrays_are_memory_mapped_and_cannot_be_written(tmp_path: Path) -> None:
    index = make_index(PEOPLE, tmp_path / "index")
    for array in (index.keys, index.key_rows, index.people.phone, index.identity):
        assert isinstance(array, np.memmap)
        assert not array.flags.writeable


def test_two_builds_are_equal_byte_by_byte(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        make_index(PEOPLE, tmp_path / name)
        made.append({path.name: file_digest(path) for path in sorted((tmp_path / name).iterdir())})
    assert made[0] == made[1]
    assert {"manifest.json", "keys.npy", "people_first.npy", "term_street.parquet", "record_id.parquet"} <= set(made[0])


def test_files_are_private_and_the_manifest_names_their_content(tmp_path: Path) -> None:
    make_index(PEOPLE, tmp_path / "index")
    manifest = json.loads((tmp_path / "index" / "manifest.json").read_text())
    files = {path.name for path in (tmp_path / "index").iterdir()}
    assert files == {*manifest["files"], "manifest.json"}
    assert all(file_digest(tmp_path / "index" / name) == digest for name, digest in manifest["files"].items())
    assert {(tmp_path / "index" / name).stat().st_mode & 0o777 for name in files} == {0o600}


def test_an_empty_reference_is_an_index_too(tmp_path: Path) -> None:
    index = make_index([], tmp_path / "index")
    assert (len(index.people), len(index.keys), index.sources) == (0, 0, ())


def test_an_index_without_its_manifest_is_refused(tmp_path: Path) -> None:
    make_index(PEOPLE, tmp_path / "index")
    (tmp_path / "index" / "manifest.json").unlink()
    with pytest.raises(DataRefused, match="manifest"):
        open_index(tmp_path / "index", MADE_FROM, load())
    (tmp_path / "index" / "manifest.json").write_text('{"format": 1, "rul')
    with pytest.raises(DataRefused, match="manifest"):
        open_index(tmp_path / "index", MADE_FROM, load())


@pytest.mark.parametrize("name", ["keys.npy", "people_dob.npy", "term_last.parquet", "record_id.parquet"])
@pytest.mark.parametrize("damage", ["gone", "cut", "emptied"])
def test_a_torn_index_is_refused(name: str, damage: str, tmp_path: Path) -> None:
    make_index(PEOPLE, tmp_path / "index")
    path = tmp_path / "index" / name
    content = path.read_bytes()
    path.unlink()
    if damage != "gone":
        path.write_bytes(content[: len(content) - 3] if damage == "cut" else b"")
    with pytest.raises(DataRefused, match="torn"):
        open_index(tmp_path / "index", MADE_FROM, load())


def test_a_flipped_bit_is_found_by_reading_every_file(tmp_path: Path) -> None:
    make_index(PEOPLE, tmp_path / "index")
    verify(tmp_path / "index")
    path = tmp_path / "index" / "people_dob.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    open_index(tmp_path / "index", MADE_FROM, load())
    with pytest.raises(DataRefused, match=r"people_dob\.npy") as refused:
        verify(tmp_path / "index")
    assert refused.value.exit_code == 3


def test_a_manifest_that_names_too_few_files_is_refused(tmp_path: Path) -> None:
    make_index(PEOPLE, tmp_path / "index")
    path = tmp_path / "index" / "manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["files"]["people_zip.npy"]
    path.write_text(json.dumps(manifest))
    with pytest.raises(DataRefused, match="torn"):
        open_index(tmp_path / "index", MADE_FROM, load())


def test_an_index_of_something_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_index(PEOPLE, tmp_path / "index")
    for made_from, rules in (({"delivery": "4567"}, load()), (MADE_FROM, replace(load(), hash="other")), ({}, load())):
        with pytest.raises(DataRefused, match="other deliveries, rules or versions") as caught:
            open_index(tmp_path / "index", made_from, rules)
        assert caught.value.exit_code == 3
    monkeypatch.setattr("skiptrace.linkage.index.FORMAT", 2)
    with pytest.raises(DataRefused, match="versions"):
        open_index(tmp_path / "index", MADE_FROM, load())


def test_a_build_that_stops_early_is_no_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "index"
    folder.mkdir()

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("skiptrace.linkage.index.pq.write_table", fail)
    with pytest.raises(OSError, match="space"):
        build(*tables(PEOPLE), load(), folder, MADE_FROM)
    assert not (folder / "manifest.json").exists()


def test_bands_split_at_their_bounds() -> None:
    assert bands(np.array([20, 19, 2, 1]), 10_000, (0.002, 0.0002)).tolist() == [0, 1, 1, 2]
    assert bands(np.zeros(0, np.int64), 0, (0.002, 0.0002)).tolist() == []


def test_names_are_counted_over_the_whole_reference(tmp_path: Path) -> None:
    index = make_index([{"first": "ANN", "last": "LEE"}, {"first": "ANN"}, {"first": "ZOE"}, {}], tmp_path / "index")
    named = dict(zip(index.terms.values["first"].to_pylist(), index.first_count.tolist(), strict=True))
    assert named == {"ANN": 2, "ZOE": 1}
    assert pc.sum(index.last_count.tolist()).as_py() == 1
