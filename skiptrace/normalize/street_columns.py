"""Columns of street lines to their parts, by shapes (see `address_shapes`); what has no shape is read row by row."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import usaddress

from skiptrace.kernels.filling import Templates, fill, measure
from skiptrace.kernels.interning import intern_spans
from skiptrace.kernels.street_bytes import Shapes, room_for_shapes
from skiptrace.kernels.street_cleaning import clean_lines
from skiptrace.kernels.street_shapes import shape_rows
from skiptrace.kernels.viterbi import FOR_LIBRARY, NO_TOKENS
from skiptrace.normalize.address_model import MOST_ENTRIES, AddressMemory, label_lines, shared_memory
from skiptrace.normalize.address_shapes import (
    FIELDS,
    FLAGS,
    KINDS,
    NO_QUESTION,
    ROW_BY_ROW,
    StreetMemory,
    asked_of,
    tagged,
    texts_of,
)
from skiptrace.normalize.address_templates import COUNTRIES, context_of
from skiptrace.normalize.street_lines import read_street_lines
from skiptrace.normalize.street_split import Tagger
from skiptrace.normalize.text_buffers import arrow_text, text_of

_BATCH_ROWS = 65_536
_MOST_SHAPES = MOST_ENTRIES // 8


class StreetColumns(NamedTuple):
    """Parts of street lines, one item per row: texts by FIELDS (`string`, empty where there is none), places in KINDS,
    and bits by FLAGS."""

    texts: dict[str, pa.Array]
    kinds: npt.NDArray[np.uint8]
    flags: npt.NDArray[np.uint16]


@lru_cache(maxsize=1)
def shared_streets() -> StreetMemory:
    """The memory of shapes of this process."""
    return StreetMemory(shared_memory())


def read_street_columns(
    line1: pa.Array,
    line2: pa.Array,
    contexts: npt.NDArray[np.uint8],
    memory: StreetMemory | None = None,
) -> StreetColumns:
    """What `read_street_lines` gives for each row of two `string` columns of equal length without nulls.

    contexts: one byte per row, see `context_of`. memory: the process's own where not given.
    """
    memory = memory or shared_streets()
    parts = []
    for first in range(0, len(line1), _BATCH_ROWS):
        rows = slice(first, min(first + _BATCH_ROWS, len(line1)))
        size = rows.stop - first
        parts.append(_read(line1.slice(first, size), line2.slice(first, size), contexts[rows], memory))
    if len(parts) == 1:
        return parts[0]
    empty = pa.array([], pa.string())
    return StreetColumns(
        {field: pa.concat_arrays([empty, *(part.texts[field] for part in parts)]) for field in FIELDS},
        np.concatenate([np.empty(0, np.uint8), *(part.kinds for part in parts)]),
        np.concatenate([np.empty(0, np.uint16), *(part.flags for part in parts)]),
    )


def _read(line1: pa.Array, line2: pa.Array, contexts: npt.NDArray[np.uint8], streets: StreetMemory) -> StreetColumns:
    rows = len(line1)
    if max(streets.shapes.count[0], streets.pairs.count[0]) > _MOST_SHAPES:
        streets.clear()
    (offsets1, data1), (offsets2, data2) = arrow_text(line1), arrow_text(line2)
    slots = room_for_shapes(rows, int(offsets1[-1] - offsets1[0] + offsets2[-1] - offsets2[0]))
    end = clean_lines(data1, offsets1, 0, 0, streets.vocabulary, slots)
    clean_lines(data2, offsets2, 1, end, streets.vocabulary, slots)
    shape_rows(contexts, streets.vocabulary, slots)
    streets.shapes, shapes = intern_spans(slots.shapes, slots.bounds, streets.shapes)
    streets.learn_shapes()
    questions = np.append(streets.question, np.int32(ROW_BY_ROW))[shapes]  # place -1 is the last
    patterns = _patterns(questions, slots, streets)
    questions[slots.signed & np.append(streets.sees_signs, np.False_)[shapes]] = ROW_BY_ROW
    answers = _answers(shapes, questions, patterns, streets)
    templates = streets.answers.arrays()
    texts = {field: _filled(templates, at, answers, slots) for at, field in enumerate(FIELDS)}
    known = answers >= 0
    kinds, flags = np.zeros(rows, np.uint8), np.zeros(rows, np.uint16)
    kinds[known] = np.array(streets.kind, np.uint8)[answers[known]]
    flags[known] = np.array(streets.flags, np.uint16)[answers[known]]
    found = StreetColumns(texts, kinds, flags)
    return found if known.all() else _read_rows(found, np.flatnonzero(~known), line1, line2, contexts, streets.labelling)


def _patterns(questions: npt.NDArray[np.int32], slots: Shapes, streets: StreetMemory) -> npt.NDArray[np.int32]:
    """The pattern of labels of each row's question; -1 where there is none, ROW_BY_ROW where only the library answers."""
    patterns = np.full(len(questions), -1, np.int32)
    asked = questions >= 0
    if asked.any():
        addresses = streets.labelling
        texts = _filled(streets.questions.arrays(), 0, np.where(asked, questions, -1).astype(np.int32), slots)
        for batch in addresses.batches(texts):
            found = batch.sequences
            named = np.where(found >= 0, addresses.pattern_of[np.maximum(found, 0)], found) if len(addresses.pattern_of) else found
            named = np.where(found == NO_TOKENS, -1, np.where(found == FOR_LIBRARY, ROW_BY_ROW, named))
            patterns[batch.first : batch.last] = named
        if streets.age != addresses.age:
            streets.forget_labels()
        patterns[~asked] = -1
    return patterns


