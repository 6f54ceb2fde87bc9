from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from skiptrace.errors import DataRefused
from skiptrace.export.files import Files
from skiptrace.export.formats import formats
from skiptrace.export.model import Profile
from tests.export.profiles import column, profile_of, text_of


def _profile(folder: Path, limits: str) -> Profile:
    return profile_of(folder, text_of(column("a", "account_id"), column("b", "phone"), tables=f"[limits]\n{limits}\n"))


def _written(folder: Path, profile: Profile, *tables: pa.Table) -> list[tuple[str, int, int]]:
    out = folder / "out"
    out.mkdir(mode=0o700, exist_ok=True)
    with Files(profile, formats()[profile.format], out, "x") as files:
        for table in tables:
            files.add(table)
        files.prove()
        found = files.publish()
    assert sorted(path.name for path in out.iterdir()) == sorted(one.file for one in found)
    assert all((out / one.file).stat().st_size == one.bytes for one in found)
    return [(one.file, one.rows, one.bytes) for one in found]


def _table(rows: int) -> pa.Table:
    return pa.table({"a": [f"{number:05d}" for number in range(rows)], "b": ["+15095550134"] * rows})


def test_rows_are_cut_at_the_limit_and_never_lost(tmp_path: Path) -> None:
    profile = _profile(tmp_path, "rows_per_file = 3")
    assert [(name, rows) for name, rows, _ in _written(tmp_path, profile, _table(2), _table(5))] == [
        ("x-001.csv", 3), ("x-002.csv", 3), ("x-003.csv", 1)]  # fmt: skip
    assert [name for name, _, _ in _written(tmp_path, profile, _table(3))] == ["x.csv"]
    assert [rows for _, rows, _ in _written(tmp_path, profile, _table(6))] == [3, 3]


def test_no_file_is_larger_than_the_limit_of_bytes(tmp_path: Path) -> None:
    found = _written(tmp_path, _profile(tmp_path, "bytes_per_file = 300"), _table(40))
    assert sum(rows for _, rows, _ in found) == 40
    assert len(found) > 3
    assert all(size <= 300 for _, _, size in found)
    with pytest.raises(DataRefused, match="one row is longer"):
        _written(tmp_path, _profile(tmp_path, "bytes_per_file = 20"), _table(1))


def test_nothing_is_left_behind_when_files_are_not_published(tmp_path: Path) -> None:
    profile, out = _profile(tmp_path, "columns = 9"), tmp_path / "out"
    out.mkdir(mode=0o700)
    with Files(profile, formats()["csv"], out, "x") as files:
        files.add(_table(3))
    assert list(out.iterdir()) == []


def test_no_rows_are_a_file_with_its_header(tmp_path: Path) -> None:
    assert [(name, rows) for name, rows, _ in _written(tmp_path, _profile(tmp_path, "columns = 9"))] == [("x.csv", 0)]
    assert (tmp_path / "out" / "x.csv").read_bytes() == b"a,b\r\n"
