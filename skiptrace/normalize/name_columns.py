"""Columns of names at memory speed, with the answers of the parser of single names.

Each distinct text of a column is cut into words once, and rows are then handled by integers: the shapes of a row's texts
give a template (see `skiptrace.normalize.name_shapes`), the template says which words go where, and the new columns are
copied from the words. Rows that hold a text without a shape, or whose shape has no template, are parsed one by one, once
for each distinct combination of texts.

Importing this module loads numba: import it where a column is long enough to be worth that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from skiptrace.columns import SEPARATOR, as_text
from skiptrace.kernels.interning import Table, content_of, intern_spans, new_table
from skiptrace.kernels.name_scan import Cut, cut, gather
from skiptrace.normalize.name_parser import Name
from skiptrace.normalize.name_shapes import NOTHING, PARTS, Span, Template, listed_words, read_row, read_shape

_Codes = npt.NDArray[np.int32]
_EMPTY, _ODD = 0, 1
_FIRST_SHAPE = 2
_LARGEST = 1 << 62
_ANSWERS = 3


class _Column(NamedTuple):
    """texts: the distinct texts, the empty one first. rows int32: each row's place in them."""

    texts: pa.StringArray
    rows: _Codes


class _Pool(NamedTuple):
    """All distinct texts of all columns, cut. first: where each column's texts begin. shape: of each text."""

    texts: list[pa.StringArray]
    first: list[int]
    cut: Cut
    shape: _Codes
    shapes: Table


def _distinct(column: pa.Array | pa.ChunkedArray | None, rows: int) -> _Column:
    if column is None:
        return _Column(pa.array([""], pa.string()), np.zeros(rows, np.int32))
    encoded = as_text(column).dictionary_encode()
    if encoded.num_chunks > 1:
        encoded = encoded.unify_dictionaries()
    texts = encoded.chunk(encoded.num_chunks - 1).dictionary if encoded.num_chunks else pa.array([], pa.string())
    places = [chunk.indices.fill_null(-1).to_numpy(zero_copy_only=False) for chunk in encoded.chunks]
    found = np.concatenate(places) + np.int32(1) if places else np.empty(0, np.int32)
    return _Column(pa.concat_arrays([pa.array([""], pa.string()), texts]), found.astype(np.int32, copy=False))


def _cut_all(columns: Sequence[_Column]) -> _Pool:
    listed = listed_words()
    texts = [column.texts for column in columns]
    pieces = cut(pa.concat_arrays(texts), listed.table, listed.classes)
    shapes, entries = intern_spans(pieces.elements, pieces.bounds, new_table(np.int32))
    shape = np.where(pieces.plain, np.where(entries < 0, _EMPTY, entries + _FIRST_SHAPE), _ODD).astype(np.int32)
    first = np.cumsum([0, *map(len, texts)])[:-1].tolist()
    return _Pool(texts, first, pieces, shape, shapes)


def distinct_rows(codes: Sequence[_Codes], sizes: Sequence[int]) -> tuple[_Codes, npt.NDArray[np.int64]]:
    """Rows of several columns of codes (0 up to `sizes`) as one: (each row's place among the distinct ones, in order of
    first appearance; where each distinct one appears first)."""
    key, size = codes[0].astype(np.int64), sizes[0]
    for column, most in zip(codes[1:], sizes[1:], strict=True):
        if size * most > _LARGEST:
            key = _encode(key).astype(np.int64)
            size = len(key)
        key *= most
        key += column
        size *= most
    ids = _encode(key)
    first = np.empty(int(ids.max()) + 1 if len(ids) else 0, np.int64)
    first[ids[::-1]] = np.arange(len(ids) - 1, -1, -1)
    return ids, first


def _encode(key: npt.NDArray[np.int64]) -> _Codes:
    encoded: _Codes = pa.array(key).dictionary_encode().indices.to_numpy()
    return encoded


