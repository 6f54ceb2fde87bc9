from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.export.grammar import GRAMMARS, neutralised, violations

GOOD = {
    "phone": ["+15095550134", "+442079460000"],
    "digits": ["15095550134", "442079460000"],
    "us_phone": ["5095550134"],
    "time": ["00:00", "08:05", "23:59"],
    "key": ["=1", "", "anything"],
    "date": ["2026-06-30", "2026-06-30T15:00:00Z"],
    "number": ["0", "-12.50", "3"],
    "code": ["voice", "cease_notice|fdcpa.1006-6", "12345-6789", "K1A 0B1", "_x"],
    "email": ["o'brien@example.com", "+tag@example.com", "=a@example.com", "a!b@example.com", "jörg@bücher.example"],
    "text": ["=1+1", "", "anything"],
}
BAD = {
    "phone": ["5095550134", "'+15095550134", "+1509555013x", "+0", "+15095550134\n"],
    "digits": ["+15095550134", "0123456789", "12345", "1509555013x"],
    "us_phone": ["15095550134", "0095550134", "5091550134", "509555013", "+5095550134"],
    "time": ["24:00", "8:05", "08:60", "08:05Z"],
    "key": [],
    "date": ["06/30/2026", "2026-6-30", "=2026-06-30"],
    "number": ["1e-7", "1,200", "+1", "NaN"],
    "code": ["=cmd", " x", "x ", "-5", "a\tb", ""],
    "email": [
        "nobody",
        "a@b@c",
        "=cmd|'/c calc'!A0@example.com",
        "@example.com",
        "=HYPERLINK(1)@example.com",
        "+a|b@x.com",
    ],
    "text": [],
}


@pytest.mark.parametrize("grammar", GRAMMARS)
def test_a_grammar_takes_what_is_right_and_counts_what_is_not(grammar: str) -> None:
    column = pa.chunked_array([[*GOOD[grammar], None], BAD[grammar], BAD[grammar]], pa.string())
    assert violations(pa.chunked_array([[*GOOD[grammar], None]], pa.string()), grammar) == 0  # type: ignore[arg-type]
    assert violations(column, grammar) == 2 * len(BAD[grammar])  # type: ignore[arg-type]


def test_each_wrong_cell_is_seen_alone() -> None:
    for grammar, cells in BAD.items():
        for cell in cells:
            assert violations(pa.chunked_array([[cell]]), grammar) == 1, (grammar, cell)  # type: ignore[arg-type]


@given(st.lists(st.one_of(st.none(), st.text(alphabet="=+-@\t\r'aZ 1\n", max_size=4)), min_size=1))
def test_no_neutralised_cell_begins_like_a_formula_and_the_rest_is_untouched(cells: list[str | None]) -> None:
    after, changed = neutralised(pa.chunked_array([cells], pa.string()))
    pairs = list(zip(cells, after.to_pylist(), strict=True))
    assert not any(text and text[0] in "=+-@\t\r" for _, text in pairs)
    assert all(text in (cell, f"'{cell}") for cell, text in pairs)
    assert changed == sum(cell != text for cell, text in pairs)
