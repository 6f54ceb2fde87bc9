from __future__ import annotations

from pathlib import Path

import pytest

from skiptrace.errors import DataRefused
from skiptrace.intake.header import cells, delimiter_of, first_record, read_header
from skiptrace.project.form import Form
from skiptrace.project.limits import Limits
from tests.intake.files import written


def header(folder: Path, content: bytes, **form: object) -> tuple[tuple[str, ...], int]:
    found = read_header(written(folder, content), Form.model_validate({"format": "csv", "delimiter": ",", **form}), Limits())
    return found.names, found.start.offset


def test_the_rows_begin_behind_the_header(tmp_path: Path) -> None:
    assert header(tmp_path, b"a,b\n1,2\n") == (("a", "b"), 3)
    assert header(tmp_path, b'\xef\xbb\xbfa,"b\nc"\r\n1,2\n') == (("a", "b\nc"), 10)
    assert header(tmp_path, b"Tape of June\r\n\r\na,b\n1,2\n", skip_lines=2) == (("a", "b"), 19)


def test_without_a_header_columns_are_counted_or_named(tmp_path: Path) -> None:
    assert header(tmp_path, b"1,2,3\n", header=False) == (("column_1", "column_2", "column_3"), 0)
    assert header(tmp_path, b"1,2\n", names=("a", "b")) == (("a", "b"), 0)


def test_a_declared_header_may_look_like_values(tmp_path: Path) -> None:
    assert header(tmp_path, b"2019,2020\n1,2\n", header=True)[0] == ("2019", "2020")
    with pytest.raises(DataRefused, match="header = false"):
        header(tmp_path, b"2019,2020\n1,2\n")


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"a\0,b\n", "NUL"), (b"a,\xe9\n", "declare the encoding"), (b"a,b,c\n", "limits.columns"), (b"\n\n", "no header")],
)
def test_what_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(DataRefused, match=said):
        read_header(written(tmp_path, content), Form(format="csv", delimiter=","), Limits(columns=2))


def test_parts() -> None:
    assert delimiter_of('a;"b,c,d,e";f', '"') == ";"
    assert delimiter_of('a;"b,c,d,e";f', "") == ","
    assert cells('a,"b,c"', Form(delimiter=",")) == ["a", "b,c"]
    assert cells('a,"b,c"', Form(delimiter=",", quote="")) == ["a", '"b', 'c"']
    assert first_record(b"", Form()) is None
    assert first_record(b"one line", Form(skip_lines=3)) is None
