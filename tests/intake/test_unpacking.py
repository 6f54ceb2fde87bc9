from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from skiptrace.errors import DataRefused
from skiptrace.intake.unpacking import unpacked
from skiptrace.project.limits import Limits
from tests.intake.files import written

SMALL = Limits(expansion=10, expansion_from=2000)


def everything(folder: Path, content: bytes, name: str, limits: Limits = SMALL, skip: int = 0) -> bytes:
    with unpacked(written(folder, content, name), limits) as stream:
        stream.skip(skip)
        return b"".join(iter(lambda: stream.read(1000), b""))


def test_a_file_is_read_packed_or_not(tmp_path: Path) -> None:
    assert everything(tmp_path, b"abc" * 50, "a.csv") == b"abc" * 50
    assert everything(tmp_path, gzip.compress(b"abc" * 50), "a.csv.gz") == b"abc" * 50
    assert everything(tmp_path, gzip.compress(b"abcdef"), "a.csv.gz", skip=4) == b"ef"
    assert everything(tmp_path, b"abcdef", "a.csv", skip=4) == b"ef"


def test_a_bomb_is_stopped_while_it_unpacks(tmp_path: Path) -> None:
    with pytest.raises(DataRefused, match=r"unpacks to more than limits\.expansion allows"):
        everything(tmp_path, gzip.compress(b"a" * 100_000), "a.csv.gz")
    with pytest.raises(DataRefused, match=r"unpacks to more than limits\.unpacked_bytes allows"):
        everything(tmp_path, gzip.compress(b"a" * 1500), "a.csv.gz", Limits(unpacked_bytes=1000))


@pytest.mark.parametrize("damage", [slice(0, -5), slice(0, 8), slice(3, None)])
def test_a_damaged_file_is_refused(tmp_path: Path, damage: slice) -> None:
    with pytest.raises(DataRefused, match="not a whole gzip file"):
        everything(tmp_path, gzip.compress(bytes(range(256)) * 4)[damage], "a.csv.gz")
