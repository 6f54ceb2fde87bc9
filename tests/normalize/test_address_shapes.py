from __future__ import annotations

import pytest
import usaddress

from skiptrace.kernels.street_shapes import HEADS, TAILS
from skiptrace.normalize.address_shapes import FIELDS, Question, ask, tagged, texts_of
from skiptrace.normalize.street_lines import read_street_lines
from tests.bench.normalize_addresses import _ODD, generated_lines


def test_tokens_and_labels_are_put_together_as_the_library_does() -> None:
    repeated = 0
    for line in [*_ODD, *generated_lines(1_500, seed=21, odd=0.5), "Main & Oak PO Box 5", "5 Main & Oak", "5 & PO Box 7 Main"]:
        parsed = usaddress.parse(line)
        tokens, labels = [token for token, _ in parsed], [label for _, label in parsed]
        try:
            expected = usaddress.tag(line)
        except usaddress.RepeatedLabelError:
            repeated += 1
            with pytest.raises(ValueError, match="comes back"):
                tagged(tokens, labels)
        else:
            assert tagged(tokens, labels) == expected
    assert repeated > 10


def test_words_that_begin_or_end_like_a_pattern_are_no_slots() -> None:
    assert {"BOX", "PO", "APT", "UNIT"} <= set(HEADS)
    assert "NO" in TAILS


def test_a_question_goes_through_the_readers() -> None:
    with pytest.raises(Question, match="5 OAK ST"):
        read_street_lines("5 Oak St", "", None, True, ask)


def test_the_text_in_front_of_the_city() -> None:
    texts = dict(zip(FIELDS, texts_of(read_street_lines("5 Oak St Apt 4", "PO Box 7", None, True)), strict=True))
    assert (texts["front"], texts["box"]) == ("5 OAK ST APT 4", "PO BOX 7")
    assert texts_of(read_street_lines("PO Box 7", "", None, True))[-1] == "PO BOX 7"
    assert texts_of(read_street_lines("", "", None, True))[-1] == ""
