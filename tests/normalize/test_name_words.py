from __future__ import annotations

import pytest

from skiptrace.normalize.folding import fold
from skiptrace.normalize.name_words import is_organisation, is_trading_name, name_words

ORGANISATIONS = (
    "ACME LLC", "CITY OF AUSTIN", "SMITH & SONS", "FIRST BAPTIST CHURCH", "SMITH FAMILY TRUST", "CALVARY CHURCH", "A B SMITH PC",
    "OFFICE OF SMITH", "BANK FOR THE ARTS",
)  # fmt: skip
PEOPLE = (
    "", "TRUST", "JOHN SMITH", "MARY CHURCH", "CITYOF AUSTIN", "JOHN BANKS", "SON OF THE HOUSE", "GRACE CHURCH", "PC SMITH",
)  # fmt: skip


@pytest.mark.parametrize("text", ORGANISATIONS)
def test_organisations(text: str) -> None:
    assert is_organisation(text)


@pytest.mark.parametrize("text", PEOPLE)
def test_people(text: str) -> None:
    assert not is_organisation(text)


@pytest.mark.parametrize("text", ["JOE'S GARAGE", "SMITH CO.", "ACME CO., LTD", "ACME.COM", "A.C.M.E., L.L.C."])
def test_trading_names(text: str) -> None:
    assert is_trading_name(text)


@pytest.mark.parametrize("text", ["JOHN O'S", "MARIA CO", "SMITH, P.C.", "COMO, JOHN"])
def test_no_trading_names(text: str) -> None:
    assert not is_trading_name(text)


def test_a_word_of_organisations_is_in_one_list() -> None:
    lists = name_words()
    groups = [lists.legal_forms, lists.organisations, lists.organisation_hints, lists.organisation_joints, lists.organisation_endings]
    assert sum(map(len, groups)) == len(frozenset().union(*groups))


def test_every_listed_word_is_in_the_form_it_is_compared_in() -> None:
    lists = name_words()
    for words in (
        lists.placeholders,
        lists.not_first,
        lists.not_last,
        lists.doubtful,
        lists.particles,
        lists.honorifics,
    ):
        assert words
        assert all(word == fold(word).text.replace("'", "").replace(".", "") for word in words)


def test_what_is_certainly_no_name_is_not_also_doubtful() -> None:
    assert not name_words().placeholders & name_words().doubtful
