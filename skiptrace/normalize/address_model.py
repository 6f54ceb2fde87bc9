"""Tokens and labels of address lines, equal to the address library's, for columns of lines at memory speed.

Three memories make it fast, each filled by what was not met before: a token's class (by the library's own feature
function, once per token), the sequences of classes of whole lines, and the labels of each sequence (one exact decoding).
A line whose sequence is known costs its tokenising and two look-ups. Lines that the byte machine does not read, and
sequences whose best labelling is not ahead of the next by more than rounding (see `skiptrace.kernels.viterbi`), go to
the library.

Importing this module loads numba: import it where a column is long enough to be worth that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import usaddress

from skiptrace.kernels.interning import Table, content_of, grown, intern, new_table
from skiptrace.kernels.spans import copy_text, place_tokens, text_size
from skiptrace.kernels.tokenise import Tokens, add_new, cut, look_up, room_for
from skiptrace.kernels.viterbi import FOR_LIBRARY, SAFE_MARGIN, decode, name_patterns, sequences
from skiptrace.normalize.crf_model import CrfModel
from skiptrace.normalize.library_version import is_proven
from skiptrace.normalize.text_buffers import arrow_text

_BATCH_ROWS = 16_384
_BATCH_BYTES = 1 << 23
MOST_ENTRIES = 2_000_000
"""Entries of a memory at which it is emptied before the next column: what a hostile file can fill is bounded."""


@dataclass(frozen=True)
class LabelledLines:
    """Tokens and labels of n lines.

    offsets: int64[n + 1], line i has the tokens offsets[i] up to offsets[i + 1]. tokens: `large_string`, one per token,
    as the library cuts them. labels: uint8, one per token, a place in `names`. A null line has no tokens.
    """

    offsets: npt.NDArray[np.int64]
    tokens: pa.Array
    labels: npt.NDArray[np.uint8]
    names: list[str]

    def parsed(self, line: int) -> list[tuple[str, str]]:
        """What the library's `parse` gives for one line."""
        start, stop = int(self.offsets[line]), int(self.offsets[line + 1])
        tokens = self.tokens.slice(start, stop - start).to_pylist()
        return [(token, self.names[label]) for token, label in zip(tokens, self.labels[start:stop], strict=True)]


class Batch(NamedTuple):
    """Rows `first` to `last` of a column: its bytes, their tokens, and per row its sequence (see `kernels.viterbi`)."""

    first: int
    last: int
    data: npt.NDArray[np.uint8]
    tokens: Tokens
    sequences: npt.NDArray[np.int32]


class AddressMemory:
    """What was learned from the lines read so far. Answers never depend on it, only the time they take.

    tokens, token_class: tokens and their classes. sequences, labels: sequences of classes, and the label of each element
    at the same place. patterns, pattern_of: the distinct sequences of labels, and which of them each sequence has.
    """

    def __init__(self) -> None:
        self.model = CrfModel(usaddress.MODEL_PATH)
        self.age = -1
        self.clear()

    def clear(self) -> None:
        """Forget everything but the model. `age` counts how often that was: numbers of patterns differ then."""
        self.age += 1
        self.tokens: Table = new_table(np.uint8, 65_536, 1 << 20)
        self.token_class: npt.NDArray[np.int16] = np.empty(0, np.int16)
        self.sequences: Table = new_table(np.int16, 65_536, 1 << 20)
        self.labels: npt.NDArray[np.uint8] = np.empty(1 << 20, np.uint8)
        self.patterns: Table = new_table(np.uint8, 16_384, 1 << 18)
        self.pattern_of: npt.NDArray[np.int32] = np.empty(0, np.int32)
        for word in self.model.hyphenated_numbers():
            for token in (word, f"{word},"):
                intern(self.tokens, np.frombuffer(token.encode(), np.uint8), 0, len(token))

    def batches(self, lines: pa.Array) -> Iterator[Batch]:
        """Tokenise and label `lines` (`string`, nulls as empty lines), some ten thousand rows at a time."""
        if max(self.tokens.count[0], self.sequences.count[0], self.patterns.count[0]) > MOST_ENTRIES:
            self.clear()
        offsets, data = arrow_text(lines)
        first, rows = 0, len(lines)
        while first < rows:
            limit = int(np.searchsorted(offsets, int(offsets[first]) + _BATCH_BYTES, side="right")) - 1
            last = min(rows, first + _BATCH_ROWS, max(limit, first + 1))
            tokens = self._tokenise(data, offsets, first, last)
            yield Batch(first, last, data, tokens, self._label(data, tokens))
            first = last

    def _tokenise(
        self, data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int32], first: int, last: int
    ) -> Tokens:
        tokens = room_for(last - first, int(offsets[last] - offsets[first]))
        cut(data, offsets, first, last, tokens)
        if look_up(data, tokens, self.tokens):
            at, total = 0, int(tokens.rows[-1])
            while (at := add_new(data, tokens, self.tokens, at)) < total:
                self.tokens = grown(self.tokens, 1, int(tokens.ends[at] - tokens.starts[at]))
        known, count = len(self.token_class), int(self.tokens.count[0])
        if known < count:
            texts = (bytes(content_of(self.tokens, entry)).decode("ascii") for entry in range(known, count))
            new = np.fromiter((self.model.class_of(text) for text in texts), np.int16, count - known)
            self.token_class = np.concatenate([self.token_class, new])
        return tokens

    def _label(self, data: npt.NDArray[np.uint8], tokens: Tokens) -> npt.NDArray[np.int32]:
        count = len(tokens.counts)
        rows, at = np.empty(count, np.int32), 0
        known = int(self.sequences.count[0])
        while (at := sequences(tokens, at, count, self.token_class, self.sequences, rows)) < count:
            self.sequences = grown(self.sequences, 1, int(tokens.counts[at]))
        last = int(self.sequences.count[0])
        if known == last:
            return rows
        if len(self.labels) < len(self.sequences.contents):
            self.labels = np.concatenate([self.labels, np.zeros(len(self.sequences.contents) - len(self.labels), np.uint8)])
        margins = np.empty(last - known)
        decode(self.model.weights(), self.sequences, known, last, self.labels, margins)
        for sequence in known + np.flatnonzero(margins <= SAFE_MARGIN):
            self._settle(int(sequence), data, tokens, int(np.flatnonzero(rows == sequence)[0]))
        self.pattern_of = np.concatenate([self.pattern_of, np.empty(last - known, np.int32)])
        at = known
        while (at := name_patterns(self.sequences, at, last, self.labels, self.patterns, self.pattern_of)) < last:
            self.patterns = grown(self.patterns, 1, int(self.sequences.starts[at + 1] - self.sequences.starts[at]))
        return rows

    def _settle(self, sequence: int, data: npt.NDArray[np.uint8], tokens: Tokens, row: int) -> None:
        """Take the library's labels for a sequence, from a row that has it."""
        places = range(int(tokens.rows[row]), int(tokens.rows[row + 1]))
        texts = [bytes(data[tokens.starts[at] : tokens.ends[at]]).decode("ascii") for at in places]
        found = usaddress.TAGGER.tag(usaddress.tokens2features(texts))
        start = int(self.sequences.starts[sequence])
        self.labels[start : start + len(found)] = [self.model.labels.index(label) for label in found]


