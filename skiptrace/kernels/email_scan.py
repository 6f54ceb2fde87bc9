"""Plain e-mail addresses, read by a byte machine from the bytes of a text column.

Plain is what can be judged by its bytes alone, and where every reader must agree:

    spaces, local part, "@", domain, spaces; at most 250 bytes
    local part: 1 to 64 of RFC 5322's atext and single inner periods, not beginning with a quote, grave accent or bar
    domain: two or more labels of 1 to 63 letters, digits and single inner hyphens; the last ends with a letter

Plain addresses become lower case. Whatever else a text holds, it is not plain, which says nothing about it. Two hyphens
in a row are not plain: names in other alphabets are written so, and have rules of their own.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import compiled, compiled_into
from skiptrace.kernels.interning import Table, code_of, find, grown, has_room, intern, new_table

PLAIN = 1
"""The bit of a row's code that says that its address is plain. The others are the caller's, see `scan_column`."""
LONGEST, LONGEST_LOCAL, LONGEST_LABEL = 250, 64, 63

_SPACE, _HYPHEN, _PERIOD, _PLUS, _AT = 32, 45, 46, 43, 64
_OTHER, _LETTER, _DIGIT, _MARK, _LATE_MARK = 0, 1, 2, 3, 4

_Array = npt.NDArray[Any]
_Bytes = npt.NDArray[np.uint8]
_Numbers = npt.NDArray[np.int32]


def _classes() -> _Bytes:
    """What each byte may be in a local part."""
    found = np.zeros(256, np.uint8)
    for text, kind in (
        ("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", _LETTER), ("0123456789", _DIGIT), ("_!#$%&*+-/=?^{}~", _MARK),
        ("'`|", _LATE_MARK),
    ):  # fmt: skip
        found[np.frombuffer(text.encode(), np.uint8)] = kind
    return found


_CLASS = _classes()


class Emails(NamedTuple):
    """Rows of a column. code: 0 where the text is not plain, else PLAIN and the bits of its mailbox. The plain address of
    row i is values[offsets[i]:offsets[i + 1]], in lower case; its first local[i] bytes stand before the "@". domain: an
    entry of `domains`."""

    code: _Bytes
    values: _Bytes
    offsets: _Numbers
    local: _Numbers
    domain: _Numbers
    domains: Table


@compiled_into
def _place_local(data: _Array, at: int, end: int, classes: _Array, values: _Array, place: int) -> int:
    """Copy a local part up to the "@" and return how long it is; 0 where it is not plain."""
    length = 0
    before = np.uint8(_PERIOD)
    while at < end and data[at] != _AT:
        byte = data[at]
        kind = classes[byte]
        if byte == _PERIOD:
            if before == _PERIOD:
                return 0
        elif kind == _OTHER or (kind == _LATE_MARK and length == 0):
            return 0
        if 65 <= byte <= 90:
            byte += np.uint8(32)
        values[place + length] = byte
        before = byte
        length += 1
        at += 1
    return 0 if at == end or before == _PERIOD or length > LONGEST_LOCAL else length


@compiled_into
def _place_domain(data: _Array, at: int, end: int, classes: _Array, values: _Array, place: int) -> Any:
    """Copy a domain, which fills the text to its end; False where it is not plain."""
    label, labels = 0, 1
    before = np.uint8(_PERIOD)
    while at < end:
        byte = data[at]
        kind = classes[byte]
        if _LETTER <= kind <= _DIGIT:
            label += 1
        elif _HYPHEN <= before <= _PERIOD:  # these two stand side by side
            return False
        elif byte == _PERIOD:
            label = 0
            labels += 1
        elif byte == _HYPHEN:
            label += 1
        else:
            return False
        if label > LONGEST_LABEL:
            return False
        if 65 <= byte <= 90:
            byte += np.uint8(32)
        values[place] = byte
        before = byte
        place += 1
        at += 1
    return labels > 1 and classes[before] == _LETTER


@compiled
def scan_emails(
    data: _Array, starts: _Array, classes: _Array, mailboxes: Table, bits: _Array, first: int,
    code: _Array, values: _Array, offsets: _Array, local: _Array, domain: _Array, domains: Table,
) -> int:  # fmt: skip
    """Scan the rows from `first` on. Returns the row that it stopped before, because `domains` is full, or their number."""
    place = offsets[first] + 0  # 64 bits wide, as all sums are
    for row in range(first, len(code)):
        offsets[row] = place
        if not has_room(domains, 1, LONGEST):
            return row
        code[row], local[row], domain[row] = 0, 0, -1
        at, end = starts[row] + 0, starts[row + 1] + 0
        while at < end and data[at] == _SPACE:
            at += 1
        while end > at and data[end - 1] == _SPACE:
            end -= 1
        if end - at > LONGEST:
            continue
        length = _place_local(data, at, end, classes, values, place)
        if length == 0:
            continue
        values[place + length] = _AT
        behind = place + length + 1
        if not _place_domain(data, at + length + 1, end, classes, values, behind):
            continue
        stop = place + end - at
        local[row] = length
        domain[row] = intern(domains, values, behind, stop)
        mailbox = place
        while mailbox < place + length and values[mailbox] != _PLUS:
            mailbox += 1
        code[row] = PLAIN
        entry = find(mailboxes, values, place, mailbox, code_of(mailboxes, values, place, mailbox))
        if entry >= 0:
            code[row] |= bits[entry]
        place = stop
    offsets[len(code)] = place
    return len(code)


def scan_column(starts: _Numbers, data: _Bytes, mailboxes: Table, bits: _Bytes) -> Emails:
    """Scan the texts data[starts[i]:starts[i + 1]].

    mailboxes: lower-case local parts, without "+" and what follows; bits: what each entry adds to the code of a row.
    """
    rows, size = len(starts) - 1, int(starts[-1] - starts[0])
    code, local, domain = np.zeros(rows, np.uint8), np.zeros(rows, np.int32), np.empty(rows, np.int32)
    values, offsets, domains = np.empty(size + LONGEST, np.uint8), np.zeros(rows + 1, np.int32), new_table(np.uint8)
    row = 0
    while (row := scan_emails(data, starts, _CLASS, mailboxes, bits, row, code, values, offsets, local, domain, domains)) < rows:
        domains = grown(domains, 1, LONGEST)
    return Emails(code, values, offsets, local, domain, domains)


class Providers(NamedTuple):
    """What each entry of a table of domains does with mailboxes. dots bool: periods do not count. tag uint8: the byte from
    which on nothing counts, 0 for none. names[starts[i]:starts[i + 1]]: the domain that stands for entry i."""

    dots: npt.NDArray[np.bool_]
    tag: _Bytes
    names: _Bytes
    starts: npt.NDArray[np.int64]


@compiled
def _write_keys(
    rows: _Array, values: _Array, offsets: _Array, local: _Array, domain: _Array,
    dots: _Array, tag: _Array, names: _Array, starts: _Array, keys: _Array, places: _Array,
) -> None:  # fmt: skip
    place = 0
    for at in range(len(rows)):
        row, entry = rows[at], domain[rows[at]]
        places[at] = place
        begin = offsets[row]
        end = begin
        while end < begin + local[row] and (tag[entry] == 0 or values[end] != tag[entry]):
            end += 1
        without_dots = dots[entry] and end > begin
        if end == begin:
            end = begin + local[row]
        for byte in range(begin, end):
            if values[byte] != _PERIOD or not without_dots:
                keys[place] = values[byte]
                place += 1
        keys[place] = _AT
        place += 1
        for byte in range(starts[entry], starts[entry + 1]):
            keys[place] = names[byte]
            place += 1
    places[len(rows)] = place


def match_keys(emails: Emails, rows: npt.NDArray[np.int64], providers: Providers) -> tuple[_Numbers, _Bytes]:
    """The form of each given row's address that all forms of its mailbox have in common: offsets and bytes of a column."""
    longest = int(np.diff(providers.starts).max(initial=0))
    room = int((emails.local[rows] + 1 + np.diff(providers.starts)[emails.domain[rows]]).sum()) if len(rows) else 0
    keys, places = np.empty(room + longest, np.uint8), np.zeros(len(rows) + 1, np.int32)
    _write_keys(rows, emails.values, emails.offsets, emails.local, emails.domain, *providers, keys, places)
    return places, keys[: places[-1]]
