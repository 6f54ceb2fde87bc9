"""The address library's tokeniser as a machine over the bytes of an Arrow column, with every token interned.

The library's pattern finds, from left to right: brackets "(" that stand directly before a word character, a run without
space , ; # & ( ), and what follows of . , ; ) and line ends; or a single # or &. A run must begin at a word boundary.
A word character that no token holds yet always stands at such a boundary (a token never ends inside a run), and no
other character can begin one, so the machine only looks for the next word character.

Rows that hold a byte above 127, a NUL byte (the library's tagger would cut a text there) or a possible character
reference ("&" before "#" or "a") are left to the library: they get -1 tokens.

**Numbers are interned by their shape.** What the library computes of a token made of digits (and marks behind them) is
its length, its trailing zeros and its last character; so other digits count as "1" here, and a million house numbers are
a few dozen tokens. In a token of digits and hyphens, at most with a comma behind, all but the last digit count as "1",
unless the table already holds the very token: its owner puts in beforehand those that the model knows as words.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import usaddress

from skiptrace.kernels.compiling import Whole, compiled, compiled_into
from skiptrace.kernels.interning import Table, code_of, find, has_room, intern

_Bytes = npt.NDArray[np.uint8]
_WORD, _RUN, _OPEN, _MARK, _SIGN = 1, 2, 3, 4, 5
LONGEST_SHAPE = 64
"""Bytes of the longest token that is interned by its shape; longer ones as they are."""


def _kinds() -> npt.NDArray[np.uint8]:
    """Kind of each byte: 0 space, word character, other character of a run, "(", one of , ; ), or a sign # &."""
    kinds = np.full(256, _RUN, np.uint8)
    kinds[[9, 10, 11, 12, 13, 28, 29, 30, 31, 32]] = 0
    for first, last in ("09", "AZ", "az", "__"):
        kinds[ord(first) : ord(last) + 1] = _WORD
    kinds[ord("(")] = _OPEN
    kinds[[ord(mark) for mark in ",;)"]] = _MARK
    kinds[[ord("#"), ord("&")]] = _SIGN
    return kinds


_KINDS = _kinds()
_ZERO, _ONE, _NINE, _HYPHEN, _COMMA, _POINT, _LINE_END = (ord(sign) for sign in "019-,.\n")
_NUMBER_SIGN, _AND, _SMALL_A = (ord(sign) for sign in "#&a")


class Tokens(NamedTuple):
    """Tokens of rows, one after another: token k is bytes[starts[k]:ends[k]] of the column's data, entry words[k].

    Row i has the tokens rows[i] up to rows[i + 1]; counts[i] of them, or -1 where the library must read it.
    """

    rows: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    words: npt.NDArray[np.int32]


def room_for(rows: int, size: int) -> Tokens:
    """Arrays that hold the tokens of any such rows of together `size` bytes."""
    return Tokens(
        np.zeros(rows + 1, np.int64),
        np.zeros(rows, np.int32),
        np.empty(size, np.int32),
        np.empty(size, np.int32),
        np.empty(size, np.int32),
    )


def tokenise_plain(line: str) -> list[str]:
    """The tokens of one line: what `cut` must equal on every row that it does not leave to the library."""
    return list(usaddress.tokenize(line))


@compiled_into
def _is_for_library(data: _Bytes, start: Whole, stop: Whole) -> bool:
    for at in range(start, stop):
        byte = data[at]
        if byte == 0 or byte >= 128:
            return True
        if byte == _AND and at + 1 < stop and (data[at + 1] == _NUMBER_SIGN or data[at + 1] == _SMALL_A):
            return True
    return False


@compiled_into
def _is_digit(byte: Any) -> bool:
    return bool(_ZERO <= byte <= _NINE)


