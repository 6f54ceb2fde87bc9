"""The loop goes part of the way of the plain function: cleaned further, its lines are what the plain function gives."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.kernels.interning import new_table
from skiptrace.kernels.street_bytes import begins, packed, room_for_shapes
from skiptrace.kernels.street_cleaning import clean_lines
from skiptrace.normalize.line_cleaning import clean_line
from skiptrace.normalize.text_buffers import arrow_text

words = st.sampled_from(["123", "1/2", "MAIN", "St.", "o'neil", "U.S.", "C/O", "attn", "N.W.", "apt", "#4", "12.5", "é", "  ", "-", "A"])


def cleaned(lines: list[str]) -> list[str | None]:
    """Each line cleaned by the loop; None where it is not read."""
    offsets, data = arrow_text(pa.array(lines, pa.string()))
    out = room_for_shapes(len(lines), len(data))
    clean_lines(data, offsets, 0, 0, new_table(np.uint8), out)
    spans = zip(out.firsts[0], out.lasts[0], strict=True)
    return [None if last < 0 else bytes(out.clean[first:last]).decode() for first, last in spans]


@pytest.mark.parametrize(
    ("line", "clean"),
    [
        ("  12   elm  st. ", "12 ELM ST"),
        ("1 O'Neil Pl", "1 ONEIL PL"),
        ("1 U.S.Elm", "1 U S ELM"),
        ("", ""),
        ("12.5 Elm", None),
        ("C/O Ann Roe", None),
        ("Attn Ann", None),
        ("12 1 2 Elm", None),
        ("5 Caf\u00e9 St", None),
        ("x" * 121, None),
    ],
)
def test_lines(line: str, clean: str | None) -> None:
    assert cleaned([line]) == [clean]


@given(st.lists(st.lists(words, max_size=6).map(" ".join), max_size=8))
def test_the_plain_function_makes_the_same_of_what_was_cleaned(lines: list[str]) -> None:
    for line, clean in zip(lines, cleaned(lines), strict=True):
        if clean is not None:
            assert clean_line(clean).text == clean_line(line).text


def test_beginnings_are_found_and_never_beyond_the_end() -> None:
    text = np.frombuffer(b"APTX", np.uint8)
    assert begins(text, 0, 4, packed(("BOX", "APT")))
    assert not begins(text, 0, 2, packed(("BOX", "APT")))
    assert not begins(text, 0, 0, packed(("A",)))
