from __future__ import annotations

import pytest

from skiptrace.normalize.folding import fold
from skiptrace.normalize.name_words import is_organisation, name_words


@pytest.mark.parametrize(
    "text", ["ACME LLC", "CITY OF AUSTIN", "SMITH & SONS", "FIRST BAPTIST CHURCH", "SMITH FAMILY TRUST"]
)
def test_organisations(text: str) -> None:
    assert is_organisation(text)


@pytest.mark.parametrize("text", ["", "TRUST", "JOHN SMITH", "MARY CHURCH", "CITYOF AUSTIN", "JOHN BANKS"])
def test_people(text: str) -> None:
    assert not is_organisation(text)


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
