"""Arrow text columns as the arrays they are made of, and back, without touching a row in Python."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_Item = TypeVar("_Item", bound=np.generic)
_Mask = npt.NDArray[np.bool_]


def arrow_text(texts: pa.Array) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """(offsets int32[n + 1], bytes uint8) of a `string` array, as read-only views of its buffers. Nulls are empty."""
    if texts.null_count:
        texts = texts.fill_null("")
    _, offsets, data = texts.buffers()
    if offsets is None or len(texts) == 0:
        return _frozen(np.zeros(1, np.int32)), _frozen(np.empty(0, np.uint8))
    places = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return _frozen(places), _frozen(np.empty(0, np.uint8) if data is None else np.frombuffer(data, np.uint8))


def _frozen(array: npt.NDArray[_Item]) -> npt.NDArray[_Item]:
    """The array without leave to write: compiled loops know only one kind then, whoever made the buffer."""
    view = array.view()
    view.flags.writeable = False
    return view


def text_of(offsets: npt.NDArray[np.int32], data: npt.NDArray[np.uint8]) -> pa.Array:
    """A `string` array without nulls of its offsets and bytes."""
    return pa.StringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(data))


def empty_texts(rows: int) -> pa.Array:
    """So many empty texts."""
    return text_of(np.zeros(rows + 1, np.int32), np.empty(0, np.uint8))


def has_text(texts: pa.Array) -> _Mask:
    """Rows that are neither null nor empty."""
    offsets, _ = arrow_text(texts)
    return offsets[1:] > offsets[:-1]


def is_known(column: pa.Array) -> _Mask:
    """Rows that are not null."""
    if not column.null_count:
        return np.ones(len(column), np.bool_)
    known: _Mask = pc.is_valid(column).to_numpy(zero_copy_only=False)
    return known


def null_unless(texts: pa.Array, rows: _Mask) -> pa.Array:
    """The `string` column with nulls in all but some rows; its bytes are shared, not copied."""
    if rows.all():
        return texts
    if texts.null_count:
        rows = rows & is_known(texts)
    offsets, data = arrow_text(texts)
    bits = np.packbits(rows, bitorder="little")
    nulls = int(len(rows) - np.count_nonzero(rows))
    buffers = [pa.py_buffer(bits), pa.py_buffer(offsets), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.string(), len(texts), buffers, null_count=nulls)


def named_bits(bits: npt.NDArray[np.uint16], names: tuple[str, ...], rows: _Mask) -> pa.Array:
    """list<string>: the names of the bits that are set, in the order of the names; null in all but some rows."""
    some = np.flatnonzero(bits)
    set_bits = (bits[some, None] >> np.arange(len(names), dtype=np.uint16)) & 1
    of_row, name = np.nonzero(set_bits)
    sizes = np.zeros(len(bits) + 1, np.int32)
    np.add.at(sizes, some[of_row] + 1, 1)
    offsets = np.cumsum(sizes, dtype=np.int32)
    texts = pa.array(names, pa.string()).take(pa.array(name))
    validity = None if rows.all() else pa.py_buffer(np.packbits(rows, bitorder="little"))
    return pa.Array.from_buffers(pa.list_(pa.string()), len(bits), [validity, pa.py_buffer(offsets)], children=[texts])
