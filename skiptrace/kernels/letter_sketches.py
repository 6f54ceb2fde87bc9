"""Sketches of cities and mailboxes in a few words: enough to tell equal texts, and to see by integers that two are alike.

A sketch holds which letters a text has, in the bits of `text_similarity.letter_words`, and a short hash of all of it. Whoever
drops, doubles or exchanges letters changes hardly any of these bits, and two texts that have nothing to do with each other
differ in many.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from skiptrace.kernels import record_layout as at
from skiptrace.kernels.compiling import Whole, compiled, compiled_into
from skiptrace.kernels.interning import hash_of
from skiptrace.kernels.text_similarity import count_bits, letters_of, most_common, most_similar

_Bytes = npt.NDArray[np.uint8]
_Offsets = npt.NDArray[np.int32]
_Records = npt.NDArray[np.int32]
_LETTERS, _KINDS = (1 << 26) - 1, 26
_LONGEST = 31
"""Lengths are kept up to here."""
_AT = 64
_CITY_BITS, _USER_BITS, HOST_BITS = 6, 16, 10
"""How much of a hash is kept."""


@compiled
def city_words(offsets: _Offsets, data: _Bytes, out: npt.NDArray[np.int32]) -> None:
    """One word per city: its letters and six bits of its hash; 0 for none."""
    for row in range(len(out)):
        start, stop = offsets[row], offsets[row + 1]
        hashed = np.int64(hash_of(data, start, stop) & np.uint64((1 << _CITY_BITS) - 1)) if stop > start else 0
        out[row] = np.int32(np.uint32(letters_of(data, start, stop) & _LETTERS | hashed << _KINDS))


@compiled
def mailbox_words(offsets: _Offsets, data: _Bytes, out: npt.NDArray[np.int32]) -> None:
    """The words EMAIL_WORDS of `record_layout` of each mailbox, int32 [n, 3]; 0 for none."""
    for row in range(len(out)):
        start, stop = offsets[row], offsets[row + 1]
        end = start
        while end < stop and data[end] != _AT:
            end += 1
        host = min(end + 1, stop)
        out[row, at.HOST] = letters_of(data, host, stop) & _LETTERS | min(stop - host, _LONGEST) << _KINDS
        out[row, at.USER] = letters_of(data, start, end)
        hashed = np.int64(hash_of(data, start, end) & np.uint64((1 << _USER_BITS) - 1)) if end > start else 0
        other = np.int64(hash_of(data, host, stop) & np.uint64((1 << HOST_BITS) - 1)) if stop > host else 0
        out[row, at.REST] = (min(end - start, _LONGEST) << _USER_BITS | hashed) << HOST_BITS | other


@compiled_into
def cities_alike(one: Whole, two: Whole) -> bool:
    """Whether two cities (words) have the same letters but for one at most."""
    return bool(count_bits(one ^ two) <= 1)


@compiled_into
def email_claim(a: _Records, i: Whole, b: _Records, j: Whole, bar: float) -> Whole:
    """The best claim of any two mailboxes. `bar`: how alike they must at least be able to be."""
    if a[i, at.EMAIL + at.USER] == 0 or b[j, at.EMAIL + at.USER] == 0:
        return -1
    best = 0
    for one in range(at.EMAILS):
        x = at.EMAIL + at.EMAIL_WORDS * one
        user, host, rest = np.int64(a[i, x + at.USER]), np.int64(a[i, x + at.HOST]), np.int64(a[i, x + at.REST])
        if user == 0:
            break
        for two in range(at.EMAILS):
            y = at.EMAIL + at.EMAIL_WORDS * two
            user2, host2, rest2 = np.int64(b[j, y + at.USER]), np.int64(b[j, y + at.HOST]), np.int64(b[j, y + at.REST])
            if user2 == 0:
                break
            same_user = user == user2 and rest >> HOST_BITS == rest2 >> HOST_BITS
            if same_user and host == host2 and rest == rest2:
                return 4
            size, size2 = rest >> HOST_BITS + _USER_BITS, rest2 >> HOST_BITS + _USER_BITS
            if not same_user and most_similar(user, size, user2, size2) < bar:
                continue
            if host == host2 or most_common(host, host >> _KINDS, host2, host2 >> _KINDS) >= bar:
                best = max(best, 3 if same_user else 1)
            elif same_user:
                best = max(best, 2)
    return best
