from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.errors import DataRefused
from skiptrace.export.formats import csv

OPTIONS = dict(csv.OPTIONS)
CELL = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"), max_size=6),
    st.sampled_from(['"', ",", "\r\n", "a\nb", "|"]),
)


def _back(table: pa.Table, options: dict[str, Any]) -> tuple[bytes, list[list[str]]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        writer = csv.Writer(path, table.column_names, options)
        try:
            writer.add(table)
        finally:
            writer.close()
        assert writer.size == path.stat().st_size
        pieces = list(csv.read(path, options, table.column_names))
        return path.read_bytes(), [list(row.values()) for piece in pieces for row in piece.to_pylist()]


@given(
    st.lists(st.tuples(CELL, CELL), max_size=8),
    st.sampled_from(",;\t|"),
    st.booleans(),
    st.sampled_from(["crlf", "lf"]),
)
def test_every_cell_comes_back(rows: list[tuple[Any, Any]], delimiter: str, header: bool, newline: str) -> None:
    columns = list(zip(*rows, strict=True)) or [(), ()]
    table = pa.table([pa.array(column, pa.string()) for column in columns], names=["a", "b,c"])
    _, found = _back(table, OPTIONS | {"delimiter": delimiter, "header": header, "newline": newline})
    assert found == [[cell or "" for cell in row] for row in rows]


def test_the_bytes_are_those_of_rfc_4180() -> None:
    table = pa.table({"name": ['O"HARA', "plain", None], "note": ["a,b", "two\nlines", "é"]})
    content, _ = _back(table, OPTIONS)
    assert content == 'name,note\r\n"O""HARA","a,b"\r\nplain,"two\nlines"\r\n,é\r\n'.encode()


def test_an_empty_cell_alone_on_its_line_is_quoted() -> None:
    content, found = _back(pa.table({"only": ["", None, "x"]}), OPTIONS | {"newline": "lf"})
    assert content == b'only\n""\n""\nx\n'
    assert found == [[""], [""], ["x"]]


def test_no_rows_leave_the_header() -> None:
    assert _back(pa.table({"a": pa.array([], pa.string()), "b": pa.array([], pa.string())}), OPTIONS)[0] == b"a,b\r\n"


def test_another_encoding_is_written_and_a_stranger_to_it_names_the_column() -> None:
    western = OPTIONS | {"encoding": "windows-1252"}
    assert _back(pa.table({"city": ["Orléans"]}), western)[0] == "city\r\nOrléans\r\n".encode("windows-1252")
    with pytest.raises(DataRefused, match="column city") as caught:
        _back(pa.table({"id": ["1"], "city": ["札幌"]}), western)
    assert "札幌" not in str(caught.value)


def test_a_line_with_another_number_of_cells_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b\r\n1,2\r\n3\r\n")
    with pytest.raises(DataRefused, match="a line has more or fewer cells"):
        list(csv.read(path, OPTIONS, ["a", "b"]))


def test_findings_about_options_name_the_key() -> None:
    assert {key for key, _, _ in csv.check(OPTIONS | {"delimiter": "::", "encoding": "utf-16", "header": "yes"})} == {
        "delimiter", "encoding", "header",
    }  # fmt: skip
    assert list(csv.check(OPTIONS)) == []