@compiled_into
def _shape_of(data: _Bytes, start: Whole, stop: Whole, shape: _Bytes) -> Whole:
    """Write the shape of a number to `shape`. 0: the token has none of its own; 1: it has; 2: it has hyphens."""
    if stop - start > LONGEST_SHAPE or not _is_digit(data[start]):
        return 0
    end = start
    while end < stop and _is_digit(data[end]):
        end += 1
    if end < stop and data[end] == _HYPHEN:
        last = stop - 1 if data[stop - 1] == _COMMA else stop
        if data[last - 1] == _HYPHEN:  # the library drops it, and looks up what is left
            return 0
        for at in range(start, last):
            if not _is_digit(data[at]) and data[at] != _HYPHEN:
                return 0
            shape[at - start] = _ONE if _is_digit(data[at]) else _HYPHEN
        shape[stop - start - 1] = data[stop - 1]
        return 2
    marked = False
    for at in range(end, stop):
        mark = data[at]
        if mark == _POINT:
            if marked:  # the library drops marks at the end, but not in front of a period
                return 0
        elif mark == _LINE_END or _KINDS[mark] == _MARK:
            marked = True
        else:
            return 0
        shape[at - start] = mark
    zeros = True
    for at in range(end - 1, start - 1, -1):
        zeros = zeros and data[at] == _ZERO
        shape[at - start] = _ZERO if zeros else _ONE
    return 1


@compiled
def cut(data: _Bytes, offsets: npt.NDArray[np.int32], first: Whole, last: Whole, tokens: Tokens) -> None:
    """Cut the rows `first` to `last` of a column (row i is data[offsets[i]:offsets[i + 1]]) into `tokens`."""
    rows, counts, starts, ends, _ = tokens  # taken out once: each access to a field counts references
    total = np.int64(0)
    for row in range(first, last):
        at, stop = np.int64(offsets[row]), np.int64(offsets[row + 1])
        before, floor = total, at
        if _is_for_library(data, at, stop):
            at = stop
            total = before
            counts[row - first] = -1
        while at < stop:
            kind = _KINDS[data[at]]
            begin = at
            at += 1
            if kind == _WORD:
                while begin > floor and _KINDS[data[begin - 1]] == _OPEN:
                    begin -= 1
                while at < stop and (_KINDS[data[at]] == _WORD or _KINDS[data[at]] == _RUN):
                    at += 1
                while at < stop and (_KINDS[data[at]] == _MARK or data[at] == _POINT or data[at] == _LINE_END):
                    at += 1
            elif kind != _SIGN:
                continue
            floor = at
            starts[total] = begin
            ends[total] = at
            total += 1
        if counts[row - first] >= 0:
            counts[row - first] = total - before
        rows[row - first + 1] = total


@compiled
def look_up(data: _Bytes, tokens: Tokens, table: Table) -> Whole:
    """Give each token its entry of `table`, -1 to those that are new; returns how many are."""
    _, _, starts, ends, words = tokens
    shape = np.empty(LONGEST_SHAPE, np.uint8)
    new = 0
    for token in range(tokens.rows[-1]):
        start, stop = np.int64(starts[token]), np.int64(ends[token])
        kind = _shape_of(data, start, stop, shape)
        found = np.int64(-1)
        if kind != 1:
            found = find(table, data, start, stop, code_of(table, data, start, stop))
        if kind != 0 and found < 0:
            found = find(table, shape, 0, stop - start, code_of(table, shape, 0, stop - start))
        words[token] = max(found, np.int64(-1))
        new += 1 if found < 0 else 0
    return new


@compiled
def add_new(data: _Bytes, tokens: Tokens, table: Table, first: Whole) -> Whole:
    """Add the tokens from `first` on that have no entry yet. Returns where it stopped: for want of room, or the end."""
    shape = np.empty(LONGEST_SHAPE, np.uint8)
    for token in range(first, tokens.rows[-1]):
        if tokens.words[token] >= 0:
            continue
        start, stop = np.int64(tokens.starts[token]), np.int64(tokens.ends[token])
        if not has_room(table, 1, stop - start):
            return token
        kind = _shape_of(data, start, stop, shape)
        tokens.words[token] = intern(table, data, start, stop) if kind == 0 else intern(table, shape, 0, stop - start)
    return tokens.rows[-1]
