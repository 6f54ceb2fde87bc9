"""Small mechanisms for Arrow columns: any type to text, and a function of one value lifted over distinct values.

Personal data repeats: a file of a million rows has far fewer distinct streets, names and dates than rows. So a parser
is written for one text, and `lift` calls it once for each distinct text. Row count and order never change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

SEPARATOR = "\x1f"
"""The unit separator: joins the parts of a row into one text. No real value holds it."""

BATCH_ROWS = 1 << 20
BATCH_BYTES = 1 << 28
"""What compiled loops read at a time: the offsets of a text column are 32 bits wide, and so are those of their answers."""

_EXACT_FLOAT = float(2**53)


def as_text(column: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    """Any column as chunked `string`, without losing what its text form said.

    Integers become their digits; whole floats become integers (a column of numbers with gaps was read as floats) and
    values that are not finite become null; dates are ISO; a timestamp at midnight is its date; bytes that are not UTF-8
    are decoded with replacement marks, also where a file called them text. Text stays as it is, so leading zeros survive.
    """
    chunked = column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])
    kind = chunked.type
    if pa.types.is_string(kind):
        return chunked if all(map(_is_text, chunked.chunks)) else as_text(chunked.cast(pa.binary()))
    if pa.types.is_null(kind):
        return pa.chunked_array([pa.nulls(len(chunked), pa.string())])
    if pa.types.is_dictionary(kind):
        return as_text(chunked.cast(kind.value_type))
    if pa.types.is_floating(kind):
        return _float_text(chunked.cast(pa.float64()))
    if pa.types.is_decimal(kind):
        return pc.replace_substring_regex(chunked.cast(pa.string()), r"\.0+$", "")
    if pa.types.is_date64(kind):
        return chunked.cast(pa.date32()).cast(pa.string())
    if pa.types.is_timestamp(kind):
        return pc.replace_substring_regex(chunked.cast(pa.string()), r"[ T]00:00:00(\.0+)?Z?$", "")
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        texts = [None if item is None else item.decode("utf-8", "replace") for item in chunked.to_pylist()]
        return pa.chunked_array([pa.array(texts, pa.string())])
    if pa.types.is_nested(kind):
        texts = [None if item is None else str(item) for item in chunked.to_pylist()]
        return pa.chunked_array([pa.array(texts, pa.string())])
    return as_text(chunked.cast(pa.string()))


def _is_text(chunk: pa.Array) -> bool:
    """Whether a text array holds what its type says: a Parquet file may call any bytes text, and nobody has looked at them."""
    try:
        chunk.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _float_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    finite = pc.fill_null(pc.is_finite(column), False)
    bounded = pc.less(pc.abs(pc.if_else(finite, column, 0.0)), _EXACT_FLOAT)
    whole = pc.and_(finite, pc.and_(bounded, pc.equal(pc.floor(column), column)))
    integers = pc.if_else(whole, column, None).cast(pa.int64()).cast(pa.string())
    others = pc.if_else(finite, column, None).cast(pa.string())
    return pc.if_else(pc.fill_null(whole, False), integers, others)


def combine(columns: Sequence[pa.Array | pa.ChunkedArray | None], rows: int, separator: str = SEPARATOR) -> pa.ChunkedArray:
    """Join columns of equal length row by row to one `string` column of `rows` rows; null and absent parts are empty.

    A row without any part is null. A part that holds the separator itself has it replaced by a space, so that
    splitting at the separator always gives back as many parts as there are columns.
    """
    texts = []
    for column in columns:
        if column is None:
            texts.append(pa.chunked_array([pa.nulls(rows, pa.string())]))
        else:
            texts.append(pc.replace_substring(as_text(column), separator, " "))
    if not texts:
        return pa.chunked_array([pa.nulls(rows, pa.string())])
    joined = pc.binary_join_element_wise(*texts, separator, null_handling="replace", null_replacement="")
    empty = pc.equal(joined, separator * (len(texts) - 1))
    joined = pc.if_else(empty, pa.scalar(None, pa.string()), joined)
    return joined if isinstance(joined, pa.ChunkedArray) else pa.chunked_array([joined])


def batches(columns: Sequence[pa.ChunkedArray | None]) -> Iterator[list[pa.Array | None]]:
    """Columns of equal length in slices of at most BATCH_ROWS rows and BATCH_BYTES bytes, each column as one array.

    A single row is never cut. Absent columns stay None; without any column there is nothing.
    """
    rows = next((len(column) for column in columns if column is not None), 0)
    at = 0
    while at < rows:
        count = min(BATCH_ROWS, rows - at)
        slices = [None if column is None else column.slice(at, count) for column in columns]
        while count > 1 and sum(piece.nbytes for piece in slices if piece is not None) > BATCH_BYTES:
            count //= 2
            slices = [None if piece is None else piece.slice(0, count) for piece in slices]
        yield [None if piece is None else _one(piece) for piece in slices]
        at += count


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)


def distinct(column: pa.Array | pa.ChunkedArray) -> tuple[list[str], pa.Array]:
    """Distinct texts of a column in order of first appearance, and each row's place in them (int32, null kept)."""
    encoded = as_text(column).dictionary_encode()
    if encoded.num_chunks == 0:
        return [], pa.array([], pa.int32())
    if encoded.num_chunks > 1:
        encoded = encoded.unify_dictionaries()
    places = pa.concat_arrays([chunk.indices for chunk in encoded.chunks])
    return encoded.chunk(encoded.num_chunks - 1).dictionary.to_pylist(), places


