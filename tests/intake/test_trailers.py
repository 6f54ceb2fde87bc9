from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from skiptrace.errors import DataRefused
from skiptrace.intake.reading import describe, read
from skiptrace.project.form import Form
from tests.intake.files import written

PATTERN = r"TRL\|(?P<rows>\d+)\|(?P<Current_Balance>.+)$"
ROWS = "id|Current Balance\n1|$1,000.50\n2|(0.25)\n3|\n"


def test_totals_that_agree(tmp_path: Path) -> None:
    file = written(tmp_path, (ROWS + "TRL|3|1000.25\n").encode())
    shape = describe(file, Form(trailer=PATTERN))
    assert shape.rows == 3
    assert read(file, slice(0, 3), ["id"], Form(trailer=PATTERN)).to_pydict() == {"id": ["1", "2", "3"]}


@pytest.mark.parametrize("packed", [False, True])
def test_both_figures_are_told_where_totals_do_not_agree(tmp_path: Path, packed: bool) -> None:
    content = (ROWS + "TRL|4|1000.26\r\n").encode()
    name = "tape.csv.gz" if packed else "tape.csv"
    with pytest.raises(DataRefused) as caught:
        describe(written(tmp_path, gzip.compress(content) if packed else content, name), Form(trailer=PATTERN))
    assert f"{name}: trailer: rows: the trailer says 4, the file holds 3" in str(caught.value)
    assert "Current_Balance: the trailer says 1,000.26, the file holds 1,000.25" in str(caught.value)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("trailer", [PATTERN, "^END", 4, 5])
def test_a_declared_trailer_that_is_not_there_means_a_file_cut_short(tmp_path: Path, trailer: int | str) -> None:
    content = (ROWS if isinstance(trailer, str) else "id|b\n1|2\n2|3\n").encode()
    with pytest.raises(DataRefused, match="does not end with the trailer"):
        describe(written(tmp_path, content), Form(trailer=trailer))


def test_a_number_of_lines_and_several_lines_of_a_pattern(tmp_path: Path) -> None:
    content = (ROWS + "END one\nEND two\n").encode()
    assert describe(written(tmp_path, content), Form(trailer=2)).rows == 3
    assert describe(written(tmp_path, content), Form(trailer="^END")).rows == 3


@pytest.mark.parametrize(
    ("pattern", "said"),
    [(r"TRL\|(?P<rows>.*)$", 'states a total "rows" that is no number'), (r"TRL\|(?P<Balence>.*)$", "that is no column")],
)
def test_a_pattern_that_cannot_be_right(tmp_path: Path, pattern: str, said: str) -> None:
    with pytest.raises(DataRefused, match=said):
        describe(written(tmp_path, (ROWS + "TRL|x\n").encode()), Form(trailer=pattern))


def test_a_total_of_a_column_that_holds_no_numbers(tmp_path: Path) -> None:
    with pytest.raises(DataRefused, match="holds what is no number") as caught:
        describe(written(tmp_path, b"id|name\n1|SECRET\nTRL|1\n"), Form(trailer=r"TRL\|(?P<name>\d+)$"))
    assert "SECRET" not in str(caught.value)
