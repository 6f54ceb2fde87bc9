from __future__ import annotations

from dataclasses import replace

import pytest

from jobs.explain.keys import key_words, met_by
from jobs.explain.words import PARTS
from skiptrace.linkage import rules
from skiptrace.linkage.rules import Key

RULES = rules.load()


def told(*keys: Key) -> list[str]:
    return list(met_by(replace(RULES, keys=keys)))


def test_a_field_that_is_enough_by_itself_comes_first() -> None:
    found = told(Key("phone", ("phone",)), Key("dob_last", ("dob", "last_sound")), Key("email", ("email",)))
    assert found[0] == "A record is compared when it shares the phone or the e-mail address with the account."
    assert found[1] == "Or the birth date, with: last name."


def test_a_combination_that_another_makes_superfluous_is_not_told() -> None:
    narrow, wide = Key("a", ("last_part", "zip", "first_initial")), Key("b", ("last_sound", "zip"))
    assert told(narrow, wide)[0] == told(wide, narrow)[0] == "Or part of an address: ZIP code and last name."


def test_the_part_that_a_key_hangs_on_is_not_said_twice() -> None:
    assert told(Key("a", ("dob", "ssn4")))[0] == "Or the last four digits of the SSN, with: birth date."
    assert told(Key("a", ("dob_md", "first_initial", "last")))[0] == (
        "Or part of the birth date: birth month and day, first initial and last name."
    )


def test_what_happens_to_values_that_too_many_share_is_said_in_numbers() -> None:
    assert told(Key("a", ("dob", "zip")))[-1] == f"A value that more than {RULES.cap} records share is left out."
    finer = told(Key("a", ("last", "zip"), refine=("house", "birth_year"), narrow=True))[-1]
    assert f"({RULES.narrow_cap} for the vaguest combinations)" in finer
    assert finer.endswith("unless one more field agrees: house number or birth year.")


def test_the_rules_in_force_make_short_sentences() -> None:
    found = met_by(RULES)
    assert 4 <= len(found) <= 8
    assert max(map(len, found)) < 320
    assert all(sentence.endswith(".") for sentence in found)


@pytest.mark.parametrize("key", RULES.keys, ids=lambda key: key.name)
def test_every_key_has_words(key: Key) -> None:
    words = key_words(key)
    assert all(PARTS[part] in words for part in key.parts)
    assert words.endswith(", also exchanged") == key.swap
