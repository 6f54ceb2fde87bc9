"""The primitives on a disk: what a link refuses, and how an error of the disk is told."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from skiptrace.errors import StoreUnavailable
from skiptrace.store import disk


def test_a_second_name_is_given_once_and_through_no_link(tmp_path: Path) -> None:
    source, victim = tmp_path / "a", tmp_path / "victim"
    source.write_bytes(b"ours")
    victim.write_bytes(b"theirs")
    assert disk.link(source, tmp_path / "b")
    assert not disk.link(source, tmp_path / "b")
    (tmp_path / "planted").symlink_to(victim)
    assert not disk.link(source, tmp_path / "planted")
    assert victim.read_bytes() == b"theirs"


def test_a_temporary_name_is_fresh_and_known_as_one(tmp_path: Path) -> None:
    one, two = disk.temporary_in(tmp_path), disk.temporary_in(tmp_path)
    assert one != two
    assert disk.is_temporary(one)
    assert not disk.is_temporary(tmp_path / "part-00000.parquet")


@pytest.mark.parametrize(
    ("code", "told"), [(errno.ENOSPC, "free some space"), (errno.EDQUOT, "free some space"), (errno.EIO, "Input/output")]
)
def test_an_error_of_the_disk_is_told_with_the_mend(code: int, told: str, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=told), disk.storing(tmp_path):
        raise OSError(code, "a secret path")


def test_that_a_file_is_there_is_no_error_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError), disk.storing(tmp_path):
        raise FileExistsError
