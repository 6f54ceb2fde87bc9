from __future__ import annotations

from pathlib import Path

import pytest

from jobs.reference.pages import FOLDER, main, pages
from jobs.supply.licences import PAGE


# Making them reads the whole program; the page of licences is made from what is installed, and has a test of its own.
@pytest.mark.parametrize("name", sorted(file.name for file in FOLDER.iterdir() if file.name != PAGE.name))
def test_the_pages_in_the_repository_are_what_the_program_says(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == pages()[name], "make reference"


def test_they_are_written_where_they_belong(tmp_path: Path) -> None:
    assert main(tmp_path / "reference") == 0
    written = {file.name for file in (tmp_path / "reference").iterdir()}
    assert written == set(pages()) == {file.name for file in FOLDER.iterdir()} - {PAGE.name}
