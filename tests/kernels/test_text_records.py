from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from skiptrace.intake.refusal import REASONS
from skiptrace.kernels.text_records import MOST_LINES, NO_QUOTE, mark_undecodable, scan_records
from tests.intake.strict import Unclosed, records

PIECES = (b"a", b"b,", b'"', b'""', b"\n", b"\r\n", b"\r", b",", b"\0", b"\xc3\xa9", b"\xff", b"x,y,z\n", b'"q"')
TEXT = st.lists(st.sampled_from(PIECES)).map(b"".join)


def scanned(data: bytes, width: int = 0, quote: int = 34, final: bool = True, longest: int = 1 << 20) -> tuple[list[Any], list[int]]:
    room = data.count(b"\n") + data.count(b"\r") + 1
    starts, ends, lines = (np.zeros(room, np.int64) for _ in range(3))
    reasons, state = np.zeros(room, np.uint8), np.zeros(3, np.int64)
    array = np.frombuffer(data, np.uint8)
    count = scan_records(array, len(data), final, 44, quote, width, longest, starts, ends, lines, reasons, state)
    mark_undecodable(array, starts[:count], ends[:count], reasons[:count])
    found = [(data[starts[row] : ends[row]], int(lines[row]) + 1, REASONS[reasons[row]]) for row in range(count)]
    return found, state.tolist()


@given(TEXT, st.sampled_from([0, 1, 2, 3, 4]))
@example(b'a,"b\n1,2,3,4\nc",d,e\n', 4)
@example(b'a,b\n1,"x"y,z\n3,4', 2)
def test_it_is_the_plain_reader(data: bytes, width: int) -> None:
    found, state = scanned(data, width)
    try:
        plain = records(data, b",", b'"', width)
        opened = 0
    except Unclosed as unclosed:
        plain, opened = [], int(unclosed.args[0])
    assert state[2] + 1 == opened
    if opened:
        return
    assert [(line, reason) for _, line, reason in found] == [(record.line, record.reason) for record in plain]


@given(TEXT)
def test_without_quotes_a_mark_is_a_letter(data: bytes) -> None:
    found, state = scanned(data, 2, NO_QUOTE)
    plain = records(data, b",", b"", 2)
    assert state[:1] == [len(data)]
    assert [(line, reason) for _, line, reason in found] == [(record.line, record.reason) for record in plain]


@given(TEXT, st.integers(0, 60))
def test_what_is_not_whole_yet_is_left_for_the_next_block(data: bytes, cut: int) -> None:
    whole, end = scanned(data, 2)
    if end[2] >= 0:
        return
    first, state = scanned(data[:cut], 2, final=False)
    used, lines = state[0], state[1]
    rest, _ = scanned(data[used:], 2)
    assert first + [(text, line + lines, reason) for text, line, reason in rest] == whole


def test_a_line_that_is_too_long() -> None:
    found, _ = scanned(b"a,b\n" + b"x" * 100 + b"\n1,2\n", 2, longest=50)
    assert [reason for _, _, reason in found] == ["", "line_too_long", ""]
    quoted, _ = scanned(b'a,b\n1,"' + b"x" * 100 + b'"\n1,2\n', 2, longest=50)
    assert [reason for _, _, reason in quoted] == ["", "line_too_long", ""]


@pytest.mark.parametrize("swallowed", [b"x,y\n" * 30, b"\n" * (MOST_LINES + 1)])
def test_a_quotation_mark_that_swallows_more_than_a_cell_can_hold(swallowed: bytes) -> None:
    _, state = scanned(b'a,b\n1,"' + swallowed + b'"\n', 2, longest=100)
    assert state[2] == 1


@given(st.binary(max_size=8).filter(lambda text: b"\n" not in text and b"\r" not in text))
def test_utf_8_is_what_python_decodes(text: bytes) -> None:
    if not text or b"\0" in text:
        return
    reasons = np.zeros(1, np.uint8)
    mark_undecodable(np.frombuffer(text, np.uint8), np.zeros(1, np.int64), np.array([len(text)], np.int64), reasons)
    try:
        text.decode()
        assert reasons[0] == 0
    except UnicodeDecodeError:
        assert REASONS[reasons[0]] == "undecodable"
