"""The few types a mapped value may have, and what to say where it has another."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_WORDS = {
    "text": "text", "integer": "a whole number", "number": "a number", "date": "a date", "timestamp": "a timestamp",
    "boolean": "true or false", "list": "a list of text", "none": "nothing", "other": "of a type that cannot be used",
}  # fmt: skip
_WIDTHS = {"ssn": 9, "ssn4": 4, "postal_code": 5}


def kind_of(kind: pa.DataType) -> str:
    """The kind of an Arrow type: text, integer, number, date, timestamp, boolean, list (of text), none (always NULL),
    other."""
    if isinstance(kind, pa.ExtensionType):
        return kind_of(kind.storage_type) if str(kind).startswith("extension<arrow.json") else "other"
    if pa.types.is_dictionary(kind):
        return kind_of(kind.value_type)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return "text"
    if pa.types.is_null(kind):
        return "none"
    if pa.types.is_integer(kind) or (pa.types.is_decimal(kind) and kind.scale == 0):
        return "integer"
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    if pa.types.is_date(kind):
        return "date"
    if pa.types.is_timestamp(kind):
        return "timestamp"
    if pa.types.is_boolean(kind):
        return "boolean"
    if (pa.types.is_list(kind) or pa.types.is_large_list(kind)) and kind_of(kind.value_type) in ("text", "none"):
        return "list"
    return "other"


def accepted(kind: str, accepts: tuple[str, ...]) -> bool:
    """Whether a value of `kind` may stand in a column that accepts these kinds. What is always NULL fits anywhere."""
    return kind == "none" or kind in accepts


def words_for(kinds: tuple[str, ...]) -> str:
    """Kinds in plain words."""
    words = [_WORDS[kind] for kind in kinds]
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + f" or {words[-1]}"


def mend_for(column: str, kind: str, text: str) -> str:
    """How to turn a value of `kind` into one that the canonical column takes."""
    bare = column.removeprefix("co_")
    shown = text if len(text) <= 40 and text.isprintable() else "…"
    if bare in _WIDTHS and kind in ("integer", "number"):
        padded = f"lpad(({shown})::BIGINT::VARCHAR, {_WIDTHS[bare]}, '0')"
        return f"a number has lost its leading zeros: deliver text, or write {padded}"
    if kind == "number":
        return f"write ({shown})::BIGINT::VARCHAR, or deliver text"
    if column == "where":
        return "write a comparison, such as status = 'open'"
    return "convert it in the expression, for example with ::VARCHAR or strptime(…)"


def plain(values: pa.ChunkedArray) -> pa.Array:
    """Values in one chunk, in the plain Arrow type of their kind: string, list<string> and date32 instead of their
    variants."""
    kind = kind_of(values.type)
    if kind == "text":
        values = values.cast(pa.string())
    elif kind == "list":
        values = values.cast(pa.list_(pa.string()))
    elif pa.types.is_date64(values.type):
        values = values.cast(pa.date32())
    joined = values.combine_chunks()
    if isinstance(joined, pa.ChunkedArray):
        return joined.chunk(0) if joined.num_chunks else pa.array([], joined.type)
    return joined


def day_of(values: pa.Array) -> pa.Array:
    """Days of a date or timestamp column (an instant counts in UTC); any other type as it is."""
    if pa.types.is_timestamp(values.type):
        return pc.cast(pc.floor_temporal(values, unit="day"), pa.timestamp("s")).cast(pa.date32())
    return values
