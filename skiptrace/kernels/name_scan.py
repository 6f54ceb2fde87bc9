"""The plain texts among names, cut into words by a byte machine, and pieces of them gathered to new columns.

`cut` turns each text into a sequence of elements: a comma, a listed word (by its class), any other word, or a single
letter, each with or without a period behind it. Texts with the same sequence have the same shape: whatever is decided by
looking words up in lists is decided for all of them at once. A text that holds anything else (other characters, marks in
odd places, letters that only repeat) has no shape and is read by itself.

`gather` writes, for each row, the words `first` to `last` of one such text into the buffers of an Arrow text column.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from skiptrace.kernels.compiling import compiled, compiled_into
from skiptrace.kernels.interning import Table, find, hash_of

COMMA, WORD, LETTER, LISTED = 0, 1, 2, 3
"""Classes of elements; LISTED + k is the k-th class of listed words. An element is 2 * class, + 1 before a period."""
MOST_WORDS = 12
MOST_BYTES = 160

_SPACE, _QUOTE, _COMMA, _HYPHEN, _PERIOD, _DIGIT, _S = 32, 39, 44, 45, 46, 48, 83

_Bytes = npt.NDArray[np.uint8]
_Places = npt.NDArray[np.int64]
_Numbers = npt.NDArray[np.int32]


class Cut(NamedTuple):
    """Texts in pieces. Text i has elements[bounds[i]:bounds[i + 1]] and the words words[starts[i]:starts[i + 1]], upper case
    with single spaces, without commas, periods and apostrophes. plain bool[n]: False where a text has no shape (then both
    are empty)."""

    elements: _Numbers
    bounds: _Places
    words: _Bytes
    starts: _Places
    plain: npt.NDArray[np.bool_]


@compiled_into
def _class_of(listed: Table, classes: _Numbers, words: _Bytes, start: int, stop: int) -> Any:
    """The class of a listed word; -1 for any other."""
    entry = find(listed, words, start, stop, hash_of(words, start, stop))
    return np.int32(-1) if entry < 0 else classes[entry]


@compiled
def _holds_listed(listed: Table, words: _Bytes, raw: _Bytes, start: int, stop: int, at: int, end: int) -> bool:
    """Whether a word that holds a hyphen or an apostrophe is listed without it, or a piece of it is."""
    if find(listed, words, start, stop, hash_of(words, start, stop)) >= 0:
        return True
    piece = start
    place = start
    for byte in range(at, end + 1):
        mark = byte == end or raw[byte] == _HYPHEN or raw[byte] == _QUOTE
        if mark:
            if place > piece and find(listed, words, piece, place, hash_of(words, piece, place)) >= 0:
                return True
            if byte < end and raw[byte] == _HYPHEN:
                place += 1
            piece = place
        elif raw[byte] != _PERIOD:
            place += 1
    return False


@compiled
def _cut(
    data: _Bytes, offsets: _Numbers, listed: Table, classes: _Numbers,
    elements: _Numbers, bounds: _Places, words: _Bytes, starts: _Places, plain: npt.NDArray[np.bool_],
) -> None:  # fmt: skip
    element, place = 0, 0
    for text in range(len(plain)):
        bounds[text], starts[text] = element, place
        at, end = np.int64(offsets[text]), np.int64(offsets[text + 1])
        good = end - at <= MOST_BYTES
        count, letters, only = 0, 0, np.uint8(0)
        varied = False
        while good and at < end:
            if data[at] == _SPACE:
                at += 1
                continue
            if data[at] == _COMMA:
                good = at == offsets[text] or data[at - 1] != _SPACE
                elements[element] = 2 * COMMA
                element += 1
                at += 1
                continue
            if count > 0:
                words[place] = _SPACE
                place += 1
            begin, origin = place, at
            marked, dotted, digits, same = False, False, False, True
            while at < end and data[at] != _SPACE and data[at] != _COMMA:
                byte = data[at]
                if 97 <= byte <= 122:
                    byte -= np.uint8(32)
                digit = 48 <= byte <= 57
                if digit or 65 <= byte <= 90:
                    words[place] = byte
                    if place > begin and byte != words[begin]:
                        same = False
                    if letters == 0:
                        only = byte
                    elif byte != only:
                        varied = True
                    letters += 1
                    digits = digits or digit
                    place += 1
                else:
                    before = data[at - 1] if at > origin else np.uint8(0)
                    following = data[at + 1] if at + 1 < end else np.uint8(0)
                    if byte == _PERIOD:
                        good = before >= _DIGIT and (following == 0 or following == _SPACE or following == _COMMA)
                        dotted = True
                    elif byte == _HYPHEN or byte == _QUOTE:
                        good = before >= _DIGIT and following >= _DIGIT
                        marked = True
                        if byte == _HYPHEN:
                            words[place] = _HYPHEN
                            place += 1
                            same = False
                        elif (following == _S or following == _S + 32) and (at + 2 == end or data[at + 2] < _DIGIT):
                            good = False  # of JOE'S
                    else:
                        good = False
                    if not good:
                        break
                at += 1
            if not good:
                break
            count += 1
            kind = np.int32(LETTER) if place == begin + 1 else np.int32(WORD)
            if marked:
                good = not digits and not _holds_listed(listed, words, data, begin, place, origin, at)
            else:
                found = _class_of(listed, classes, words, begin, place)
                if found >= 0:
                    kind = np.int32(LISTED) + found
                else:
                    good = not digits and (not same or place == begin + 1)
            good = good and count <= MOST_WORDS
            elements[element] = 2 * kind + (1 if dotted else 0)
            element += 1
        if not varied and letters > 2:
            good = False
        plain[text] = good
        if not good:
            element, place = bounds[text], starts[text]
    bounds[len(plain)], starts[len(plain)] = element, place


def cut(texts: pa.StringArray, listed: Table, classes: _Numbers) -> Cut:
    """Cut an array of texts without nulls. `listed` holds words as upper-case bytes, `classes` the class of each entry."""
    rows = len(texts)
    _, places, content = texts.buffers()
    offsets = _view(places, np.int32)[texts.offset : texts.offset + rows + 1] if rows else np.zeros(1, np.int32)
    size = int(offsets[-1] - offsets[0])
    out = Cut(
        np.empty(size + 1, np.int32), np.empty(rows + 1, np.int64), np.empty(size + 1, np.uint8), np.empty(rows + 1, np.int64),
        np.empty(rows, np.bool_),
    )  # fmt: skip
    _cut(_view(content, np.uint8), offsets, listed, classes, *out)
    return out


def _view(buffer: pa.Buffer | None, kind: type[np.generic]) -> npt.NDArray[Any]:
    """A buffer as an array; always one that cannot be written to, so that one form of the loop is compiled."""
    view = np.empty(0, kind) if buffer is None else np.frombuffer(buffer, kind)
    view.flags.writeable = False
    return view


@compiled
def _span(words: _Bytes, start: int, stop: int, first: int, last: int) -> tuple[int, int]:
    """Where the words `first` to `last` (not included) of a text begin and end."""
    begin, seen = start, 0
    if first > 0:
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
def _gather(
    words: _Bytes, starts: _Places, values: npt.NDArray[np.int32], templates: _Numbers, spans: npt.NDArray[np.int32],
    offsets: _Numbers, out: _Bytes, validity: _Bytes,
) -> tuple[int, int]:  # fmt: skip
    """(bytes written, nulls)."""
    place, nulls = 0, 0
    offsets[0] = 0
    for row in range(len(templates)):
        span = spans[templates[row]]
        if span[0] >= 0:
            value = values[span[0], row]
            begin, end = starts[value], starts[value + 1]
            if span[1] > 0 or span[2] >= 0:
                begin, end = _span(words, begin, end, span[1], span[2])
            for byte in range(begin, end):
                out[place] = words[byte]
                place += 1
            validity[row >> 3] |= np.uint8(1 << (row & 7))
        else:
            nulls += 1
        offsets[row + 1] = place
    return place, nulls


def gather(
    words: _Bytes, starts: _Places, values: npt.NDArray[np.int32], templates: _Numbers, spans: npt.NDArray[np.int32]
) -> pa.StringArray:
    """One new column of len(templates) rows.

    Row r takes the words of text values[p, r], where (p, first, last) = spans[templates[r]]: those from `first` up to
    `last`, which is not included, or to the end where it is -1. It is null where p is -1.
    """
    rows = len(templates)
    used = np.unique(spans[:, 0])
    lengths = np.diff(starts)
    room = sum(int(lengths[values[part]].sum()) for part in used[used >= 0])
    offsets, out = np.empty(rows + 1, np.int32), np.empty(room, np.uint8)
    validity = np.zeros(rows // 8 + 1, np.uint8)
    size, nulls = _gather(words, starts, values, templates, spans, offsets, out, validity)
    there = pa.py_buffer(validity) if nulls else None
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(out[:size]), there, nulls)
