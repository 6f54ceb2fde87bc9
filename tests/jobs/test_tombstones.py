from __future__ import annotations

from pathlib import Path

import pytest

from jobs import tombstones
from skiptrace.errors import DataRefused
from skiptrace.intake import tombstones as marks
from tests.intake.test_tombstones import ADA, KEY, rows
from tests.jobs.projects import files_below


def stone(account: str) -> dict[str, object]:
    return marks.content(KEY, [account], [rows(ADA, source="portfolio")], [], [])


def test_a_tombstone_is_put_once_and_stays_as_it_was(tmp_path: Path) -> None:
    name = tombstones.put(tmp_path, {**stone("A1"), "by": "one"})
    before = files_below(tmp_path)
    assert tombstones.put(tmp_path, {**stone("A1"), "by": "another"}) == name
    assert files_below(tmp_path) == before
    other = tombstones.put(tmp_path, stone("A2"))
    assert set(tombstones.names(tmp_path)) == {name, other}
    assert len(tombstones.load(tmp_path).accounts) == 2
    assert len(tombstones.load(tmp_path, [name]).accounts) == 1


def test_a_project_without_any_has_none(tmp_path: Path) -> None:
    assert tombstones.names(tmp_path) == ()
    assert not tombstones.load(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 99}'])
def test_a_damaged_one_is_never_passed_over(tmp_path: Path, content: str) -> None:
    name = tombstones.put(tmp_path, stone("A1"))
    (tmp_path / tombstones.FOLDER / name).write_text(content)
    with pytest.raises(DataRefused, match="would come back"):
        tombstones.load(tmp_path)
