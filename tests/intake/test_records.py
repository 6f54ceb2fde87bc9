from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skiptrace.errors import DataRefused
from skiptrace.intake import text_blocks
from skiptrace.intake.reading import describe, read_rows
from skiptrace.project.form import Form
from skiptrace.project.limits import Limits
from tests.intake import strict
from tests.intake.files import written

LOOSE = Limits(bad_rows=1)
BODY = st.lists(st.sampled_from([b"a", b'"b"', b'"c\n"', b'""', b"\n", b"\r\n", b"|", b"x|y\n", b"\xff", b"\0", b"1|2\n"])).map(b"".join)


@settings(max_examples=300)
@given(BODY)
def test_rows_and_bad_rows_are_those_of_the_plain_reader(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    file = written(tmp_path_factory.mktemp("text"), b"h|i" + b"\n" + body)
    form = Form(delimiter="|")
    try:
        wanted, bad = strict.rows(b"\n" + body, "|", '"', 2)
    except strict.Unclosed as unclosed:
        with pytest.raises(DataRefused, match=rf"line {unclosed.args[0]}: has a quotation mark that is never closed"):
            describe(file, form, LOOSE)
        return
    shape = describe(file, form, LOOSE)
    assert shape.rows == len(wanted) + len(bad)
    rows = read_rows(file, slice(0, shape.rows), None, form, LOOSE)
    assert [list(row.values()) for row in rows.table.to_pylist()] == wanted
    assert [tuple(row.values()) for row in rows.bad.to_pylist()] == bad


def test_any_range_is_read_from_the_nearest_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_blocks, "BLOCK", 64)
    lines = [f'{number},"x\ny{number}"' if number % 7 else f"{number}" for number in range(200)]
    file = written(tmp_path, ("id,name\n" + "\n".join(lines)).encode())
    shape = describe(file, limits=LOOSE)
    assert shape.rows == 200
    assert len(shape.marks) > 10
    whole = read_rows(file, slice(0, 200), limits=LOOSE)
    for start, stop in ((0, 3), (50, 120), (199, 200), (7, 8)):
        part = read_rows(file, slice(start, stop), None, shape.form, LOOSE, shape.mark(start))
        chosen = [row for row, number in zip(whole.table.to_pylist(), whole.numbers.to_pylist(), strict=True) if start < number <= stop]
        assert part.table.to_pylist() == chosen
        assert part.bad.to_pylist() == [row for row in whole.bad.to_pylist() if start < row["row"] <= stop]


def test_up_to_one_row_in_a_hundred_may_be_unreadable(tmp_path: Path) -> None:
    good = b"a,b\n" + b"1,2\n" * 99
    shape = describe(written(tmp_path, good + b"1,2,3\n"))
    assert (shape.rows, shape.unreadable) == (100, (("ragged", 1),))
    with pytest.raises(DataRefused, match=r"line 101: .*2 of 101 rows cannot be read \(ragged 2\), and limits\.bad_rows is 0\.01"):
        describe(written(tmp_path, good + b"1,2,3\n" * 2))


def test_more_rows_than_the_limit(tmp_path: Path) -> None:
    with pytest.raises(DataRefused, match=r"more than 2 rows \(limits\.rows\)"):
        describe(written(tmp_path, b"a,b\n" + b"1,2\n" * 3), limits=Limits(rows=2))
