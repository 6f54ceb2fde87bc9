"""The plain texts among names, cut into words by a byte machine, and pieces of them gathered to new columns.

`cut` turns each text into a sequence of elements: a comma, a listed word (by its class), any other word, or a single
letter, each with or without a period behind it. Texts with the same sequence have the same shape: whatever is decided by
looking words up in lists is decided for all of them at once. A text that holds anything else (other characters, marks in
odd places, letters that only repeat) has no shape and is read by itself.

`gather` copies some of the words of each of many such texts to the buffers of a new text column.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import compiled, compiled_into
from skiptrace.kernels.interning import Table, code_of, find

COMMA, WORD, LETTER, LISTED = 0, 1, 2, 3
"""Classes of elements; LISTED + k is the k-th class of listed words. An element is 2 * class, + 1 before a period."""
MOST_WORDS = 12
MOST_BYTES = 160

_Array = npt.NDArray[Any]

_OTHER, _ALPHA, _DIGIT, _MARK, _PERIOD, _GAP, _BREAK = 0, 1, 2, 3, 4, 5, 6
"""Kinds of bytes: a letter, a digit, a hyphen or apostrophe, a period, a space, a comma."""
_SPACE, _HYPHEN, _S = 32, 45, 83
_ODD, _MARKED, _DOTTED, _DIGITS, _VARIED = -1, 1, 2, 4, 8
"""What is said of a word: that it is odd, or a sum of: holds a mark; a period behind it; holds a digit; two letters differ."""


def _kinds() -> npt.NDArray[np.uint8]:
    found = np.full(256, _OTHER, np.uint8)
    found[np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", np.uint8)] = _ALPHA
    found[np.frombuffer(b"0123456789", np.uint8)] = _DIGIT
    for sign, kind in (("-", _MARK), ("'", _MARK), (".", _PERIOD), (" ", _GAP), (",", _BREAK)):
        found[ord(sign)] = kind
    return found


_KINDS = _kinds()


class Cut(NamedTuple):
    """Texts in pieces. Text i has elements[bounds[i]:bounds[i + 1]] (int32, int64) and the words words[starts[i]:starts[i + 1]]
    (uint8, int32), upper case with single spaces, without commas, periods and apostrophes. plain bool[n]: False where a text
    has no shape (then both are empty)."""

    elements: npt.NDArray[np.int32]
    bounds: npt.NDArray[np.int64]
    words: npt.NDArray[np.uint8]
    starts: npt.NDArray[np.int32]
    plain: npt.NDArray[np.bool_]


@compiled_into
def _copy_word(data: _Array, at: int, end: int, kinds: _Array, words: _Array, place: int) -> tuple[int, int, int]:
    """(where the word at `at` ends, where its copy ends, what is said of it)."""
    begin, said, before = place, 0, _GAP
    while at < end:
        byte = data[at]
        kind = kinds[byte]
        if kind >= _GAP:
            break
        following = kinds[data[at + 1]] if at + 1 < end else _GAP
        inside = _ALPHA <= before <= _DIGIT
        if _ALPHA <= kind <= _DIGIT:
            if kind == _DIGIT:
                said |= _DIGITS
            elif byte > 90:
                byte -= np.uint8(32)
            words[place] = byte
            if byte != words[begin]:
                said |= _VARIED
            place += 1
        elif kind == _PERIOD and inside and following >= _GAP:
            said |= _DOTTED
        elif kind == _MARK and inside and _ALPHA <= following <= _DIGIT:
            said |= _MARKED
            if byte == _HYPHEN:
                words[place] = byte
                place += 1
            elif data[at + 1] & 95 == _S and (at + 2 == end or kinds[data[at + 2]] > _DIGIT):
                return at, place, _ODD  # of JOE'S
        else:
            return at, place, _ODD
        before = kind
        at += 1
    return at, place, said


@compiled_into
def _class_of(listed: Table, classes: _Array, words: _Array, start: int, stop: int) -> Any:
    """The class of a listed word; -1 for any other."""
    entry = find(listed, words, start, stop, code_of(listed, words, start, stop))
    return np.int32(-1) if entry < 0 else classes[entry]


@compiled
def _holds_listed(listed: Table, words: _Array, start: int, stop: int, data: _Array, at: int, end: int, kinds: _Array) -> bool:
    """Whether a marked word (its copy, and where it stands in `data`) is listed without the marks, or a piece of it is."""
    if find(listed, words, start, stop, code_of(listed, words, start, stop)) >= 0:
        return True
    piece = place = start
    while at <= end:
        if at == end or kinds[data[at]] == _MARK:
            if place > piece and find(listed, words, piece, place, code_of(listed, words, piece, place)) >= 0:
                return True
            if at < end and data[at] == _HYPHEN:
                place += 1
            piece = place
        elif kinds[data[at]] != _PERIOD:
            place += 1
        at += 1
    return False


@compiled
def cut_names(
    data: _Array, offsets: _Array, kinds: _Array, listed: Table, classes: _Array,
    elements: _Array, bounds: _Array, words: _Array, starts: _Array, plain: _Array,
) -> None:  # fmt: skip
    """Fill the arrays of a `Cut`."""
    element, place = 0, 0
    for text in range(len(plain)):
        bounds[text], starts[text] = element, place
        first, end = offsets[text] + 0, offsets[text + 1] + 0  # 64 bits wide, as all sums are
        at, count, all_said, fixed = first, 0, 0, False
        good = end - at <= MOST_BYTES
        while good and at < end:
            if kinds[data[at]] == _GAP:
                at += 1
                continue
            if kinds[data[at]] == _BREAK:
                good = at == first or data[at - 1] != _SPACE
                elements[element] = 2 * COMMA
                element += 1
                at += 1
                continue
            if count > 0:
                words[place] = _SPACE
                place += 1
            begin, origin = place, at
            at, place, said = _copy_word(data, at, end, kinds, words, place)
            count += 1
            if said < 0 or count > MOST_WORDS:
                good = False
                break
            kind = np.int32(LETTER) if place == begin + 1 else np.int32(WORD)
            fixed = False
            if said & _MARKED:
                good = said & _DIGITS == 0 and not _holds_listed(listed, words, begin, place, data, origin, at, kinds)
            else:
                found = _class_of(listed, classes, words, begin, place)
                if found >= 0:
                    kind = np.int32(LISTED) + found
                    fixed = count == 1
                else:
                    good = said & _DIGITS == 0 and (said & _VARIED != 0 or place == begin + 1)
            all_said |= said
            if words[begin] != words[starts[text]]:
                all_said |= _VARIED
            elements[element] = 2 * kind + (1 if said & _DOTTED else 0)
            element += 1
        if all_said & _VARIED == 0 and place - starts[text] > 2 and not fixed:
            good = False  # one letter only: which one it is matters to no list, but that it is one does
        plain[text] = good
        if not good:
            element, place = bounds[text], starts[text] + 0
    bounds[len(plain)], starts[len(plain)] = element, place


def cut(offsets: npt.NDArray[np.int32], data: npt.NDArray[np.uint8], listed: Table, classes: npt.NDArray[np.int32]) -> Cut:
    """Cut the texts data[offsets[i]:offsets[i + 1]]. `listed` holds words as upper-case bytes, `classes` the class of each."""
    count, size = len(offsets) - 1, int(offsets[-1] - offsets[0])
    out = Cut(
        np.empty(size + 1, np.int32), np.empty(count + 1, np.int64), np.empty(size + 1, np.uint8), np.empty(count + 1, np.int32),
        np.empty(count, np.bool_),
    )  # fmt: skip
    cut_names(data, offsets, _KINDS, listed, classes, *out)
    return out


@compiled_into
def _span(words: _Array, begin: int, stop: int, first: int, last: int) -> tuple[int, int]:
    """Where the words `first` to `last` (not included; -1: to the end) of words[begin:stop] begin and end."""
    seen = 0
    while seen < first:
        if words[begin] == _SPACE:
            seen += 1
        begin += 1
    end = begin
    while end < stop:
        if words[end] == _SPACE:
            seen += 1
            if seen == last:
                break
        end += 1
    return begin, end


@compiled
def _measure(words: _Array, starts: _Array, texts: _Array, first: _Array, last: _Array, offsets: _Array, begins: _Array) -> None:
    place = 0
    for at in range(len(texts)):
        offsets[at] = place
        begin, end = _span(words, starts[texts[at]] + 0, starts[texts[at] + 1] + 0, first[at], last[at])
        begins[at] = begin
        place += end - begin
    offsets[len(texts)] = place


@compiled
def _copy_spans(words: _Array, begins: _Array, offsets: _Array, out: _Array) -> None:
    for at in range(len(begins)):
        shift = begins[at] - offsets[at]
        for byte in range(offsets[at], offsets[at + 1]):
            out[byte] = words[byte + shift]


def gather(
    pieces: Cut, texts: npt.NDArray[np.int32], first: npt.NDArray[np.int32], last: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """The words `first` up to `last` (not included; -1: to the end) of the texts at the given places: offsets and bytes."""
    offsets, begins = np.empty(len(texts) + 1, np.int32), np.empty(len(texts), np.int32)
    _measure(pieces.words, pieces.starts, texts, first, last, offsets, begins)
    out = np.empty(offsets[-1], np.uint8)
    _copy_spans(pieces.words, begins, offsets, out)
    return offsets, out
