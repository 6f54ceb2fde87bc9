"""The closed word lists: no word twice, and the lists that belong together do."""

from __future__ import annotations

import pytest

from skiptrace import vocabulary
from skiptrace.schema import PUBLISHED_NAMES

LISTS = {name: words for name, words in vars(vocabulary).items() if name.isupper()}


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_list_holds_distinct_words_in_one_spelling(name: str) -> None:
    words = LISTS[name]
    assert isinstance(words, tuple)
    assert len(set(words)) == len(words) > 1
    if name != "GRADES":
        assert all(word == word.lower() and " " not in word and "-" not in word for word in words)


def test_lists_that_belong_together() -> None:
    assert set(vocabulary.EVENT_KINDS) < set(vocabulary.SOURCE_KINDS)
    assert vocabulary.SOURCE_KINDS[-1] == vocabulary.PURPOSES[-1] == "other"
    assert vocabulary.POINT_STATUSES[-1] == vocabulary.LINE_TYPES[-1] == vocabulary.GRADES[-1] == "unknown"
    assert {"email"} <= set(vocabulary.CHANNELS) & set(vocabulary.POINT_KINDS)
    assert vocabulary.STEPS[0] == "intake"
    assert vocabulary.STEPS[-1] == "publish"
    assert "account" in vocabulary.SUPPRESSION_SCOPES


def test_the_order_of_a_status_is_its_precedence() -> None:
    assert vocabulary.LOCATE_STATUSES == ("deceased", "held", "moved", "confirmed", "located", "not_found")
    assert vocabulary.LINK_STATUSES == ("linked", "review", "refused")
    assert vocabulary.RELATIONS == ("same", "household", "unrelated")
    assert vocabulary.DECISIONS == ("permitted", "conditional", "stopped")


def test_published_tables_are_those_of_the_contract() -> None:
    assert PUBLISHED_NAMES == ("accounts", "links", "contact_points", "channels", "decisions", "rejects", "alerts")
