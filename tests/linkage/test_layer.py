"""A layer on disk: what is opened is what was built, in equal bytes, or it is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from skiptrace.errors import DataRefused
from skiptrace.ids import file_digest
from skiptrace.linkage import layer as module
from skiptrace.linkage.keys import key_values, program_of
from skiptrace.linkage.layer import Layer, build_layer, open_layer, verify
from skiptrace.linkage.rules import load
from skiptrace.linkage.terms import FIELDS, NAMES
from tests.linkage.people_tables import MADE_FROM, Person, address, encoded, make_layer, tables

PEOPLE: list[Person] = [
    {"id": "a", "first": "ANN", "last": "LEE", "dob": "1980-02-03", "ssn": "123456789", "phones": ["+15185550100"],
     "addresses": [address("12", "MAIN ST"), address("9", "OAK AVE")]},
    {"id": "b", "first": "BOB", "last": "LEE", "dob": "1979-01-01", "emails": ["b@example.com"]},
    {"id": "c"},
    {"id": "d", "first": "ANN", "last": "ROE", "addresses": [address("12", "ELM ST")]},
]  # fmt: skip


def digests(folder: Path) -> dict[str, str]:
    return {path.name: file_digest(path) for path in sorted(folder.iterdir())}


def test_what_is_opened_is_what_was_built(tmp_path: Path) -> None:
    made, people = make_layer(PEOPLE, tmp_path / "layer", source="voter"), encoded(PEOPLE)
    assert np.array_equal(made.people.records, people.records)
    for field in FIELDS:
        assert made.people.terms.fields[field].texts.to_pylist() == people.terms.fields[field].texts.to_pylist()
        assert np.array_equal(made.people.terms.fields[field].hashes, people.terms.fields[field].hashes)
        assert np.array_equal(made.people.terms.fields[field].sorted_hashes, people.terms.fields[field].sorted_hashes)
        assert np.array_equal(made.people.terms.fields[field].codes, people.terms.fields[field].codes)
    for name in NAMES:
        assert np.array_equal(made.people.terms.forms[name], people.terms.forms[name])
    assert np.array_equal(made.people.terms.nicknames, people.terms.nicknames)
    assert made.record_id.to_pylist() == ["a", "b", "c", "d"]
    assert made.identity.tolist() == [0, 1, 2, 3]
    assert (made.source, len(made), made.folder) == ("voter", 4, tmp_path / "layer")


def test_names_are_counted(tmp_path: Path) -> None:
    made = make_layer(PEOPLE, tmp_path / "layer")
    counted = {
        name: dict(zip(made.people.terms.fields[name].texts.to_pylist(), made.counts[name].tolist(), strict=True)) for name in NAMES
    }
    assert counted == {"first": {"ANN": 2, "BOB": 1}, "last": {"LEE": 2, "ROE": 1}}


def test_the_manifest_says_how_many_keys_were_made(tmp_path: Path) -> None:
    make_layer(PEOPLE, tmp_path / "layer")
    people = encoded(PEOPLE)
    manifest = json.loads((tmp_path / "layer" / "manifest.json").read_text())
    assert manifest["keys"] == len(key_values(people.records, people.terms.hashes(), program_of(load(), probing=False)).keys)
    assert (manifest["people"], manifest["source"]) == (4, "reference")
    assert (manifest["rules"], manifest["made_from"]) == (load().blocking_hash, MADE_FROM)


def test_records_are_memory_mapped_and_cannot_be_written(tmp_path: Path) -> None:
    made = make_layer(PEOPLE, tmp_path / "layer")
    for array in (made.people.records, made.keys.entries, made.keys.prefix, made.identity, made.people.terms.forms["first"]):
        assert isinstance(array, np.memmap)
        assert not array.flags.writeable


def test_two_builds_are_equal_byte_by_byte(tmp_path: Path) -> None:
    for name in ("one", "two"):
        make_layer(PEOPLE, tmp_path / name)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_a_delivery_in_parts_is_the_same_layer(tmp_path: Path) -> None:
    identities, sightings = tables(PEOPLE, "reference")
    made: list[Layer] = []
    for name, cuts in (("whole", [(0, 4)]), ("parts", [(0, 1), (1, 0), (1, 2), (3, 1)])):
        (tmp_path / name).mkdir()
        build_layer([(identities.slice(*cut), sightings) for cut in cuts], "reference", load(), tmp_path / name, MADE_FROM)
        verify(tmp_path / name)
        made.append(open_layer(tmp_path / name, MADE_FROM, load()))
    assert made[0].record_id.to_pylist() == made[1].record_id.to_pylist()
    same = digests(tmp_path / "whole")
    unequal = {name for name, digest in digests(tmp_path / "parts").items() if same[name] != digest}
    assert unequal <= {"record_id.arrow", "manifest.json", "verified.json"}, "record ids are written part by part, in batches"


def test_files_are_private_and_the_manifest_names_their_content(tmp_path: Path) -> None:
    make_layer(PEOPLE, tmp_path / "layer")
    found = digests(tmp_path / "layer")
    del found["manifest.json"]
    assert json.loads((tmp_path / "layer" / "manifest.json").read_text())["files"] == found
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "layer").iterdir()} == {0o600}


@pytest.mark.parametrize("parts", [[tables([])], []])
def test_an_empty_delivery_is_a_layer_too(parts: list[tuple[object, object]], tmp_path: Path) -> None:
    build_layer(parts, "voter", load(), tmp_path, MADE_FROM)  # type: ignore[arg-type]
    verify(tmp_path)
    made = open_layer(tmp_path, MADE_FROM, load())
    assert (len(made), len(made.record_id), len(made.identity), len(made.keys.entries), made.source) == (0, 0, 0, 0, "voter")


@pytest.mark.parametrize("content", [None, '{"format": 1, "rul', "\xff"])
def test_a_layer_without_a_readable_manifest_is_refused(content: str | None, tmp_path: Path) -> None:
    make_layer(PEOPLE, tmp_path / "layer")
    path = tmp_path / "layer" / "manifest.json"
    path.unlink()
    if content is not None:
        path.write_text(content, encoding="latin-1")
    with pytest.raises(DataRefused, match="manifest") as refused:
        open_layer(tmp_path / "layer", MADE_FROM, load())
    assert refused.value.exit_code == 3


@pytest.mark.parametrize("name", [
    "records.bin", "identity.npy", "keys_entries.bin", "keys_prefix.npy", "refined_hot.npy", "term_last.arrow", "record_id.arrow",
    "forms_first.npy", "counts_last.npy", "nicknames.npy",
])  # fmt: skip
@pytest.mark.parametrize("damage", ["gone", "cut", "emptied"])
def test_a_torn_layer_is_refused(name: str, damage: str, tmp_path: Path) -> None:
    make_layer(PEOPLE, tmp_path / "layer")
    path = tmp_path / "layer" / name
    content = path.read_bytes()
    path.unlink()
    if damage != "gone":
        path.write_bytes(content[: len(content) - 3] if damage == "cut" else b"")
    if (name, damage) == ("keys_entries.bin", "emptied"):
        with pytest.raises(DataRefused, match=r"keys_entries\.bin"):  # nobody may have no keys: only reading it tells
            verify(tmp_path / "layer")
    else:
        with pytest.raises(DataRefused, match="torn"):
            open_layer(tmp_path / "layer", MADE_FROM, load())


def test_records_that_are_too_few_are_refused(tmp_path: Path) -> None:
    make_layer(PEOPLE, tmp_path / "layer")
    path = tmp_path / "layer" / "records.bin"
    path.write_bytes(path.read_bytes()[:-128])
    with pytest.raises(DataRefused, match="torn"):
        open_layer(tmp_path / "layer", MADE_FROM, load())


@pytest.mark.parametrize("name", ["records.bin", "keys_entries.bin", "term_first.arrow", "identity.npy"])
def test_a_flipped_bit_is_found_by_reading_every_file(name: str, tmp_path: Path) -> None:
    make_layer(PEOPLE, tmp_path / "layer")
    verify(tmp_path / "layer")
    path = tmp_path / "layer" / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataRefused, match=name.replace(".", r"\.")) as refused:
        verify(tmp_path / "layer")
    assert refused.value.exit_code == 3
    assert "LEE" not in str(refused.value)


def test_a_missing_file_is_found_by_reading_every_file(tmp_path: Path) -> None:
    make_layer(PEOPLE, tmp_path / "layer")
    (tmp_path / "layer" / "nicknames.npy").unlink()
    with pytest.raises(DataRefused, match=r"nicknames\.npy"):
        verify(tmp_path / "layer")


def test_a_layer_of_something_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_layer(PEOPLE, tmp_path / "layer")
    for made_from, rules in (({"delivery": "4567"}, load()), (MADE_FROM, replace(load(), blocking_hash="other")), ({}, load())):
        with pytest.raises(DataRefused, match="another delivery, other rules or other versions") as caught:
            open_layer(tmp_path / "layer", made_from, rules)
        assert caught.value.exit_code == 3
    monkeypatch.setattr(module, "FORMAT", module.FORMAT + 1)
    with pytest.raises(DataRefused, match="versions"):
        open_layer(tmp_path / "layer", MADE_FROM, load())


def test_a_layer_outlives_a_change_of_the_comparisons(tmp_path: Path) -> None:
    """What is compared is not in it, only what it is found by."""
    make_layer(PEOPLE, tmp_path / "layer")
    assert len(open_layer(tmp_path / "layer", MADE_FROM, replace(load(), hash="other"))) == len(PEOPLE)


def test_a_build_that_stops_early_is_no_layer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "sort_keys", fail)
    with pytest.raises(OSError, match="space"):
        build_layer([tables(PEOPLE)], "voter", load(), tmp_path, MADE_FROM)
    assert not (tmp_path / "manifest.json").exists()
