from __future__ import annotations

import pytest

from jobs.explain.words import LACKS, PARTS, STATUS, article, listed, percent
from skiptrace.kernels.record_keys import PART_NAMES
from skiptrace.linkage import rules
from skiptrace.vocabulary import LOCATE_STATUSES


@pytest.mark.parametrize(
    ("probability", "text"),
    [(1.0, "100.0 %"), (0.9999999, ">99.9 %"), (0.5, "50.0 %"), (0.0004, "<0.1 %"), (0.0, "0.0 %"), (0.001, "0.1 %")],
)
def test_a_probability_is_never_rounded_to_certainty(probability: float, text: str) -> None:
    assert percent(probability) == text


def test_words_are_listed() -> None:
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"], "or") == "a, b or c"
    assert article("e-mail address") == "an e-mail address"
    assert article("birth date") == "a birth date"


def test_every_status_key_part_and_comparison_has_its_words() -> None:
    assert set(STATUS) == set(LOCATE_STATUSES)
    assert set(PARTS) == set(PART_NAMES)
    assert set(LACKS) <= set(rules.load().names)
