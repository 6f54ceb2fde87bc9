from __future__ import annotations

from pathlib import Path

import pytest

from skiptrace.errors import DataRefused
from skiptrace.intake.detecting import detect, settled
from skiptrace.project.form import Form
from skiptrace.project.limits import Limits
from tests.intake.files import written

TEXT = "id,name\n1,José\n2,Ann\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"), (b"\xef\xbb\xbf" + TEXT.encode(), "utf-8"), (TEXT.encode("cp1252"), "cp1252"),
        (TEXT.encode("utf-16"), "utf-16"), (TEXT.encode("utf-16-le"), "utf-16-le"), (TEXT.encode("utf-16-be"), "utf-16-be"),
    ],
)  # fmt: skip
def test_an_encoding_is_proposed(tmp_path: Path, content: bytes, encoding: str) -> None:
    found = detect(written(tmp_path, content))
    assert (found.encoding, found.delimiter, found.header) == (encoding, ",", True)


@pytest.mark.parametrize(("content", "header"), [(b"id|zip\n1|01002\n", True), (b"1|01002\n2|01003\n", False)])
def test_whether_there_is_a_header_is_proposed(tmp_path: Path, content: bytes, header: bool) -> None:
    found = detect(written(tmp_path, content))
    assert (found.header, found.delimiter) == (header, "|")


def test_what_is_declared_is_kept(tmp_path: Path) -> None:
    form = Form(delimiter=";", encoding="latin-1", header=False)
    assert detect(written(tmp_path, b"a,b;c\n1,2;3\n"), form).model_dump(exclude_defaults=True) == {
        "format": "csv", "delimiter": ";", "encoding": "latin-1", "header": False,
    }  # fmt: skip


def test_a_run_believes_no_encoding_but_utf_8_without_a_word(tmp_path: Path) -> None:
    assert settled(written(tmp_path, TEXT.encode("cp1252")), Form(), Limits()).encoding == "utf-8"


def test_a_name_that_says_nothing_needs_a_format(tmp_path: Path) -> None:
    file = written(tmp_path, b"a,b\n", "tape.out")
    with pytest.raises(DataRefused, match="declare format"):
        settled(file, Form(), Limits())
    assert settled(file, Form(format="csv"), Limits()).delimiter == ","
