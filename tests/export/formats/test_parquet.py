from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from skiptrace.export.formats import parquet


def write(*tables: pa.Table, path: Path) -> None:
    writer = parquet.Writer(path, tables[0].column_names, parquet.OPTIONS)
    for table in tables:
        writer.add(table)
    writer.close()


TABLE = pa.table(
    {
        "id": ["00123", None],
        "balance": pa.array([Decimal("1.50"), None], pa.decimal128(14, 2)),
        "seen": pa.array([datetime.date(2026, 1, 2), None], pa.date32()),
        "p": pa.array([0.1, None], pa.float64()),
        "rank": pa.array([1, None], pa.int32()),
    }
)


def test_cells_keep_their_types_and_another_reader_sees_them(tmp_path: Path) -> None:
    folder = tmp_path / "odd [1] name*"
    folder.mkdir()
    write(TABLE, path=folder / "x.parquet")
    (piece,) = parquet.read(folder / "x.parquet", parquet.OPTIONS, TABLE.column_names)
    assert piece.to_pylist() == TABLE.to_pylist()
    assert piece.schema.equals(TABLE.schema)


def test_equal_tables_give_equal_bytes_however_they_are_cut(tmp_path: Path) -> None:
    write(TABLE, path=tmp_path / "a")
    write(pa.concat_tables([TABLE.slice(0, 1), TABLE.slice(1)]), path=tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_findings_about_options_name_the_key() -> None:
    assert [key for key, _, _ in parquet.check({"compression": "rar"})] == ["compression"]
    assert list(parquet.check(parquet.OPTIONS)) == []
