from __future__ import annotations

import pytest

from skiptrace.project.suggestions import did_you_mean, nearest, shown_key


def test_the_nearest_word_in_any_capitals() -> None:
    assert nearest("SCHEDULAR", ["scheduler", "workers"]) == ["scheduler"]
    assert nearest("zzz", ["scheduler"]) == []
    assert nearest(17, ["scheduler"]) == []


def test_without_a_near_word_all_are_listed() -> None:
    assert did_you_mean("kinds", ["kind", "path"]) == 'did you mean "kind"?'
    assert did_you_mean("zzz", ["kind", "path"]) == "one of: kind, path"
    assert did_you_mean("zzz", ["kind"], "see there") == "see there"
    assert did_you_mean("zzz", []) == ""


@pytest.mark.parametrize("key", ["as_off", "address_line1", "runtim", "x" * 40])
def test_a_key_that_is_written_as_keys_are_is_told(key: str) -> None:
    assert shown_key(key) == key


@pytest.mark.parametrize(
    "key", ["ALBERT", "Albert MacAllister", "a@example.com", "2065550134", "123-45-6789", "x_2065550134", "4_elm_st", "a\nb", "", "x" * 41]
)
def test_what_may_be_a_value_in_a_key_s_place_is_not(key: str) -> None:
    assert shown_key(key) == "?"
