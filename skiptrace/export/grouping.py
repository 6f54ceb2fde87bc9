"""What holds for several uses at once: the duties of all, the hours that suit all, the first last day."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.sql import query
from skiptrace.vocabulary import CHANNELS

_UNION = """
SELECT g, array_to_string(list_sort(list_distinct(flatten(list(string_split(conditions, '|'))))), '|') AS conditions
FROM uses WHERE conditions IS NOT NULL GROUP BY g ORDER BY g
"""
_NEVER, _ALWAYS = "0", "~"
"""Texts before and after every instant in ISO 8601."""


def instants(column: pa.ChunkedArray, absent: str) -> tuple[np.ndarray, list[str]]:
    """ISO instants as numbers in order of time (int64), and the texts the numbers stand for; NULL is `absent`."""
    encoded = pc.fill_null(column, absent).combine_chunks().dictionary_encode()
    words = np.array(encoded.dictionary.to_pylist(), dtype=object)
    order = np.argsort(words) if len(words) else np.empty(0, np.int64)
    place = np.empty(len(words), np.int64)
    place[order] = np.arange(len(words))
    return place[encoded.indices.to_numpy()], [str(word) for word in words[order]]


def window_codes(uses: pa.Table) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Begin and end of every use's window as numbers of one order (int64), and their texts; one without a window is open
    from before to after everything."""
    both = pa.chunked_array(
        [pc.fill_null(uses["window_start"], _NEVER).combine_chunks(), pc.fill_null(uses["window_end"], _ALWAYS).combine_chunks()]
    )
    codes, words = instants(both, _NEVER)
    return codes[: len(uses)], codes[len(uses) :], words


def merged(uses: pa.Table, group: np.ndarray, groups: int) -> dict[str, pa.Array]:
    """Per group of uses (`group`: int64 per use, 0 to `groups` - 1, every one there): decision, conditions, window_start,
    window_end, valid_until and channels that hold for all of them; only columns that `uses` has."""
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(groups))
    found: dict[str, pa.Array] = {}
    if "decision" in uses.column_names:
        duty = pc.equal(uses["decision"], "conditional").to_numpy().astype(np.int8)[order]
        found["decision"] = pc.if_else(pa.array(np.maximum.reduceat(duty, starts) > 0), "conditional", "permitted")
    if "conditions" in uses.column_names:
        found["conditions"] = _conditions(uses["conditions"], group, groups)
    if {"window_start", "window_end"} <= set(uses.column_names):
        begin, end, words = window_codes(uses)
        texts = pa.array([None if word in (_NEVER, _ALWAYS) else word for word in words], pa.string())
        found["window_start"] = texts.take(pa.array(np.maximum.reduceat(begin[order], starts)))
        found["window_end"] = texts.take(pa.array(np.minimum.reduceat(end[order], starts)))
    if "valid_until" in uses.column_names:
        days = uses["valid_until"].cast(pa.int32()).to_numpy()[order]
        found["valid_until"] = pa.array(np.minimum.reduceat(days, starts), pa.int32()).cast(pa.date32())
    if "channel" in uses.column_names:
        found["channels"] = _channels(uses["channel"], order, starts)
    return found


def _conditions(column: pa.ChunkedArray, group: np.ndarray, groups: int) -> pa.Array:
    """The duties of each group; asked of the engine only for groups whose uses have different ones."""
    encoded = pc.fill_null(column, "").combine_chunks().dictionary_encode()
    codes = encoded.indices.to_numpy().astype(np.int64)
    low, high = np.full(groups, np.iinfo(np.int64).max), np.full(groups, -1, np.int64)
    np.minimum.at(low, group, codes)
    np.maximum.at(high, group, codes)
    whole = pc.if_else(pc.equal(encoded.dictionary, ""), pa.scalar(None, pa.string()), encoded.dictionary).take(pa.array(high))
    mixed = np.flatnonzero(low != high)
    if not len(mixed):
        return whole
    some = np.isin(group, mixed)
    table = pa.table({"g": group[some], "conditions": column.combine_chunks().filter(pa.array(some))})
    told = query(_UNION, {"uses": table})
    mask = np.zeros(groups, bool)
    mask[told["g"].to_numpy()] = True
    return pc.replace_with_mask(whole, pa.array(mask), told["conditions"].combine_chunks())


def _channels(column: pa.ChunkedArray, order: np.ndarray, starts: np.ndarray) -> pa.Array:
    """Channels of each group in the vocabulary's order, joined by '|'."""
    bits = 1 << pc.index_in(column, pa.array(CHANNELS)).to_numpy().astype(np.int64)[order]
    sets = np.bitwise_or.reduceat(bits, starts)
    named = ["|".join(name for place, name in enumerate(CHANNELS) if bit >> place & 1) for bit in range(1 << len(CHANNELS))]
    return pa.array(named, pa.string()).take(pa.array(sets))