def _answers(
    shapes: npt.NDArray[np.int32],
    questions: npt.NDArray[np.int32],
    patterns: npt.NDArray[np.int32],
    streets: StreetMemory,
) -> npt.NDArray[np.int32]:
    """The template of each row's answer; negative where it is read by itself."""
    answers = np.full(len(shapes), ROW_BY_ROW, np.int32)
    rows = np.flatnonzero((questions >= NO_QUESTION) & (patterns >= -1))
    if len(rows):
        both = np.stack([shapes[rows], patterns[rows]], axis=1).reshape(-1)
        streets.pairs, pairs = intern_spans(both, np.arange(0, len(both) + 1, 2, dtype=np.int64), streets.pairs)
        streets.learn_answers()
        answers[rows] = streets.answer[pairs]
    return answers


def _filled(templates: Templates, field: int, rows: npt.NDArray[np.int32], slots: Shapes) -> pa.Array:
    offsets = np.empty(len(rows) + 1, np.int32)
    measure(templates, field, rows, slots, offsets)
    out = np.empty(int(offsets[-1]), np.uint8)
    fill(templates, field, rows, slots, offsets, out)
    return text_of(offsets, out)


def _tagger(lines: Sequence[tuple[str, str, str | None, bool]], labelling: AddressMemory) -> Tagger:
    """What answers as the library does, from the exact model where the readers of these lines ask it: they are run up to
    their question, and all questions are labelled together."""
    questions = list(dict.fromkeys(filter(None, (asked_of(*line) for line in lines))))
    labelled = label_lines(pa.array(questions, pa.string()), labelling)
    known = {question: labelled.parsed(at) for at, question in enumerate(questions)}

    def tag(text: str) -> tuple[dict[str, str], str]:
        parsed = known.get(text)
        if not parsed:
            return usaddress.tag(text)  # type: ignore[no-any-return]
        return tagged([token for token, _ in parsed], [label for _, label in parsed])

    return tag


def _read_rows(
    found: StreetColumns,
    rows: npt.NDArray[np.int64],
    line1: pa.Array,
    line2: pa.Array,
    contexts: npt.NDArray[np.uint8],
    labelling: AddressMemory,
) -> StreetColumns:
    """Put in the given rows what the readers say of their own lines, each distinct pair read once."""
    readers = {context_of(country, known): (COUNTRIES[country], known) for country in range(len(COUNTRIES)) for known in (False, True)}
    places = pa.array(rows)
    keys = list(zip(line1.take(places).to_pylist(), line2.take(places).to_pylist(), contexts[rows].tolist(), strict=True))
    distinct = list(dict.fromkeys(keys))
    tag = _tagger([(first, second, *readers[context]) for first, second, context in distinct], labelling)
    read = {key: read_street_lines(key[0], key[1], *readers[key[2]], tag) for key in distinct}
    lines = [read[key] for key in keys]
    mask = np.zeros(len(line1), np.bool_)
    mask[rows] = True
    columns: Sequence[tuple[str, ...]] = list(zip(*(texts_of(line) for line in lines), strict=True))
    texts = {
        field: pc.replace_with_mask(found.texts[field], pa.array(mask), pa.array(column, pa.string()))
        for field, column in zip(FIELDS, columns, strict=True)
    }
    found.kinds[rows] = [KINDS.index(line.kind) for line in lines]
    found.flags[rows] = [sum(1 << FLAGS.index(flag) for flag in line.flags) for line in lines]
    return StreetColumns(texts, found.kinds, found.flags)
