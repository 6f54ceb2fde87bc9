from __future__ import annotations

from pathlib import Path

import pytest

from skiptrace.errors import DataRefused
from skiptrace.intake.reading import describe, read, read_rows
from skiptrace.project.form import Form
from skiptrace.project.limits import Limits
from tests.intake.files import workbook, written

ROWS = [["id", "zip", "balance"], ["007", "01002", 12.5], ["008", "98101", 3.0]]


def test_a_sheet_is_read_as_text(tmp_path: Path) -> None:
    file = written(tmp_path, workbook(ROWS), "tape.xlsx")
    assert describe(file).columns.names == ["id", "zip", "balance"]
    assert read(file, slice(0, 2)).to_pylist() == [
        {"id": "007", "zip": "01002", "balance": "12.5"},
        {"id": "008", "zip": "98101", "balance": "3"},
    ]
    assert read(file, slice(1, 2), ["zip"]).to_pydict() == {"zip": ["98101"]}


def test_titles_empty_rows_and_a_trailer_are_no_rows(tmp_path: Path) -> None:
    file = written(tmp_path, workbook([["Tape of June"], *ROWS, ["", "", ""], ["TOTAL", "", 15.5]]), "tape.xlsx")
    form = Form(skip_lines=1, trailer=r"TOTAL\t\t(?P<balance>[\d.]+)")
    assert describe(file, form).rows == 2
    assert describe(file, Form(skip_lines=1, trailer=1)).rows == 2
    with pytest.raises(DataRefused, match=r"the trailer says 15\.5, the file holds 12\.5"):
        describe(written(tmp_path, workbook([*ROWS[:2], ["TOTAL", "", 15.5]]), "tape.xlsx"), Form(trailer=form.trailer))


def test_without_a_header(tmp_path: Path) -> None:
    file = written(tmp_path, workbook(ROWS[1:]), "tape.xlsx")
    with pytest.raises(DataRefused, match="header = false"):
        describe(file)
    assert describe(file, Form(header=False)).columns.names == ["column_1", "column_2", "column_3"]


def test_several_sheets_need_a_name(tmp_path: Path) -> None:
    file = written(tmp_path, workbook(ROWS, ROWS[:2]), "tape.xlsx")
    with pytest.raises(DataRefused, match=r'has 2 visible sheets.*sheet = "Sheet1"'):
        describe(file)
    assert describe(file, Form(sheet="Sheet2")).rows == 1
    with pytest.raises(DataRefused, match=r"no sheet of that name.*Sheet1, Sheet2"):
        describe(file, Form(sheet="Sheet3"))


def test_merged_cells_reject_their_rows(tmp_path: Path) -> None:
    rows = [["id", "name"], ["1", "ANN"], ["2", ""], ["3", "CAL"]]
    file = written(tmp_path, workbook(rows, merged="B2:B3"), "tape.xlsx")
    with pytest.raises(DataRefused, match=r"line 2: is part of a merged cell; 2 of 3 rows.*\(merged_cells 2\)"):
        describe(file)
    found = read_rows(file, slice(0, 3), limits=Limits(bad_rows=1))
    assert found.table.to_pylist() == [{"id": "3", "name": "CAL"}]
    assert found.bad.to_pylist() == [{"row": n, "line": n + 1, "reason": "merged_cells"} for n in (1, 2)]
    with pytest.raises(DataRefused, match="merged cells in its header"):
        describe(written(tmp_path, workbook(rows, merged="A1:B1"), "tape.xlsx"))


@pytest.mark.parametrize("content", [b"PK", workbook(ROWS)[:300], b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)])
def test_a_damaged_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DataRefused, match="not a whole Excel workbook"):
        describe(written(tmp_path, content, "tape.xlsx"))
