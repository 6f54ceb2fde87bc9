"""The linkage rules: what is shipped loads, and every fault of a file is told at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from skiptrace.errors import ConfigError
from skiptrace.kernels.record_keys import MOST_PARTS, PART_NAMES
from skiptrace.kernels.record_levels import CLAIMS
from skiptrace.linkage.rules import MISSING, load
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
    assert single == {"ssn", "phone", "email", "email_user"}, "a birth date or last four alone brings strangers together"
    assert {part for key in rules.keys for part in (*key.parts, *key.refine)} <= set(PART_NAMES)
    assert all(len(key.parts) + bool(key.refine) <= MOST_PARTS for key in rules.keys)
    assert rules.names == tuple(CLAIMS)
    assert all({level.name for level in one.levels} == set(CLAIMS[one.name]) for one in rules.comparisons)
    assert all(comparison.levels[0].name == "different" for comparison in rules.comparisons)
    assert all(len(comparison.levels) < 15 for comparison in rules.comparisons), "a pattern code has 16 places"
    assert len(rules.comparisons) < 16
    assert [(one.name, level.name) for one in rules.comparisons for level in one.levels if level.weightless] == [("last_name", "swapped")]
    told = {name: [rules.comparison(name).levels[level].name for level in levels] for name, levels in rules.namesake.items() if levels}
    assert told == {"ssn": ["last4", "same"], "dob": ["same"], "phone": ["same"], "email": ["same"]}
    assert 0 < rules.namesake_share < 0.1
    assert rules.decision["floor"] < rules.decision["review"] < rules.decision["linked"] < 1
    assert list(rules.frequency) == sorted(set(rules.frequency), reverse=True)
    assert sum(level.name.startswith("same_") for level in rules.comparison("first_name").levels) == len(rules.frequency) + 1
    assert list(rules.joined) == sorted(set(rules.joined))
    assert 0.5 < rules.joined[0] <= rules.joined[-1] < 1
    assert rules.cap >= rules.narrow_cap > 0
    assert any(key.narrow for key in rules.keys)
    assert rules.most_records > 1


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
    edit(folder, "blocking.toml", "cap = 200", "cap = 199")
    load.cache_clear()
    assert load(folder).hash != load().hash
    assert load(folder).blocking_hash != load().blocking_hash


def test_the_keys_have_a_hash_of_their_own(folder: Path) -> None:
    edit(folder, "comparisons.toml", "most_records = 40", "most_records = 41")
    assert load(folder).blocking_hash == load().blocking_hash
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
                    ("comparisons.toml", "comparison middle_name"), ("comparisons.toml", "comparison")}  # fmt: skip
    assert caught.value.exit_code == 2
    assert "unknown part 'e_mail'" in str(caught.value)


def test_a_part_to_refine_by_must_be_known_and_leave_room(folder: Path) -> None:
    edit(folder, "blocking.toml", 'parts = ["phone"]', 'parts = ["phone"]\nrefine = ["shoe_size"]')
    edit(folder, "blocking.toml", 'parts = ["email"]', 'parts = ["email", "first", "last", "dob", "zip"]\nrefine = ["state"]')
    with pytest.raises(ConfigError) as caught:
        load(folder)
    assert [(problem.place, problem.what) for problem in caught.value.problems] == [
        ("key phone", "unknown part 'shoe_size'"), ("key email", "has too many parts")]  # fmt: skip


def test_what_namesakes_share_by_chance_must_be_levels(folder: Path) -> None:
    edit(folder, "comparisons.toml", 'dob = ["same"]', 'dob = ["equal"]')
    with pytest.raises(ConfigError, match="dob has no level 'equal'"):
        load(folder)


def test_levels_may_stand_in_another_order_but_must_be_those_that_are_compared(folder: Path) -> None:
    text = (folder / "comparisons.toml").read_text()
    said = ("agree when day and month are swapped", "dates differ by one digit or two swapped digits")
    swapped, slip = (next(line for line in text.splitlines() if one in line) for one in said)
    (folder / "comparisons.toml").write_text(text.replace(swapped, "\0").replace(slip, swapped).replace("\0", slip))
    dob = load(folder).comparison("dob")
    assert dob.level("slip") == dob.level("swapped") + 1 == load().comparison("dob").level("swapped")
    edit(folder, "comparisons.toml", '{ name = "street"', '{ name = "road"')
    load.cache_clear()
    with pytest.raises(ConfigError, match="address"):
        load(folder)


def test_comparisons_come_in_the_order_in_which_they_are_made(folder: Path) -> None:
    text = (folder / "comparisons.toml").read_text()
    swapped = text.replace('name = "ssn"', 'name = "\0"').replace('name = "dob"', 'name = "ssn"').replace('name = "\0"', 'name = "dob"')
    (folder / "comparisons.toml").write_text(swapped)
    with pytest.raises(ConfigError, match="not the comparisons that are made"):
        load(folder)
