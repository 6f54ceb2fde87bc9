"""Encoded people as a table with the texts of their own, to be compared on another machine.

A row is a person: its record, and the texts that its codes stand for as dictionaries of only those that occur. Codes within the
record mean nothing away from home; whoever takes people in gives them codes anew.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skiptrace.kernels import record_layout as at
from skiptrace.linkage.records import People
from skiptrace.linkage.terms import Growing, whole

_STREETS = tuple(at.ADDRESS + slot * at.ADDRESS_WORDS + at.STREET for slot in range(at.ADDRESSES))
_HOUSES = tuple(at.ADDRESS + slot * at.ADDRESS_WORDS + at.HOUSE for slot in range(at.ADDRESSES))
WORDS_OF = {"first": (at.FIRST,), "last": (at.LAST,), "street": _STREETS, "house": _HOUSES}
"""The words of a record that hold codes, by field."""
_COLUMNS = tuple((field, f"{field}_{word}", word) for field, words in WORDS_OF.items() for word in words)
_TEXTS = pa.dictionary(pa.int32(), pa.string())
SCHEMA = pa.schema([("record", pa.binary(at.WORDS * 4)), *((name, _TEXTS) for _, name, _ in _COLUMNS)])


def pack(people: People, rows: NDArray[np.int64] | None = None) -> pa.Table:
    """Some of these people, or all, as a table of SCHEMA, in the order of `rows`."""
    records = np.ascontiguousarray(people.records if rows is None else people.records[rows])
    columns = {"record": _fixed(records)}
    for field, words in WORDS_OF.items():
        texts = people.terms.fields[field].texts
        used = np.zeros(len(texts) + 1, np.bool_)
        for word in words:
            used[records[:, word]] = True
        used[0] = False
        own = np.cumsum(used, dtype=np.int32) - np.int32(1)
        some = texts.take(pa.array(np.flatnonzero(used) - 1))
        for word in words:
            codes = records[:, word]
            columns[f"{field}_{word}"] = pa.DictionaryArray.from_arrays(pa.array(own[codes], mask=codes == 0), some)
    return pa.table([columns[name] for name in SCHEMA.names], SCHEMA)


def _fixed(records: NDArray[np.int32]) -> pa.Array:
    return pa.FixedSizeBinaryArray.from_buffers(SCHEMA.field("record").type, len(records), [None, pa.py_buffer(records.tobytes())])


def unpack(tables: Iterable[pa.Table], growing: Growing) -> NDArray[np.int32]:
    """The records of packed people, table after table, with the codes that `growing` gives their texts."""
    found = [np.zeros((0, at.WORDS), np.int32)]
    for table in tables:
        for batch in table.combine_chunks().to_batches():
            column = batch["record"]
            flat = np.frombuffer(column.buffers()[1], np.int32, len(column) * at.WORDS, column.offset * at.WORDS * 4)
            records = flat.reshape(-1, at.WORDS).copy()
            for field, name, word in _COLUMNS:
                texts = batch[name]
                codes = np.append(growing.encode(field, whole(texts.dictionary)), np.int32(0))
                place = texts.indices.fill_null(len(codes) - 1).to_numpy()
                records[:, word] = codes[place]
            found.append(records)
    return np.concatenate(found)
