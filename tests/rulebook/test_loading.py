"""Loading a rulebook: bad files are refused with file, key and mend, all of them at once."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from skiptrace.errors import ConfigError, Problem
from skiptrace.plugins import rules_root
from skiptrace.rulebook.loading import from_texts, load
from skiptrace.rulebook.model import Rulebook

SHIPPED = dict(load().files)
GOOD = """
id = "DC-TRY"
version = 1
topic = "frequency"
sentence = "Seven calls."
jurisdiction = "US-DC"
channels = ["voice"]
grain = "account"
when = "calls_7_days >= 7"
effect = "stop"
on_missing = "require_step"
step = "call_history"
citation = ["D.C. Code 1"]
effective_from = 2021-11-30
evidence = "V"
certainty = "H"
last_checked = 2026-11-22
cases = [
    { name = "six", facts = { calls_7_days = 6 }, expect = "none" },
    { name = "seven", facts = { calls_7_days = 7 }, expect = "stop" },
    { name = "eight", facts = { calls_7_days = 8 }, expect = "stop" },
    { name = "missing", expect = "require_step" },
]
"""
PATH = "states/dc/dc_try.toml"


def with_files(**changes: str) -> Rulebook:
    return from_texts(
        tuple({**SHIPPED, **{path.replace("__", "/") + ".toml": text for path, text in changes.items()}}.items())
    )


def problems(text: str, path: str = PATH) -> list[Problem]:
    with pytest.raises(ConfigError) as error:
        from_texts(tuple({**SHIPPED, path: text}.items()))
    assert error.value.exit_code == 2
    return list(error.value.problems)


def without(key: str) -> str:
    return re.sub(rf"(?m)^{key} = .*\n", "", GOOD)


def swapped(key: str, value: str) -> str:
    return re.sub(rf"(?m)^{key} = .*$", f"{key} = {value}", GOOD)


def test_a_good_rule_is_loaded_typed() -> None:
    rule = with_files(states__dc__dc_try=GOOD).rule("DC-TRY")
    assert rule is not None
    assert (rule.effect, rule.step, rule.channels, rule.effective_to) == ("stop", "call_history", ("voice",), None)
    assert rule.condition.facts == {"calls_7_days"}


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        (without("citation"), "citation", "missing"),
        (swapped("citation", "[]"), "citation", "empty"),
        (without("last_checked"), "last_checked", "missing"),
        (without("effective_from"), "effective_from", "missing"),
        (swapped("when", '"calls_7_day >= 7"'), "when", "calls_7_days"),
        (swapped("when", '"read_csv(1) = 1"'), "when", "not allowed"),
        (swapped("when", '"p_right_party < 1"'), "when", "grain account"),
        (GOOD + "effectiv_to = 2020-01-01\n", "effectiv_to", "effective_to"),
        (GOOD + "effective_to = 2020-01-01\n", "effective_to", "ends before"),
        (swapped("jurisdiction", '"US-ZZ"'), "jurisdiction", "not known"),
        (swapped("channels", '["voise"]'), "channels", "voice"),
        (swapped("step", '"call_histry"'), "step", "call_history"),
        (without("step"), "step", "missing"),
        (swapped("effect", '"deny"'), "effect", "not known"),
        (swapped("evidence", '"X"'), "evidence", "mark"),
        (swapped("version", '"1"'), "version", "whole number"),
        (swapped("certainty", '"M"') + "review_required = false\n", "review_required", "review"),
        (swapped("id", '"DC-TRIED"'), "id", "file's name"),
        (swapped("effect", '"condition"'), "duty", "missing"),
        (GOOD.replace("calls_7_days = 6", "calls_7_days = true"), "cases[1].facts.calls_7_days", "number"),
        (GOOD.replace("calls_7_days = 6", "calls_30_days = 6"), "cases[1].facts.calls_30_days", "does not use"),
        (GOOD.replace("calls_7_days = 6", "call_7_days = 6"), "cases[1].facts.call_7_days", "calls_7_days"),
        (swapped("jurisdiction", '"US-MA"'), "jurisdiction", "states/ma"),
        (GOOD[: GOOD.index("cases")], "cases", "missing"),
        (re.sub(r".*expect = \"none\".*\n", "", GOOD), "cases", "does not act"),
        (re.sub(r".*expect = \"stop\".*\n", "", GOOD), "cases", "acts"),
        (re.sub(r".*\"missing\".*\n", "", GOOD), "cases", "missing fact"),
        (re.sub(r".*\"eight\".*\n", "", GOOD), "cases", "over the boundary"),
        (GOOD.replace('"seven", facts = { calls_7_days = 7 }, expect = "stop"', '"seven", facts = { calls_7_days = 7 }, expect = "none"'),
         'case "seven"', "the engine finds stop"),
        (swapped("when", "\"len(read_text('/etc/passwd')) > 0\""), "when", "not allowed"),
        (swapped("when", '"(SELECT 1) = 1"'), "when", "query"),
        (swapped("when", '"calls_7_days >= (WITH RECURSIVE x AS (SELECT 1) SELECT 1)"'), "when", "unknown fact"),
        (swapped("step", '"call_history"\nmissing_step = "call_histry"'), "missing_step", "call_history"),
        ("id = ", "", "not TOML"),
    ],
)
def test_a_bad_rule_is_refused_where_it_is_wrong(text: str, place: str, word: str) -> None:
    found = [problem for problem in problems(text) if problem.file == PATH and problem.place == place]
    assert any(word in f"{problem.what} {problem.mend}" for problem in found)


def test_two_rules_with_one_id_are_refused() -> None:
    found = problems(GOOD.replace("DC-TRY", "DC-4IN7"), "states/dc/more/dc_4in7.toml")
    assert any("also the id" in problem.what for problem in found)


def test_all_problems_of_all_files_come_together() -> None:
    with pytest.raises(ConfigError) as error:
        with_files(
            states__dc__dc_try=without("citation"), federal__other="x = 1", steps=SHIPPED["steps.toml"] + "\n[bad]\n"
        )
    files = {problem.file for problem in error.value.problems}
    assert {PATH, "federal/other.toml", "steps.toml"} <= files


@pytest.mark.parametrize(
    ("name", "old", "new", "word"),
    [
        ("coverage.toml", '"dialer"', '"dialler"', "no rule has the topic"),
        ("coverage.toml", "mail = 7", "mail = -1", "days"),
        ("coverage.toml", '"US-MA"', '"US-MM"', "not known"),
        ("outcomes.toml", '"cease_written"', '"cease_writen"', "cease_writ"),
        ("steps.toml", "max_age_days = 7", 'max_age_days = "7"', "whole number"),
        ("steps.toml", "bankruptcy_reported = false", "bankruptcy_reported = 0", "truth"),
        ("places.toml", 'AL = "Alabama"', 'ALA = "Alabama"', "two-letter"),
        ("places.toml", '"America/Boise"', '"America/Napakiak"', "IANA"),
        ("unenforced.toml", "why =", "because =", "unknown key"),
    ],
)
def test_tables_beside_the_rules_are_checked(name: str, old: str, new: str, word: str) -> None:
    text = SHIPPED[name]
    assert old in text
    found = problems(text.replace(old, new, 1), name)
    assert any(word in f"{problem.what} {problem.mend}" for problem in found if problem.file == name)


def test_a_slip_in_when_is_told_once_and_not_buried_in_what_follows_from_it() -> None:
    slips = ('"calls_7_day >= 7"', '"read_csv(1) = 1"', '"range(1000000000000) = 1"', '"(SELECT 1) = 1"', '"calls_7_days IS NULL"')
    for condition in slips:
        assert [problem.place for problem in problems(swapped("when", condition))] == ["when"]


def test_a_missing_table_is_named() -> None:
    with pytest.raises(ConfigError) as error:
        from_texts(tuple((path, text) for path, text in SHIPPED.items() if path != "steps.toml"))
    assert Problem("steps.toml", "", "is missing", "a rulebook needs it") in error.value.problems


def test_the_hash_is_of_content_not_of_layout() -> None:
    same = with_files(federal__regf_cease="# a comment\n" + SHIPPED["federal/regf_cease.toml"])
    other = with_files(
        federal__regf_cease=SHIPPED["federal/regf_cease.toml"].replace("version        = 1", "version = 2")
    )
    assert same.hash == load().hash == from_texts(load().files).hash
    assert other.hash != load().hash


def test_rules_are_in_force_between_their_days(tmp_path: object) -> None:
    book = with_files(states__dc__dc_try=GOOD + "effective_to = 2022-01-31\n")
    in_force = {
        day: "DC-TRY" in {rule.id for rule in book.in_force(day)}
        for day in (dt.date(2021, 11, 29), dt.date(2021, 11, 30), dt.date(2022, 1, 31), dt.date(2022, 2, 1))
    }
    assert list(in_force.values()) == [False, True, True, False]
    assert book.next_change(dt.date(2022, 1, 5)) == dt.date(2022, 2, 1)
    assert book.next_change(dt.date(2099, 1, 1)) is None


def test_the_shipped_folder_is_the_default() -> None:
    assert load(rules_root() / "compliance").hash == load().hash
