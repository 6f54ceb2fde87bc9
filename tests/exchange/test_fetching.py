from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from skiptrace.errors import DataRefused
from skiptrace.exchange.control import control_bytes
from skiptrace.exchange.fetching import announced, fetch
from skiptrace.exchange.store import PlaceBox

CONTENT = b"CANARY-4411\n" * 100
SHA = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "a.csv").write_bytes(CONTENT)
    (folder / "a.csv.control.json").write_bytes(control_bytes("a.csv", 100, len(CONTENT), SHA))
    return folder


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def test_what_is_announced_is_fetched_and_compared(theirs: Path, scratch: Path) -> None:
    box = PlaceBox(theirs)
    (found,), odd, wrong = announced(box, "*", 10, scratch)
    assert (found.name, found.rows, odd, wrong) == ("a.csv", 100, [], [])
    assert fetch(box, found, scratch, 10_000).read_bytes() == CONTENT


def test_what_changed_since_it_was_announced_is_refused_and_nothing_is_left(theirs: Path, scratch: Path) -> None:
    box = PlaceBox(theirs)
    (found,), _, _ = announced(box, "*", 10, scratch)
    for content in (CONTENT[:-1], CONTENT[:-2] + b"x\n", b""):
        (theirs / "a.csv").write_bytes(content)
        with pytest.raises(DataRefused):
            fetch(box, found, scratch, 10_000)
        assert list(scratch.iterdir()) == []
    (theirs / "a.csv").write_bytes(CONTENT)
    with pytest.raises(DataRefused, match=r"limits\.file_bytes"):
        fetch(box, found, scratch, 100)
    assert list(scratch.iterdir()) == []


def test_a_renamed_pair_and_an_endless_control_file_are_refused(theirs: Path, scratch: Path) -> None:
    (theirs / "a.csv").rename(theirs / "b.csv")
    (theirs / "a.csv.control.json").rename(theirs / "b.csv.control.json")
    (theirs / "c.csv").write_bytes(CONTENT)
    (theirs / "c.csv.sha256").write_bytes(SHA.encode() + b" " * 70_000)
    found, odd, wrong = announced(PlaceBox(theirs), "*", 10, scratch)
    assert (found, odd) == ([], [])
    assert "renamed" in str(wrong[0])
    assert "c.csv.sha256" in str(wrong[1])
    assert list(scratch.iterdir()) == []


def test_a_folder_with_too_many_files_is_refused(theirs: Path, scratch: Path) -> None:
    for number in range(5):
        (theirs / f"{number}.csv").touch()
    with pytest.raises(DataRefused, match="most_files"):
        announced(PlaceBox(theirs), "*", 3, scratch)