def _shape_rows(pool: _Pool, values: _Codes) -> tuple[_Codes, list[Template | None]]:
    """(the template of each row, by place; the templates, None where rows must be read one by one)."""
    shapes = [pool.shape[values[part]] for part in range(PARTS)]
    named = (shapes[0] != _EMPTY) | (shapes[1] != _EMPTY) | (shapes[2] != _EMPTY)
    shapes[3] = np.where(named, shapes[3], _EMPTY)
    shapes[4] = np.where(named, _EMPTY, shapes[4])
    ids, first = distinct_rows(shapes, [_FIRST_SHAPE + int(pool.shapes.count[0])] * PARTS)
    templates: list[Template | None] = []
    for row in first:
        own = [int(shape[row]) for shape in shapes]
        if _ODD in own:
            templates.append(None)
        else:
            elements = [[] if code == _EMPTY else content_of(pool.shapes, code - _FIRST_SHAPE).tolist() for code in own]
            templates.append(read_shape(elements))
    return ids, templates


def _read_odd(pool: _Pool, values: _Codes, rows: npt.NDArray[np.int64]) -> tuple[_Codes, list[Name]]:
    """Rows parsed one by one: (the answer of each, by place; the answers)."""
    own = [values[part][rows] for part in range(PARTS)]
    ids, first = distinct_rows(own, [len(pool.shape)] * PARTS)
    answers = []
    for row in first:
        texts = [
            pool.texts[part][int(own[part][row]) - pool.first[part]].as_py().replace(SEPARATOR, " ") for part in range(PARTS)
        ]
        answers.append(read_row(*texts))
    return ids, answers


def _as_template(name: Name) -> Template:
    spans: list[Span] = [NOTHING if part is None else (PARTS + at, 0, -1) for at, part in enumerate(name[:_ANSWERS])]
    return Template((spans[0], spans[1], spans[2]), name.suffix, name.kind, name.flags)


def read_columns(columns: Sequence[pa.Array | pa.ChunkedArray | None], rows: int, fields: pa.Schema) -> pa.Table:
    """First, middle, last name, suffix and full name (absent ones None) to a table with `fields`, same rows, same order."""
    distinct = [_distinct(column, rows) for column in columns]
    pool = _cut_all(distinct)
    values = np.empty((PARTS + _ANSWERS, rows), np.int32)
    for part, column in enumerate(distinct):
        np.add(column.rows, pool.first[part], out=values[part])
    ids, found = _shape_rows(pool, values)
    templates = [template for template in found if template is not None]
    words, starts = pool.cut.words[: pool.cut.starts[-1]], pool.cut.starts
    if len(templates) < len(found):
        places = np.cumsum([template is not None for template in found], dtype=np.int32) - 1
        odd_rows = np.flatnonzero(np.array([template is None for template in found])[ids])
        ids = places[ids]
        answer_of, answers = _read_odd(pool, values, odd_rows)
        known = {template: at for at, template in enumerate(dict.fromkeys(map(_as_template, answers)), len(templates))}
        templates += known
        ids[odd_rows] = np.array([known[_as_template(name)] for name in answers], np.int32)[answer_of]
        texts = [(part or "").encode() for name in answers for part in name[:_ANSWERS]]
        ends = starts[-1] + np.cumsum(list(map(len, texts)), dtype=np.int64)
        for at in range(_ANSWERS):
            values[PARTS + at] = 0
            values[PARTS + at, odd_rows] = len(starts) - 1 + _ANSWERS * answer_of + at
        words = np.concatenate([words, np.frombuffer(b"".join(texts), np.uint8)])
        starts = np.concatenate([starts, ends])
    return pa.Table.from_arrays(
        [
            *(_part(words, starts, values, ids, [template.spans[at] for template in templates]) for at in range(3)),
            *(pa.array(list(column), fields.field(3 + at).type).take(pa.array(ids)) for at, column in enumerate(
                zip(*((template.suffix, template.kind, template.flags) for template in templates), strict=True)
            )),
        ],
        schema=fields,
    )


def _part(
    words: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64], values: _Codes, ids: _Codes, spans: Sequence[Span]
) -> pa.StringArray:
    return gather(words, starts, values, ids, np.array(spans, np.int32))
