from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from skiptrace.errors import DataRefused
from skiptrace.intake import parquet
from skiptrace.intake.reading import describe, read, read_rows
from skiptrace.project.limits import Limits
from skiptrace.store.inputs import expand


def test_folders_become_columns(tmp_path: Path) -> None:
    for state, value in (("WA", 1), ("N%20Y", 2), ("__HIVE_DEFAULT_PARTITION__", 3)):
        (tmp_path / "d" / f"state={state}").mkdir(parents=True)
        pq.write_table(pa.table({"id": [value]}), tmp_path / "d" / f"state={state}" / "part.parquet")
    found = []
    for file in expand("d", tmp_path):
        assert describe(file).columns.names == ["id", "state"]
        found += read(file, slice(0, 1)).to_pylist()
        assert read(file, slice(0, 1), ["state"]).num_rows == 1
    assert sorted((row["id"], row["state"]) for row in found) == [(1, "WA"), (2, "N Y"), (3, None)]


def test_a_column_and_a_folder_of_one_name(tmp_path: Path) -> None:
    (tmp_path / "id=1").mkdir()
    pq.write_table(pa.table({"id": [1]}), tmp_path / "id=1" / "part.parquet")
    with pytest.raises(DataRefused, match='column "id" and lies in a folder'):
        describe(expand(".", tmp_path)[0])


def test_nested_lists_are_kept(tmp_path: Path) -> None:
    table = pa.table({"id": ["1", "2"], "phones": [["5095550100", "5095550101"], []]})
    pq.write_table(table, tmp_path / "a.parquet")
    (file,) = expand("a.parquet", tmp_path)
    assert read(file, slice(0, 2)).equals(table)


@pytest.mark.parametrize("value", [["x", "y" * 200, None], [["x"], ["a", "y" * 200], None]])
def test_a_cell_that_is_too_long_rejects_its_row(tmp_path: Path, value: list[object]) -> None:
    pq.write_table(pa.table({"id": [1, 2, 3], "v": value}), tmp_path / "a.parquet")
    (file,) = expand("a.parquet", tmp_path)
    rows = read_rows(file, slice(0, 3), limits=Limits(cell_bytes=100))
    assert rows.table["id"].to_pylist() == [1, 3]
    assert rows.bad.to_pylist() == [{"row": 2, "line": None, "reason": "cell_too_long"}]
    assert parquet.read(file, Limits(), slice(1, 2), ["id"]).numbers.to_pylist() == [2]