def codes(column: pa.Array | pa.ChunkedArray) -> tuple[list[str], np.ndarray]:
    """Distinct texts of a `string` column in order of first appearance, and each row's place in them: int64, -1 for NULL."""
    encoded = _encoded(column)
    return encoded.dictionary.to_pylist(), _places(encoded)


def number(column: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """A code per text, -1 for NULL: int64. Equal texts have equal codes; the texts themselves stay where they are."""
    return _places(_encoded(column))


def of_accounts(table: pa.Table, accounts: pa.Array, column: str = "account_id") -> pa.Table:
    """The rows of a table that belong to some accounts (string)."""
    return table.filter(pc.is_in(table[column], accounts))


def by_accounts(table: pa.Table, accounts: pa.Array, column: str = "account_id") -> pa.Table:
    """The rows of a table in the order of their accounts in `accounts`, which names all of them; those of one account keep theirs."""
    place = pc.index_in(table[column], accounts).to_numpy().astype(np.int64)
    return table.take(pa.array(np.argsort(place, kind="stable"))) if (np.diff(place) < 0).any() else table


def ranked(column: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """The same in the order of the texts: a lower text has a lower code, whatever else is in the column."""
    encoded = _encoded(column)
    rank = np.empty(len(encoded.dictionary) + 1, np.int64)
    rank[pc.sort_indices(encoded.dictionary).to_numpy()] = np.arange(len(encoded.dictionary))
    rank[-1] = -1
    found: np.ndarray = rank[_places(encoded)]
    return found


def _encoded(column: pa.Array | pa.ChunkedArray) -> pa.DictionaryArray:
    joined = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    encoded = joined.dictionary_encode()
    return encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded


def _places(encoded: pa.DictionaryArray) -> np.ndarray:
    places: np.ndarray = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return places


def lift(values: pa.Array | pa.ChunkedArray, parse: Callable[[str], tuple[object, ...] | None], fields: pa.Schema) -> pa.Table:
    """Apply `parse` once to each distinct text of `values` and lay the answers out as a table with the given fields.

    `values` of any type (see `as_text`); `parse` returns one item per field, or None for a row of nulls. Returns as
    many rows as `values`, in the same order; a null value gives a row of nulls. An error of `parse` passes through:
    parsers are written so that they raise on no text.
    """
    if pa.types.is_primitive(values.type) or pa.types.is_decimal(values.type):
        encoded = (values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values).dictionary_encode()
        return lift(as_text(encoded.dictionary), parse, fields).take(encoded.indices)
    texts, places = distinct(values)
    nothing = (None,) * len(fields)
    answers = [parse(text) or nothing for text in texts]
    arrays = [pa.array([answer[at] for answer in answers], field.type).take(places) for at, field in enumerate(fields)]
    return pa.Table.from_arrays(arrays, schema=fields)
