from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from skiptrace.kernels.interning import intern, new_table
from skiptrace.kernels.street_bytes import room_for_shapes
from skiptrace.kernels.street_cleaning import clean_lines
from skiptrace.kernels.street_shapes import DIGITS_FROM, LETTERS_FROM, SLOT_FROM, shape_rows
from skiptrace.normalize.text_buffers import arrow_text

WORDS = ("STREET", "APT", "HOSPITAL")


def shaped(line1: str, line2: str = "") -> tuple[str, list[str], bool]:
    """(the shape with slots as "<3 digits:0>", the slots, whether a sign was dropped) of two lines."""
    vocabulary = new_table(np.uint8)
    for word in WORDS:
        intern(vocabulary, np.frombuffer(word.encode(), np.uint8), 0, len(word))
    (offsets1, data1), (offsets2, data2) = (arrow_text(pa.array([line], pa.string())) for line in (line1, line2))
    out = room_for_shapes(1, len(data1) + len(data2))
    end = clean_lines(data1, offsets1, 0, 0, vocabulary, out)
    clean_lines(data2, offsets2, 1, end, vocabulary, out)
    shape_rows(np.frombuffer(b"a", np.uint8), vocabulary, out)
    text, at, shape = "", 0, bytes(out.shapes[: out.bounds[1]])
    while at < len(shape):
        byte = shape[at]
        if byte < LETTERS_FROM:
            text += chr(byte)
            at += 1
            continue
        kind, size = ("digits", byte - DIGITS_FROM) if byte >= DIGITS_FROM else ("letters", byte - LETTERS_FROM)
        text += f"<{size} {kind}:{shape[at + 1] - SLOT_FROM}>"
        at += 2
    slots = [bytes(out.clean[out.starts[at] : out.ends[at]]).decode() for at in range(int(out.slot_rows[1]))]
    return text, slots, bool(out.signed[0])


@pytest.mark.parametrize(
    ("line", "shape", "slots"),
    [
        ("123 Marlberg Street apt 4", "a<10 digits:0> <7 letters:1> STREET APT <1 digits:2>", ["123", "MARLBERG", "4"]),
        ("  12   elm  ", "a<10 digits:0> <3 letters:1>", ["12", "ELM"]),
        ("5 N Xy Rd", "a<1 digits:0> N XY RD", ["5"]),
        ("0123 Elm", "a0123 <3 letters:0>", ["ELM"]),
        ("4B 5th", "a<1 digits:0><1 letters:1> <1 digits:2>TH", ["4", "B", "5"]),
        ("4N 5th #12C", "a<1 digits:0>N <1 digits:1>TH #<2 digits:2><1 letters:3>", ["4", "5", "12", "C"]),
        ("4B-5 B0x 5", "a<1 digits:0>B-<1 digits:1> B0X <1 digits:1>", ["4", "5"]),
        ("1234 Elm 1234", "a<10 digits:0> <3 letters:1> <4 digits:0>", ["1234", "ELM"]),
        ("12345 Elm 5432", "a<10 digits:0> <3 letters:1> <4 digits:2>", ["12345", "ELM", "5432"]),
        ("1234", "a<10 digits:0>", ["1234"]),
        ("Elm & Elm", "a<3 letters:0> & <3 letters:0>", ["ELM"]),
        ("7 Elm 7", "a<1 digits:0> <3 letters:1> <1 digits:0>", ["7", "ELM"]),
        ("1 Boxer Rrno Marsh Marlo", "a<1 digits:0> BOXER RRNO MARSH <3 letters:1>", ["1", "MARLO"]),
        ("1 D'Amico Pl.", "a<1 digits:0> <3 letters:1> PL", ["1", "DAMICO"]),
        ("1 U.S.Elm", "a<1 digits:0> U S <3 letters:1>", ["1", "ELM"]),
        ("123 Elm-Oaken", "a<3 digits:0> <3 letters:1>-<5 letters:2>", ["123", "ELM", "OAKEN"]),
        ("", "a", []),
    ],
)
def test_shapes(line: str, shape: str, slots: list[str]) -> None:
    assert shaped(line)[:2] == (shape, slots)


def test_the_second_line_stands_behind_a_break() -> None:
    assert shaped("5 Elm", "apt 5")[:2] == ("a<1 digits:0> <3 letters:1>\x1fAPT <1 digits:0>", ["5", "ELM"])
    assert shaped("", "5 Elm")[0] == "a\x1f<1 digits:0> <3 letters:1>"


@pytest.mark.parametrize(
    "line",
    ["é", "(5) Elm", "5; Elm", "C/O Joe", "5 Elm, Attn Joe", "Care of Joe", "5 1 2 Elm", "5.0 Elm", "x" * 121, "1234567890 Elm",
     "Mainstreet5", "5 Hospital's", "A-ELMO B-ELMO AXE-ELK OAK-ASH", " ".join(f"{n}" for n in range(10, 30))],
)  # fmt: skip
def test_lines_that_need_more_than_bytes_have_no_shape(line: str) -> None:
    assert shaped(line)[:2] == ("", [])
    assert shaped("5 Elm", line)[:2] == ("", [])


def test_dropped_signs_are_told() -> None:
    assert shaped("5 Elm St.")[2]
    assert shaped("5 Elm", "O'Brien")[2]
    assert not shaped("5 Elm St")[2]
