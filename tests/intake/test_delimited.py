from __future__ import annotations

import csv
import io
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.errors import DataRefused
from skiptrace.intake.reading import describe, read
from skiptrace.store.inputs import InputFile, expand


def file_of(folder: Path, content: bytes, name: str = "tape.csv") -> InputFile:
    (folder / name).write_bytes(content)
    return expand(name, folder)[0]


def table_of(folder: Path, content: bytes) -> pa.Table:
    file = file_of(folder, content)
    return read(file, slice(0, describe(file).rows))


def test_everything_stays_text_and_empty_is_null(tmp_path: Path) -> None:
    table = table_of(tmp_path, b'id,zip,name\r\n00123,01002,NA\n,1e5,"a, ""b"""\n')
    assert table.schema.types == [pa.string()] * 3
    assert table.to_pylist() == [
        {"id": "00123", "zip": "01002", "name": "NA"},
        {"id": None, "zip": "1e5", "name": 'a, "b"'},
    ]


@pytest.mark.parametrize("mark", [",", ";", "|", "\t"])
def test_the_delimiter_is_found_in_the_header(tmp_path: Path, mark: str) -> None:
    text = f'a{mark}"b, ; |"{mark}c\n1{mark}2{mark}3\n'
    assert table_of(tmp_path, text.encode()).to_pylist() == [{"a": "1", "b, ; |": "2", "c": "3"}]


def test_one_column_a_mark_and_an_accent(tmp_path: Path) -> None:
    assert table_of(tmp_path, "\ufeffnäme\nÉlodie\n".encode()).to_pylist() == [{"näme": "Élodie"}]


def test_a_range_of_rows_and_some_columns(tmp_path: Path) -> None:
    file = file_of(tmp_path, b"a,b\n" + b"".join(b"%d,x\n" % number for number in range(10)))
    assert describe(file).rows == 10
    assert read(file, slice(3, 5), ["a"]).to_pydict() == {"a": ["3", "4"]}


def test_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    shape = describe(file_of(tmp_path, b"a,b\n"))
    assert (shape.rows, shape.columns.names) == (0, ["a", "b"])


@pytest.mark.parametrize(
    ("content", "place", "said"),
    [
        (b"a,b\n1,2\n1,\xff\n", "line 3", "is not in the file's encoding"),
        (b"a,b\n1,2\n1,\xc3", "line 3", "is not in the file's encoding"),
        (b"a,b\n1,2\n1,2,SECRET\n", "line 3", "has another number of cells than there are columns; 1 of 2 rows"),
        (b"a,b\n\n1,2\nSECRET\n", "line 4", "has another number of cells than there are columns; 1 of 2 rows"),
        (b"a,b\n1,2\x00\n", "line 2", "holds a NUL byte"),
        ("a,b\n1,2\n".encode("utf-16-le"), "line 1", "holds a NUL byte"),
        (b'a,b\n1,"SECRET\n2,3\n4,5\n', "line 2", "never closed"),
        (b"a,b\n1,2\n" + b'1,"' + b"SECRET\n" * 2_000_000, "line 3", "never closed"),
        (b"a,,c\n1,2,3\n", "line 1", "column 2 of the header has no name"),
        (b"a,A\n1,2\n", "line 1", "columns 1 and 2 of the header have the same name"),
        (b"ANN SECRET,555-20-1234,5095550100\nBOB SECRET,555-20-1235,5095550101\n", "line 1", "there is no header"),
        (b"SECRET,secret@example.com\n", "line 1", "there is no header"),
        (b"\n1,2\n", "line 1", "has no header"),
    ],
)
def test_what_would_shift_or_swallow_rows_refuses_the_file(
    tmp_path: Path, content: bytes, place: str, said: str
) -> None:
    with pytest.raises(DataRefused) as caught:
        describe(file_of(tmp_path, content))
    (problem,) = caught.value.problems
    assert caught.value.exit_code == 3
    assert (problem.file, problem.place) == ("tape.csv", place)
    assert said in str(problem)
    assert problem.mend
    assert "SECRET" not in str(caught.value)
    assert "555" not in str(caught.value)


@given(st.lists(st.lists(st.text(alphabet='ab,;"\n é0', max_size=5), min_size=2, max_size=2), max_size=6))
def test_what_a_writer_wrote_is_what_is_read(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerows([["first", "second"], *rows])
    table = table_of(tmp_path_factory.mktemp("csv"), buffer.getvalue().encode())
    assert [list(row.values()) for row in table.to_pylist()] == [[cell or None for cell in row] for row in rows]
