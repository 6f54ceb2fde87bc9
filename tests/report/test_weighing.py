from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest

from skiptrace.report.weighed import Expected, Linkage, Recall
from skiptrace.report.weighing import TITLES, brings, title_of, told_of, weighing
from tests.report.by_hand import REPORT

WHOLE = REPORT.linkage
BARE = Linkage()
BY_CASE = {fall.case: fall for fall in WHOLE.waterfalls}


@pytest.mark.parametrize("linkage", [WHOLE, BARE, dataclasses.replace(WHOLE, pairs=None), dataclasses.replace(WHOLE, expected=None)])
def test_every_sentence_is_whole(linkage: Linkage) -> None:
    for section, text in weighing(linkage).items():
        assert not text or text.endswith("."), section
        assert "None" not in text, section


def test_what_an_account_brings_is_said_in_words() -> None:
    assert brings(()) == "Names alone"
    assert brings(("address",)) == "Names and address"
    assert brings(("ssn", "dob", "phone")) == "Names, SSN or its last four, birth date and phone"


def test_recall_names_the_best_and_the_worst_and_no_small_group() -> None:
    text = weighing(WHOLE)["recall"]
    assert "92.1% are expected to be linked" in text
    assert "98.8% of those whose account brings names, SSN or its last four, birth date and address" in text
    assert "81.2% of those whose account brings names and address." in text
    assert "names alone" not in text
    lone = Linkage(expected=Expected(Decimal("0.5"), (Recall((), 20, Decimal("0.5")),), ()))
    assert weighing(lone)["recall"] == "Of the people whom the reference has, 50.0% are expected to be linked."


def test_the_note_says_what_is_left_out_and_what_is_taken_for_granted() -> None:
    text = weighing(WHOLE)["recall_note"]
    assert "no combination of fields that is looked up" in text
    assert "address 99.1%, birth date 75.0%" in text
    assert "Too few were linked to say so of SSN or its last four" in text


def test_the_bar_for_a_link_is_said_in_bits() -> None:
    assert "from 90% on, which is +3.2 bits" in weighing(WHOLE)["weights"]
    assert "from 50% on, which is +0.0 bits" in weighing(dataclasses.replace(WHOLE, linked=0.5))["weights"]


def test_a_waterfall_says_what_speaks_most_for_and_against() -> None:
    text = told_of(BY_CASE["household"])
    assert text.startswith("-6.50 bits, and the same person with a probability of <0.1%.")
    assert "Most for it: The addresses agree." in text
    assert "Most against it: The names are alike." in text
    assert "rests on another record of the same person" in told_of(BY_CASE["bridged"])
    assert "Most against it" not in told_of(BY_CASE["linked"])
    assert [title_of(fall) for fall in WHOLE.waterfalls] == list(TITLES.values())


def test_what_was_left_out_is_told_in_pairs() -> None:
    found = weighing(WHOLE)
    assert found["blocking"] == (
        "A record is compared with an account when one of 3 combinations of fields agrees; 3,900 pairs were compared. Most came by "
        "first name + last name, also exchanged (58.6% of what all brought)."
    )
    assert "left out 98,826 pairs, and 335 were compared because one more field agreed." in found["blocking_note"]
    kept = dataclasses.replace(WHOLE, keys=(dataclasses.replace(WHOLE.keys[0], dropped_pairs=0),))
    assert weighing(kept)["blocking_note"].endswith("No value was shared by too many records.")
