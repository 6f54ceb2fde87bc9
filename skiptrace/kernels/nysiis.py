"""NYSIIS codes of names: how a name sounds, from its bytes.

The rules are those of the New York State Identification and Intelligence System (Taft, 1970) without the cut to six letters, step
for step as jellyfish applies them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import Whole, compiled, compiled_into

_A, _C, _D, _E, _F, _G, _H, _I, _K, _M, _N, _O = 65, 67, 68, 69, 70, 71, 72, 73, 75, 77, 78, 79
_P, _Q, _R, _S, _T, _U, _V, _W, _Y, _Z = 80, 81, 82, 83, 84, 85, 86, 87, 89, 90
_Bytes = npt.NDArray[np.uint8]
_Offsets = npt.NDArray[np.int32]


@compiled_into
def _is_vowel(letter: Whole) -> Whole:
    return letter in (_A, _E, _I, _O, _U)


@compiled_into
def _prepare(word: _Bytes, size: Whole) -> tuple[Whole, Whole]:
    """How a name begins and ends is written in one way. Returns where it begins now and where it ends."""
    begin = 0
    if size >= 3 and word[0] == _M and word[1] == _A and word[2] == _C:
        word[1] = _C
    elif size >= 2 and word[0] == _K and word[1] == _N:
        begin = 1
    elif word[0] == _K:
        word[0] = _C
    elif size >= 2 and word[0] == _P and (word[1] == _H or word[1] == _F):
        word[0] = word[1] = _F
    elif size >= 3 and word[0] == _S and word[1] == _C and word[2] == _H:
        word[1] = word[2] = _S
    end = size
    if end - begin >= 2:
        last, before = word[end - 1], word[end - 2]
        if last == _E and (before in (_I, _E)):
            end -= 1
            word[end - 1] = _Y
        elif (last == _T and (before in (_D, _R, _N))) or (last == _D and (before in (_R, _N))):
            end -= 1
            word[end - 1] = _D
    return begin, end


@compiled_into
def _sound(word: _Bytes, begin: Whole, end: Whole, out: _Bytes, filled: Whole) -> Whole:
    """Write what a prepared name sounds like to `out` from `filled` on. Returns where it ends there."""
    start = filled
    out[filled] = word[begin]
    filled += 1
    at = begin + 1
    while at < end:
        letter, before = word[at], word[at - 1]
        after = word[at + 1] if at + 1 < end else 0
        first, second = letter, 0  # what it becomes; two letters at most
        if letter == _E and after == _V:
            first, second = _A, _F
            at += 1
        elif _is_vowel(letter):
            first = _A
        elif letter == _Q:
            first = _G
        elif letter == _Z:
            first = _S
        elif letter == _M:
            first = _N
        elif letter == _K:
            first = _N if after == _N else _C
        elif letter == _S and after == _C and at + 2 < end and word[at + 2] == _H:
            first, second = _S, _S
            at += 2
        elif letter == _P and after == _H:
            first = _F
            at += 1
        elif letter == _H and not (_is_vowel(before) and _is_vowel(after)):
            first = _A if _is_vowel(before) else before
        elif letter == _W and _is_vowel(before):
            first = before
        last = second if second != 0 else first
        if last != out[filled - 1]:
            out[filled] = first
            filled += 1
            if second != 0:
                out[filled] = second
                filled += 1
        at += 1
    if filled - start > 1 and out[filled - 1] == _S:
        filled -= 1
    if filled - start > 1 and out[filled - 1] == _Y and out[filled - 2] == _A:
        filled -= 1
        out[filled - 1] = _Y
    if filled - start > 1 and out[filled - 1] == _A:
        filled -= 1
    return filled


@compiled
def nysiis(offsets: _Offsets, data: _Bytes, out_offsets: _Offsets, out: _Bytes, plain: npt.NDArray[np.bool_]) -> None:
    """The code of the letters of each text to `out` [as many bytes as the texts have], text i's from out_offsets[i] on; empty where it
    has none. `plain` becomes False for a text with a byte that is not ASCII, whose code is left empty."""
    word = np.empty(64, np.uint8)
    filled = 0
    for row in range(len(plain)):
        out_offsets[row] = filled
        start, stop = offsets[row], offsets[row + 1]
        if stop - start > len(word):
            word = np.empty(2 * (stop - start), np.uint8)
        size, plain[row] = 0, True
        for place in range(start, stop):
            byte = data[place]
            if byte >= 128:
                plain[row] = False
            upper = byte - 32 if 97 <= byte <= 122 else byte
            if 65 <= upper <= 90:
                word[size] = upper
                size += 1
        if plain[row] and size > 0:
            begin, end = _prepare(word, size)
            filled = _sound(word, begin, end, out, filled)
    out_offsets[len(plain)] = filled
