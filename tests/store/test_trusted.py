from __future__ import annotations

import os
from pathlib import Path

import pytest

from skiptrace.ids import file_digest
from skiptrace.store import trusted
from skiptrace.store.trusted import is_what_was_written, just_written


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that were hashed."""
    found: list[str] = []

    def noted(path: Path) -> str:
        found.append(path.name)
        return file_digest(path)

    monkeypatch.setattr(trusted, "file_digest", noted)
    return found


def test_a_file_is_hashed_once_and_again_when_it_was_changed(tmp_path: Path, hashed: list[str]) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"content")
    good = file_digest(file)
    assert [is_what_was_written(file, good, 7) for _ in range(3)] == [True] * 3
    assert hashed == ["a"]
    assert is_what_was_written(file, good, 7, anew=True)
    assert hashed == ["a", "a"]
    file.write_bytes(b"c0ntent")
    assert not is_what_was_written(file, good, 7)
    assert not is_what_was_written(file, good, 8)
    file.write_bytes(b"content")
    assert is_what_was_written(file, good, 7)


def test_a_change_whose_time_was_set_back_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"content")
    good, state = file_digest(file), file.stat()
    assert is_what_was_written(file, good, 7)
    file.write_bytes(b"c0ntent")
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert not is_what_was_written(file, good, 7)


def test_another_file_of_the_same_name_is_hashed(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"content")
    good = file_digest(file)
    assert is_what_was_written(file, good, 7)
    (tmp_path / "b").write_bytes(b"c0ntent")
    (tmp_path / "b").rename(file)
    assert not is_what_was_written(file, good, 7)


def test_what_was_just_written_is_not_read_again(tmp_path: Path, hashed: list[str]) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"content")
    just_written(file, file_digest(file))
    assert is_what_was_written(file, file_digest(file), 7)
    assert hashed == []


def test_a_file_that_is_gone_is_the_callers_to_tell(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        is_what_was_written(tmp_path / "a", "0", 1)
