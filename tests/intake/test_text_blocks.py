from __future__ import annotations

from pathlib import Path

import pytest

from skiptrace.errors import DataRefused
from skiptrace.intake import text_blocks
from skiptrace.intake.text_blocks import Mark, blocks, head, tail
from skiptrace.project.form import Form
from skiptrace.project.limits import Limits
from tests.intake.files import written

START = Mark(0, 0, 0)


def test_head_and_tail_are_utf_8(tmp_path: Path) -> None:
    file = written(tmp_path, "é1\né2".encode("cp1252"))
    form = Form(encoding="cp1252")
    assert head(file, form, Limits()) == "é1\né2".encode()
    assert tail(file, form, Limits()) == ("é1\né2".encode(), 7)
    assert tail(written(tmp_path, b"a\nb"), Form(), Limits()) == (b"a\nb", 3)


def test_an_undefined_byte_of_a_declared_encoding_is_told(tmp_path: Path) -> None:
    (block,) = blocks(written(tmp_path, b"a\n\x81\xe9\nb\n"), Form(encoding="cp1252"), Limits(), START)
    assert block.reasons.tolist() == [0, 2, 0]


def test_a_file_of_another_encoding_than_declared(tmp_path: Path) -> None:
    with pytest.raises(DataRefused, match="is not utf-16"):
        list(blocks(written(tmp_path, b"abc"), Form(encoding="utf-16-le"), Limits(), START))


@pytest.mark.parametrize("cell", [b"x" * 50_000, b'"' + b"x" * 50_000 + b'"'])
def test_a_line_far_longer_than_a_block_does_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cell: bytes) -> None:
    monkeypatch.setattr(text_blocks, "BLOCK", 256)
    content = b"a,b\n" * 3 + b"1," + cell + b"\n" + b"c,d\n" * 300
    found = list(blocks(written(tmp_path, content), Form(), Limits(line_bytes=1024), START, 44, 34, 2))
    assert max(len(block.data) for block in found) < 5000
    assert [int(code) for block in found for code in block.reasons] == [0, 0, 0, 3, *[0] * 300]
    assert [int(line) for block in found for line in block.lines] == list(range(1, 305))
    for block in found:
        assert content[block.mark.offset :].lstrip(b"\n").startswith(block.data[int(block.starts[0]) :][:2])
