from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from skiptrace.kernels.interning import intern_spans, new_table
from skiptrace.kernels.name_scan import COMMA, LETTER, LISTED, WORD, Cut, cut, gather
from skiptrace.normalize.text_buffers import arrow_text, text_of

LIST = [b"JR", b"DE", b"III", b"2ND", b"OF"]


def cut_texts(texts: list[str]) -> Cut:
    bounds = np.cumsum([0, *map(len, LIST)], dtype=np.int64)
    table, _ = intern_spans(np.frombuffer(b"".join(LIST), np.uint8), bounds, new_table(np.uint8))
    return cut(*arrow_text(pa.array(texts, pa.string())), table, np.arange(len(LIST), dtype=np.int32))


def read(text: str) -> tuple[list[int], str] | None:
    found = cut_texts(["Ann", text, "X"])
    if not found.plain[1]:
        assert found.bounds[1] == found.bounds[2]
        assert found.starts[1] == found.starts[2]
        return None
    return found.elements[found.bounds[1] : found.bounds[2]].tolist(), text_of(found.starts, found.words)[1].as_py()


@pytest.mark.parametrize(
    ("text", "elements", "words"),
    [
        ("Smith, John A.", [2 * WORD, 2 * COMMA, 2 * WORD, 2 * LETTER + 1], "SMITH JOHN A"),
        ("  john   de la cruz ", [2 * WORD, 2 * (LISTED + 1), 2 * WORD, 2 * WORD], "JOHN DE LA CRUZ"),
        ("O'Brien-Smith jr.", [2 * WORD, 2 * LISTED + 1], "OBRIEN-SMITH JR"),
        ("Smith,Jr", [2 * WORD, 2 * COMMA, 2 * LISTED], "SMITH JR"),
        ("2nd", [2 * (LISTED + 3)], "2ND"),
        ("III", [2 * (LISTED + 2)], "III"),
        ("A B", [2 * LETTER, 2 * LETTER], "A B"),
        (",", [2 * COMMA], ""),
        ("", [], ""),
        ("   ", [], ""),
    ],
)
def test_plain_texts(text: str, elements: list[int], words: str) -> None:
    assert read(text) == (elements, words)


@pytest.mark.parametrize(
    "text",
    [
        "José", "a\tb", "a\0b", "J.R. Smith", ".a", "a..", "-a", "a-", "a--b", "'a", "a'", "Joe's", "Joe's.", "Smith & Co", "(Bob)",
        '"Bob"', "Smith ,John", "12", "J2", "XX", "A A", "A A A", "III I I", "Ann-Jr", "o'f", "x" * 161, "a b c d e f g h i j k l m",
    ],
)  # fmt: skip
def test_other_texts_have_no_shape(text: str) -> None:
    assert read(text) is None


def test_spans_of_words_are_gathered() -> None:
    found = cut_texts(["Smith, John A", "odd?", "Ann Roe"])
    texts, first, last = (np.array(column, np.int32) for column in ([0, 0, 2, 0, 2], [0, 1, 0, 2, 1], [1, -1, -1, 3, 2]))
    assert text_of(*gather(found, texts, first, last)).to_pylist() == ["SMITH", "JOHN A", "ANN ROE", "A", "ROE"]


def test_no_text_at_all() -> None:
    assert len(cut_texts([]).plain) == 0
