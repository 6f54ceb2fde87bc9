"""Columns of names at memory speed, with the answers of the parser of single names.

Each distinct text of a column is cut into words once, and rows are handled by integers: the shapes of a row's texts give
a template (see `skiptrace.normalize.name_shapes`), which says which words go where. The answers are taken from a pool of
texts, and each row says where in it its parts are. Rows that hold a text without a shape, or whose shapes have no
template, are parsed one by one, once for each distinct combination of texts.

Importing this module loads numba: import it where a column is long enough to be worth that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from skiptrace.columns import SEPARATOR, as_text, batches
from skiptrace.kernels.interning import Table, content_of, intern_spans, new_table
from skiptrace.kernels.name_scan import Cut, cut, gather
from skiptrace.normalize.name_parser import Name
from skiptrace.normalize.name_shapes import PARTS, Template, listed_words, read_row, read_shape
from skiptrace.normalize.text_buffers import arrow_text, is_known, text_of

_Codes = npt.NDArray[np.int32]
_EMPTY, _ODD, _SHAPES = 0, 1, 2
_FULL = PARTS - 1
_TABLE = 1 << 22


class _Texts(NamedTuple):
    """The distinct texts of one column. texts: the array. rows: each row's place in it. cut: their words. shape: of each
    text, a place in `shapes`."""

    texts: pa.StringArray
    rows: _Codes
    cut: Cut
    shape: _Codes
    shapes: list[int]


class _Parts(NamedTuple):
    """Answers to a number of names. places int32[3, n]: first, middle, last name in the pool, 0 for none. verdict
    int32[n]: what else is said."""

    places: _Codes
    verdict: _Codes


class _Answers:
    """The pool of texts, where the first is null, and the list of what else is said of names: suffix, kind, flags."""

    def __init__(self) -> None:
        self._texts: list[pa.StringArray] = [pa.nulls(1, pa.string())]
        self._size = 1
        self._verdicts: dict[tuple[str | None, str, tuple[str, ...]], int] = {}

    def add(self, texts: pa.StringArray) -> int:
        """Add texts to the pool; returns the place of the first."""
        self._texts.append(texts)
        self._size += len(texts)
        return self._size - len(texts)

    def verdict(self, said: Name | Template) -> int:
        """The place of what is said."""
        return self._verdicts.setdefault((said.suffix, said.kind, said.flags), len(self._verdicts))

    def table(self, found: _Parts, rows: pa.Array | None, fields: pa.Schema) -> pa.RecordBatch:
        """The answers as columns; `rows` says which answer each row has, where it is not simply the next."""
        pool = pa.concat_arrays(self._texts)
        suffixes, kinds, flags = zip(*self._verdicts, strict=True)
        columns = [pool.take(pa.array(places)) if places.any() else pa.nulls(len(places), pa.string()) for places in found.places]
        columns += [pa.array(said, pa.string()).take(pa.array(found.verdict)) for said in (suffixes, kinds)]
        if rows is not None:
            columns = [_taken(column, rows) for column in columns]
        return pa.RecordBatch.from_arrays([*columns, _lists(flags, found.verdict, rows)], schema=fields)


def _taken(texts: pa.StringArray, rows: pa.Array) -> pa.StringArray:
    """`texts.take(rows)`; where nearly all are null, as suffixes are, only the others are looked at."""
    if texts.null_count * 2 < len(texts):
        return texts.take(rows)
    places = rows.to_numpy()
    known = is_known(texts)[places]
    at = np.flatnonzero(known)
    if 8 * len(at) > len(places):
        return texts.take(rows)
    starts, data = arrow_text(texts.take(pa.array(places[at])))
    offsets = np.zeros(len(places) + 1, np.int32)
    offsets[at + 1] = np.diff(starts)
    np.cumsum(offsets, out=offsets)
    validity = pa.py_buffer(np.packbits(known, bitorder="little"))
    content = pa.py_buffer(np.ascontiguousarray(data[starts[0] : starts[-1]]))
    return pa.StringArray.from_buffers(len(places), pa.py_buffer(offsets), content, validity, len(places) - len(at))


def _lists(said: Sequence[tuple[str, ...]], verdict: _Codes, rows: pa.Array | None) -> pa.ListArray:
    """Lists are empty for nearly all rows, so that only the others are looked at."""
    sizes = np.array([len(words) for words in said], np.int32)
    filled = (sizes > 0)[verdict]
    at = np.flatnonzero(filled if rows is None else filled[rows.to_numpy()])
    own = pa.array(verdict[at if rows is None else rows.to_numpy()[at]])
    offsets = np.zeros((len(verdict) if rows is None else len(rows)) + 1, np.int32)
    offsets[at + 1] = sizes[own.to_numpy()]
    np.cumsum(offsets, out=offsets)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(said, pa.list_(pa.string())).take(own).flatten())


def _distinct(column: pa.Array | pa.ChunkedArray, shapes: Table) -> tuple[_Texts, Table]:
    encoded = column.dictionary_encode(null_encoding="encode")
    texts = as_text(encoded.dictionary).chunk(0).fill_null("")
    listed = listed_words()
    pieces = cut(*arrow_text(texts), listed.table, listed.classes)
    shapes, entries = intern_spans(pieces.elements, pieces.bounds, shapes)
    codes = np.where(entries < 0, _EMPTY, entries + _SHAPES)
    odd = np.flatnonzero(~pieces.plain)
    blank = [not text.strip() for text in texts.take(pa.array(odd)).to_pylist()]
    codes[odd] = np.where(blank, _EMPTY, _ODD)
    shape, own = _renumber(codes, _SHAPES + int(shapes.count[0]))
    return _Texts(texts, encoded.indices.to_numpy(), pieces, shape, own), shapes


def distinct_rows(codes: Sequence[_Codes], sizes: Sequence[int]) -> tuple[_Codes, list[tuple[int, ...]]]:
    """Rows of several columns of codes (0 up to `sizes`) as one: (each row's place among the distinct ones; these)."""
    key, used = _renumber(codes[0], sizes[0])
    rows: list[tuple[int, ...]] = [(code,) for code in used]
    for column, most in zip(codes[1:], sizes[1:], strict=True):
        size = len(rows) * most
        wide = key.astype(np.int64) if size >= 1 << 31 else key
        key, used = _renumber(wide * wide.dtype.type(most) + column, size)
        rows = [(*rows[code // most], code % most) for code in used]
    return key, rows


def _renumber(key: npt.NDArray[np.integer[Any]], size: int) -> tuple[_Codes, list[int]]:
    """(the place of each key among the distinct ones, these)."""
    if size > _TABLE:
        encoded = pa.array(key).dictionary_encode()
        return encoded.indices.to_numpy(), encoded.dictionary.to_pylist()
    used = np.flatnonzero(np.bincount(key, minlength=size))
    places = np.zeros(size, np.int32)
    places[used] = np.arange(len(used))
    return places[key], used.tolist()


class _Reader:
    """Reads the columns of one batch of rows."""

    def __init__(self, columns: Sequence[pa.Array | None]) -> None:
        shapes = new_table(np.int32)
        self.columns: list[_Texts | None] = []
        for column in columns:
            found = None
            if column is not None:
                found, shapes = _distinct(column, shapes)
            self.columns.append(found)
        self.shapes = shapes
        self.answers = _Answers()

    def template(self, codes: Sequence[int]) -> Template | None:
        """The template of five shapes."""
        if _ODD in codes:
            return None
        return read_shape(tuple(() if code == _EMPTY else tuple(content_of(self.shapes, code - _SHAPES).tolist()) for code in codes))

    def one_by_one(self, columns: Sequence[_Texts | None], places: Sequence[_Codes]) -> _Parts:
        """The answers to rows whose texts stand at the given places of the columns that there are."""
        present = [column for column in columns if column is not None]
        ids, rows = distinct_rows(places, [len(column.texts) for column in present])
        names = []
        for row in rows:
            own = iter(row)
            names.append(read_row(*("" if column is None else _text(column, next(own)) for column in columns)))
        found = np.zeros((3, len(names)), np.int32)
        texts: list[str] = []
        for at, name in enumerate(names):
            for part, text in enumerate((name.first, name.middle, name.last)):
                if text is not None:
                    texts.append(text)
                    found[part, at] = len(texts)
        found[found > 0] += self.answers.add(pa.array(texts, pa.string())) - 1
        return _Parts(found[:, ids], np.array([self.answers.verdict(name) for name in names], np.int32)[ids])

    def full_names(self, column: _Texts) -> _Parts:
        """The answers to each text of the column of full names."""
        templates = [self.template((_EMPTY,) * _FULL + (shape,)) for shape in column.shapes]
        every = np.arange(len(column.texts), dtype=np.int32)
        return self.fill(column.shape, templates, [None] * _FULL + [(column, every)])

    def parts(self, rows: npt.NDArray[np.int64] | slice) -> _Parts:
        """The answers to rows with a first, middle or last name."""
        columns = [*self.columns[:_FULL], None]
        present = [column for column in columns if column is not None]
        ids, used = distinct_rows([column.shape[column.rows[rows]] for column in present], [len(column.shapes) for column in present])
        templates = []
        for codes in used:
            own = iter(codes)
            templates.append(self.template([_EMPTY if column is None else column.shapes[next(own)] for column in columns]))
        return self.fill(ids, templates, [None if column is None else (column, column.rows[rows]) for column in columns])

    def fill(self, ids: _Codes, templates: Sequence[Template | None], columns: Sequence[tuple[_Texts, _Codes] | None]) -> _Parts:
        """The answers to rows by their templates; `columns` says which text each row has in each column."""
        verdicts = [0 if template is None else self.answers.verdict(template) for template in templates]
        found = _Parts(np.zeros((3, len(ids)), np.int32), np.array(verdicts, np.int32)[ids])
        for part in range(3):
            spans = np.array([(-1, 0, -1) if template is None else template.spans[part] for template in templates], np.int32)
            for at in np.unique(spans[:, 0]):
                if at >= 0 and (column := columns[at]) is not None:
                    self._fill_part(found.places[part], ids, spans, int(at), *column)
        odd = np.flatnonzero(np.array([template is None for template in templates])[ids])
        if len(odd):
            texts = [None if column is None else column[0] for column in columns]
            answers = self.one_by_one(texts, [column[1][odd] for column in columns if column is not None])
            found.places[:, odd] = answers.places
            found.verdict[odd] = answers.verdict
        return found

    def _fill_part(self, out: _Codes, ids: _Codes, spans: _Codes, part: int, column: _Texts, texts: _Codes) -> None:
        """Fill one part of an answer where it stands in one column: whole texts are taken as they are, pieces are copied."""
        here = spans[:, 0] == part
        whole = here & (spans[:, 1] == 0) & (spans[:, 2] < 0)
        pieces = column.cut
        if whole.any():
            first = self.answers.add(text_of(pieces.starts, pieces.words))
            if whole.all():
                np.add(texts, first, out=out)
            else:
                np.copyto(out, texts + np.int32(first), where=whole[ids])
        if (here & ~whole).any():
            rows = np.flatnonzero((here & ~whole)[ids])
            chosen = spans[ids[rows]]
            copied = gather(pieces, texts[rows], *np.ascontiguousarray(chosen.T[1:]))
            out[rows] = np.arange(len(rows), dtype=np.int32) + np.int32(self.answers.add(text_of(*copied)))

    def read(self, rows: int) -> tuple[_Parts, pa.Array | None]:
        """(answers; which of them each row has, None where each has its own)."""
        present = [at for at, column in enumerate(self.columns) if column is not None]
        if len(present) == 1 and (only := self.columns[present[0]]) is not None and len(only.texts) < rows:
            every = np.arange(len(only.texts), dtype=np.int32)
            self.columns[present[0]] = only._replace(rows=every)
            found, own = self.read(len(every))
            return found, pa.array(only.rows) if own is None else own.take(pa.array(only.rows))
        full = self.columns[_FULL]
        named = np.zeros(rows, np.bool_)
        for column in self.columns[:3]:
            if column is not None:
                named |= (np.array(column.shapes) != _EMPTY)[column.shape][column.rows]
        if named.all():
            return self.parts(slice(None)), None
        unnamed = self.full_names(full) if full is not None else self._nobody()
        texts = full.rows if full is not None else np.zeros(rows, np.int32)
        if not named.any():
            return unnamed, pa.array(texts)
        found = _Parts(np.empty((3, rows), np.int32), np.empty(rows, np.int32))
        for own, answers, source in (
            (np.flatnonzero(named), self.parts(np.flatnonzero(named)), None),
            (np.flatnonzero(~named), unnamed, texts),
        ):
            place = slice(None) if source is None else source[own]
            for part in range(3):
                found.places[part, own] = answers.places[part][place]
            found.verdict[own] = answers.verdict[place]
        return found, None

    def _nobody(self) -> _Parts:
        return _Parts(np.zeros((3, 1), np.int32), np.array([self.answers.verdict(read_row("", "", "", "", ""))], np.int32))


def _as_given(column: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    """The column as text; whether text is what its type says is seen later, once for each distinct value."""
    if pa.types.is_string(column.type):
        return column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])
    return as_text(column)


def _text(column: _Texts, place: int) -> str:
    text: str = column.texts[int(place)].as_py()
    return text.replace(SEPARATOR, " ")


def read_columns(columns: Sequence[pa.Array | pa.ChunkedArray | None], fields: pa.Schema) -> pa.Table:
    """First, middle, last name, suffix and full name (absent ones None) to a table with `fields`, same rows, same order."""
    read = []
    for batch in batches([None if column is None else _as_given(column) for column in columns]):
        reader = _Reader(batch)
        found, own = reader.read(len(next(column for column in batch if column is not None)))
        read.append(reader.answers.table(found, own, fields))
    return pa.Table.from_batches(read, schema=fields)
