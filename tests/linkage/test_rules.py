"""The linkage rules: what is shipped loads, and every fault of a file is told at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from skiptrace.errors import ConfigError
from skiptrace.linkage.rules import MISSING, PARTS, load
from skiptrace.plugins import rules_root


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped rules, to be edited."""
    return Path(shutil.copytree(rules_root() / "linkage", tmp_path / "linkage"))


def edit(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))


def test_the_shipped_rules_hold_what_the_room_builds_on() -> None:
    rules = load()
    single = {key.parts[0] for key in rules.keys if len(key.parts) == 1}
    assert single == {"ssn", "phone", "email"}, "a birth date or last four alone brings strangers together"
    assert {part for key in rules.keys for part in key.parts} <= set(PARTS)
    assert all(comparison.levels[0].name == "different" for comparison in rules.comparisons)
    assert all(len(comparison.levels) < 15 for comparison in rules.comparisons), "a pattern code has 16 places"
    assert len(rules.comparisons) < 16
    assert rules.decision["floor"] < rules.decision["review"] < rules.decision["linked"] < 1
    assert rules.frequency[0] > rules.frequency[1] > 0


def test_levels_and_sentences_are_found_by_name_and_number() -> None:
    dob = load().comparison("dob")
    assert [dob.level(level.name) for level in dob.levels] == list(range(len(dob.levels)))
    assert dob.sentence(dob.level("same")) == "The birth dates agree."
    assert dob.sentence(MISSING) == "One side has no birth date."


def test_the_hash_follows_the_content_not_the_layout(folder: Path) -> None:
    assert load(folder).hash == load().hash
    other = Path(shutil.copytree(folder, folder.parent / "commented"))
    (other / "blocking.toml").write_text("# a remark\n" + (other / "blocking.toml").read_text())
    assert load(other).hash == load().hash
    edit(folder, "blocking.toml", "cap = 500", "cap = 499")
    load.cache_clear()
    assert load(folder).hash != load().hash


def test_every_fault_of_both_files_is_told_at_once(folder: Path) -> None:
    edit(folder, "blocking.toml", 'parts = ["email"]', 'parts = ["e_mail"]')
    edit(folder, "blocking.toml", 'name  = "phone"', 'name  = "ssn"')
    edit(folder, "comparisons.toml", 'name = "suffix"', 'name = "phone"')
    edit(folder, "comparisons.toml", '{ name = "different", sentence = "The middle', '{ name = "far", sentence = "The middle')
    with pytest.raises(ConfigError) as caught:
        load(folder)
    told = {(problem.file, problem.place) for problem in caught.value.problems}
    assert told == {("blocking.toml", "key email"), ("blocking.toml", "key ssn"), ("comparisons.toml", "comparison phone"),
                    ("comparisons.toml", "comparison middle_name"), ("comparisons.toml", "resolution.doubted_by")}  # fmt: skip
    assert caught.value.exit_code == 2
    assert "unknown part 'e_mail'" in str(caught.value)
