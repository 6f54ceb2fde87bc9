from __future__ import annotations

from pathlib import Path

from jobs.estimate import kept


def test_the_first_estimate_of_a_run_stands(tmp_path: Path) -> None:
    assert kept.keep(tmp_path / "private", "key", {"pairs": 1})
    assert not kept.keep(tmp_path / "private", "key", {"pairs": 2})
    assert kept.told(tmp_path / "private", "key") == {"plan": {"pairs": 1}}


def test_no_estimate_or_a_damaged_one_is_none(tmp_path: Path) -> None:
    assert kept.told(tmp_path, "key") == {}
    kept.keep(tmp_path, "key", {})
    (tmp_path / kept.FOLDER / "key.json").write_text("{")
    assert kept.told(tmp_path, "key") == {}
