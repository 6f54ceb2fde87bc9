"""The pictures of the README: there, shown, and small. `make report-pictures` takes them anew."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from tests.report.pictures import HEIGHT, MOST, WIDTHS

HOME = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("width", WIDTHS)
def test_there_is_a_picture_of_each_width_and_it_is_small(width: int) -> None:
    content = (HOME / "docs" / "pictures" / f"report-{width}.png").read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", content[16:24]) == (width, HEIGHT)
    assert len(content) <= MOST


def test_the_readme_shows_one_of_them() -> None:
    assert "(docs/pictures/report-1280.png)" in (HOME / "README.md").read_text(encoding="utf-8")
