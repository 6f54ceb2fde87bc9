from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from skiptrace.export.formats import excel

TABLE = pa.table({"id": ["00123", "+15095550134", "=1+1", "1e5", None], "note": ["", " x ", "_x0041_", "é😀", "https://example.com"]})


def _write(path: Path) -> None:
    writer = excel.Writer(path, TABLE.column_names, excel.OPTIONS)
    writer.add(TABLE.slice(0, 2))
    writer.add(TABLE.slice(2))
    writer.close()


def test_every_cell_is_a_text_and_comes_back(tmp_path: Path) -> None:
    _write(tmp_path / "x.xlsx")
    (piece,) = excel.read(tmp_path / "x.xlsx", excel.OPTIONS, TABLE.column_names)
    assert piece.to_pylist() == [{name: value or "" for name, value in row.items()} for row in TABLE.to_pylist()]


def test_equal_tables_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        _write(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_findings_about_options_name_the_key() -> None:
    assert list(excel.check(excel.OPTIONS)) == []
    wrong = {"sheet": "a/b", "header": False, "spreadsheet_safe": 1}
    assert [key for key, _, _ in excel.check(wrong)] == ["sheet", "header", "spreadsheet_safe"]
