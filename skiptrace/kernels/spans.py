"""Copying of spans: pieces of byte buffers, one after another, into the layout of an Arrow text column."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import compiled
from skiptrace.kernels.interning import Table
from skiptrace.kernels.tokenise import Tokens

_Bytes = npt.NDArray[np.uint8]
_Places = npt.NDArray[np.int64]


@compiled
def place_tokens(
    tokens: Tokens, sequences: npt.NDArray[np.int32], table: Table, labels: _Bytes, counts: _Places, from_library: _Bytes,
    found: _Bytes, starts: _Places, ends: _Places,
) -> None:  # fmt: skip
    """Bring tokens and labels into row order: those of known sequences, and those that the library was asked for.

    counts: tokens of each row; from_library: the library's labels, one row after another. Labels go to `found`, each
    token's place in the column's bytes to `starts` and `ends`; a token of the library gets -1 and its number there.
    """
    at, asked = 0, 0
    for row in range(len(counts)):
        sequence = sequences[row]
        if sequence >= 0:
            source, label = tokens.rows[row], table.starts[sequence]
            for step in range(counts[row]):
                starts[at], ends[at] = tokens.starts[source + step], tokens.ends[source + step]
                found[at] = labels[label + step]
                at += 1
        else:
            for _ in range(counts[row]):
                starts[at], ends[at] = -1, asked
                found[at] = from_library[asked]
                asked += 1
                at += 1


@compiled
def text_size(starts: _Places, ends: _Places, extra_offsets: _Places, offsets: _Places) -> None:
    """Fill the offsets of a text column of the given spans; span (-1, k) is the k-th of the extra texts."""
    total = 0
    for at in range(len(starts)):
        offsets[at] = total
        if starts[at] >= 0:
            total += ends[at] - starts[at]
        else:
            total += extra_offsets[ends[at] + 1] - extra_offsets[ends[at]]
    offsets[len(starts)] = total


@compiled
def copy_text(
    data: _Bytes, starts: _Places, ends: _Places, extra: _Bytes, extra_offsets: _Places, offsets: _Places, out: _Bytes
) -> None:
    """Copy the bytes of the spans that `text_size` measured."""
    for at in range(len(starts)):
        place = offsets[at]
        if starts[at] >= 0:
            for byte in range(starts[at], ends[at]):
                out[place] = data[byte]
                place += 1
        else:
            for byte in range(extra_offsets[ends[at]], extra_offsets[ends[at] + 1]):
                out[place] = extra[byte]
                place += 1
