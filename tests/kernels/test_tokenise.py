from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import usaddress
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.kernels.interning import content_of, intern, new_table
from skiptrace.kernels.tokenise import add_new, cut, look_up, room_for, tokenise_plain
from skiptrace.normalize.text_buffers import arrow_text
from tests.bench.normalize_addresses import _ODD, generated_lines


def tokens_of(lines: list[str]) -> list[list[str] | None]:
    """The tokens of each line; None for lines left to the library."""
    offsets, data = arrow_text(pa.array(lines, pa.string()))
    tokens = room_for(len(lines), int(offsets[-1]))
    cut(data, offsets, 0, len(lines), tokens)
    found: list[list[str] | None] = []
    for row in range(len(lines)):
        spans = range(int(tokens.rows[row]), int(tokens.rows[row + 1]))
        texts = [bytes(data[tokens.starts[at] : tokens.ends[at]]).decode() for at in spans]
        assert len(texts) == max(int(tokens.counts[row]), 0)
        found.append(None if tokens.counts[row] < 0 else texts)
    return found


def test_generated_and_odd_lines_are_cut_as_the_library_cuts_them() -> None:
    lines = [*_ODD, *generated_lines(3_000, seed=3, odd=0.5)]
    for line, found in zip(lines, tokens_of(lines), strict=True):
        assert found is None or found == tokenise_plain(line)


@given(st.lists(st.text(st.characters(min_codepoint=1, max_codepoint=127), max_size=40), max_size=10))
def test_any_ascii_text_is_cut_as_the_library_cuts_it(lines: list[str]) -> None:
    for line, found in zip(lines, tokens_of(lines), strict=True):
        assert found == tokenise_plain(line) or (found is None and ("&#" in line or "&a" in line))


@given(st.lists(st.text("a1_(),.;#&- \n'", max_size=12), max_size=20))
def test_signs_in_any_order_are_cut_as_the_library_cuts_them(lines: list[str]) -> None:
    for line, found in zip(lines, tokens_of(lines), strict=True):
        assert found == tokenise_plain(line) or "&#" in line or "&a" in line


@pytest.mark.parametrize("line", ["é", "5 Main \x00", "A&amp;B", "A &#38; B", "½ Oak"])
def test_lines_beyond_plain_bytes_are_left_to_the_library(line: str) -> None:
    assert tokens_of([line]) == [None]


def words_of(tokens: list[str], known: tuple[str, ...] = ()) -> tuple[list[int], list[str]]:
    """The entry of each token, and the entries, in a table that already holds `known`."""
    table = new_table(np.uint8)
    for word in known:
        intern(table, np.frombuffer(word.encode(), np.uint8), 0, len(word))
    offsets, data = arrow_text(pa.array(tokens, pa.string()))
    room = room_for(len(tokens), int(offsets[-1]))
    cut(data, offsets, 0, len(tokens), room)
    look_up(data, room, table)
    assert add_new(data, room, table, 0) == len(tokens)
    return room.words[: len(tokens)].tolist(), [bytes(content_of(table, entry)).decode() for entry in range(int(table.count[0]))]


def test_numbers_are_interned_by_their_shape() -> None:
    entries, texts = words_of(["123", "456", "120", "900", "123,", "007", "98101-1234", "10001-9994", "98101-1235", "12-"])
    assert entries[0] == entries[1] == entries[5]
    assert texts[entries[2]] == "110"
    assert texts[entries[3]] == "100"
    assert entries[4] != entries[0]
    assert entries[6] == entries[7] != entries[8]
    assert texts[entries[9]] == "12-"


@given(st.from_regex(r"\A[0-9]{1,9}(-[0-9]{0,4}){0,2}[.,;)]{0,2}\Z"))
def test_a_shape_has_the_features_of_its_number(token: str) -> None:
    _, (shape,) = words_of([token])
    ours, theirs = (usaddress.tokenFeatures(text) for text in (shape, token))
    if "-" in token:
        ours.pop("word")
        theirs.pop("word")
    assert ours == theirs


def test_a_number_that_is_a_word_of_the_table_keeps_its_own_entry() -> None:
    entries, texts = words_of(["60637-1755", "60638-1755"], ("60637-1755",))
    assert [texts[entry] for entry in entries] == ["60637-1755", "11111-1115"]


def test_a_full_table_stops_the_loop_where_it_is() -> None:
    offsets, data = arrow_text(pa.array(["alpha beta gamma"], pa.string()))
    tokens = room_for(1, int(offsets[-1]))
    cut(data, offsets, 0, 1, tokens)
    table = new_table(np.uint8, 2, 64)
    assert look_up(data, tokens, table) == 3
    assert add_new(data, tokens, table, 0) == 2
