from __future__ import annotations

from pathlib import Path

import pytest

from skiptrace.errors import ConfigError
from skiptrace.normalize import words


def test_tables_and_lists_are_read_in_upper_case() -> None:
    assert words.word_map("directionals", "variant", "standard")["NORTHWEST"] == "NW"
    assert "CA" in words.word_set("emails", "roles") or "ADMIN" in words.word_set("emails", "roles")


@pytest.mark.parametrize("content", [None, "broken = = toml", 'names = "no list"'])
def test_a_missing_or_broken_file_says_which(
    content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "words").mkdir()
    if content is not None:
        (tmp_path / "words" / "broken.toml").write_text(content, encoding="utf-8")
    monkeypatch.setattr(words, "rules_root", lambda: tmp_path)
    with pytest.raises(ConfigError, match=r"words/broken\.toml"):
        words.word_set("broken", "names")
    words.read_lists.cache_clear()


def test_an_empty_table_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "empty.csv").write_text("variant,standard\n", encoding="utf-8")
    monkeypatch.setattr(words, "rules_root", lambda: tmp_path)
    with pytest.raises(ConfigError, match=r"words/empty\.csv"):
        words.read_rows("empty")
    with pytest.raises(ConfigError, match=r"words/absent\.csv"):
        words.read_rows("absent")
