"""Columns of names give, row by row, what the parser of single names gives."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.normalize.name_columns import distinct_rows, read_columns
from skiptrace.normalize.name_shapes import listed_words, read_row
from skiptrace.normalize.names import NAME_FIELDS

LISTED = [word for group in listed_words().members for word in group]
TELLING = (
    "JR", "SR", "III", "II", "V", "X", "Y", "DE", "LA", "VAN", "ST", "MR", "DR", "MD", "ESQ", "THE", "OF", "ESTATE", "EST", "DECEASED",
    "AND", "AKA", "LATE", "LLC", "INC", "CO", "BANK", "CHURCH", "PC", "BABY", "BOY",
)  # fmt: skip
ODD = (
    "Smith", "JONES", "o'Brien", "O'NEIL-SMITH", "K.C.", "J.", "q.", "AA", "ZZZ", "SMITH-ESTATE", "joe's", "José", "Jоhn", "12", "3RD",
    "J2", "-", "'", "(Bob)", "&", "/", "#", "é", "x", "Mc\u200bD",
)  # fmt: skip

words = st.one_of(
    st.sampled_from(LISTED),
    st.sampled_from(TELLING),
    st.sampled_from(ODD),
    st.sampled_from("ABCDEGKT"),
    st.text("abcdeéST", min_size=2, max_size=6),
)
marked = st.builds(
    lambda word, lower, dot: (word.lower() if lower else word) + dot, words, st.booleans(), st.sampled_from(["", "", "", "."])
)
gaps = st.sampled_from([" ", " ", " ", ", ", ",", "  ", " , ", "\t"])
texts = st.lists(st.tuples(marked, gaps), max_size=5).map(lambda pieces: "".join(word + gap for word, gap in pieces)[:-1])
cells = st.one_of(st.none(), texts, st.sampled_from(["", " ", "\x1f", "\0", "\t"]))


def answers(columns: list[list[str | None] | None], rows: int) -> list[tuple[object, ...]]:
    out = []
    for row in range(rows):
        name = read_row(*("" if column is None else (column[row] or "").replace("\x1f", " ") for column in columns))
        out.append((*name[:5], list(name.flags)))
    return out


def check(columns: list[list[str | None] | None], rows: int) -> None:
    table = read_columns([None if column is None else pa.array(column, pa.string()) for column in columns], NAME_FIELDS)
    table.validate(full=True)
    assert table.schema == NAME_FIELDS
    assert [tuple(row.values()) for row in table.to_pylist()] == answers(columns, rows)


@given(st.lists(st.tuples(cells, cells, cells, cells, cells), min_size=1, max_size=12))
def test_columns_equal_single_names(rows: list[tuple[str | None, ...]]) -> None:
    columns = [list(column) for column in zip(*rows, strict=True)]
    check(columns, len(rows))
    for at in range(5):
        check([column if own == at else None for own, column in enumerate(columns)], len(rows))
        check([None if own == at else column for own, column in enumerate(columns)], len(rows))


def test_strange_texts_in_every_column(strange: str) -> None:
    check([[strange, None], ["A", strange], [strange, "Roe"], ["Jr", strange], [strange, strange]], 2)


def test_every_listed_word_alone_and_before_a_name() -> None:
    full: list[str | None] = [text for word in LISTED for text in (word, f"{word} Quigley", f"Quigley, {word} J")]
    check([None, None, None, None, full], len(full))
    check([list(LISTED), None, ["Quigley"] * len(LISTED), None, None], len(LISTED))
    check([["Zoe"] * len(LISTED), None, list(LISTED), None, None], len(LISTED))


def test_chunks_and_types_do_not_matter() -> None:
    plain = pa.chunked_array([["Smith, John"], ["Roe, Jane", None], []], pa.string())
    whole = read_columns([None, None, None, None, plain], NAME_FIELDS)
    for column in (plain.cast(pa.large_string()), plain.combine_chunks().dictionary_encode(), plain.cast(pa.binary())):
        assert read_columns([None, None, None, None, column], NAME_FIELDS).equals(whole)
    assert read_columns([None, None, None, None, plain.slice(1)], NAME_FIELDS).equals(whole.slice(1))
    assert read_columns([pa.array([], pa.string())] * 5, NAME_FIELDS).num_rows == 0


@pytest.mark.parametrize("sizes", [(3, 4), (3, 2_000_000), (1 << 20, 1 << 20)])
def test_distinct_rows(sizes: tuple[int, int]) -> None:
    left, right = np.array([2, 0, 2, 1], np.int32), np.array([1, 3, 1, 1], np.int32)
    places, rows = distinct_rows([left, right], sizes)
    assert [rows[place] for place in places] == [(2, 1), (0, 3), (2, 1), (1, 1)]
    assert len(rows) == 3