@lru_cache(maxsize=1)
def shared_memory() -> AddressMemory:
    """The memory of this process."""
    return AddressMemory()


def ask_library(line: str | None) -> list[tuple[str, str]]:
    """The library's own reading of a line; nothing where it fails."""
    try:
        return list(usaddress.parse(line)) if line else []
    except Exception:  # it gives up on a line in ways it does not list
        return []


def label_lines(lines: pa.Array, memory: AddressMemory | None = None) -> LabelledLines:
    """Tokens and labels of `lines` (`string`), equal to the library's `parse` of each. Never raises on any text.

    A line on which the library itself fails has no tokens. `memory`: what is known already, and will be kept; the
    process's own where not given.
    """
    memory = memory or shared_memory()
    if is_proven():
        parts = [_collect(batch, lines, memory) for batch in memory.batches(lines)]
    else:
        nothing = np.full(len(lines), FOR_LIBRARY, np.int32)
        parts = [_collect(Batch(0, len(lines), np.empty(0, np.uint8), room_for(len(lines), 0), nothing), lines, memory)]
    offsets = np.zeros(len(lines) + 1, np.int64)
    np.cumsum(np.concatenate([np.empty(0, np.int64), *(part[0] for part in parts)]), out=offsets[1:])
    tokens = pa.concat_arrays([part[1] for part in parts]) if parts else pa.array([], pa.large_string())
    labels = np.concatenate([np.empty(0, np.uint8), *(part[2] for part in parts)])
    return LabelledLines(offsets, tokens, labels, memory.model.labels)


def _collect(
    batch: Batch, lines: pa.Array, memory: AddressMemory
) -> tuple[npt.NDArray[np.int64], pa.Array, npt.NDArray[np.uint8]]:
    """(tokens per row, the tokens, their labels) of one batch."""
    counts = np.where(batch.sequences >= 0, batch.tokens.counts, 0).astype(np.int64)
    asked: list[tuple[str, str]] = []
    for row in np.flatnonzero(batch.sequences == FOR_LIBRARY):
        found = ask_library(lines[batch.first + int(row)].as_py())
        counts[row] = len(found)
        asked.extend(found)
    asked_labels = np.array([memory.model.labels.index(label) for _, label in asked], np.uint8)
    texts = [token.encode() for token, _ in asked]
    extra = np.frombuffer(b"".join(texts), np.uint8)
    extra_offsets = np.cumsum([0, *(len(text) for text in texts)], dtype=np.int64)
    total = int(counts.sum())
    labels, starts, ends = np.empty(total, np.uint8), np.empty(total, np.int64), np.empty(total, np.int64)
    place_tokens(batch.tokens, batch.sequences, memory.sequences, memory.labels, counts, asked_labels, labels, starts, ends)
    offsets = np.empty(total + 1, np.int64)
    text_size(starts, ends, extra_offsets, offsets)
    out = np.empty(int(offsets[-1]), np.uint8)
    copy_text(batch.data, starts, ends, extra, extra_offsets, offsets, out)
    tokens = pa.LargeStringArray.from_buffers(total, pa.py_buffer(offsets), pa.py_buffer(out))
    return counts, tokens, labels
