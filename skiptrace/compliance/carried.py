"""Uses that another channel carries: a portal's link goes out in an e-mail or a text, so the rules of that message hold for it too.

The decision about such a use is its own and the carrier's together: stopped where either is, with the duties and steps of both. A
use whose carrier is not among the uses is stopped: nobody has decided about the message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import codes, combine, number
from skiptrace.rulebook.model import COVERAGE_ID, Rulebook
from skiptrace.vocabulary import DECISIONS

LISTS = ("stopped_by", "conditions", "steps_required")
STOPPED = DECISIONS.index("stopped")
TIMES: Mapping[str, Callable[..., pa.ChunkedArray]] = {"window_start": pc.greater, "window_end": pc.less, "valid_until": pc.less}
"""When a use is permitted: of two such values, which one is the narrower."""
_MIX = np.uint64(0x9E3779B97F4A7C15)
"""An odd number: what the carrier was decided from must not cancel what the use itself was."""


def carriers(situations: pa.Table, rulebook: Rulebook) -> tuple[np.ndarray, np.ndarray]:
    """(rows of SITUATIONS that another use carries, the row of the carrier or -1): int64."""
    names, channel = codes(situations["channel"])
    kinds, kind = codes(situations["kind"])
    word = np.full((len(names), len(kinds) + 1), None, object)  # the last column: kind not known
    for place, name in enumerate(names):
        for at, one in enumerate(kinds):
            word[place, at] = rulebook.carried.get(name, {}).get(one)
    rows = np.flatnonzero(np.array([name in rulebook.carried for name in names], bool)[channel])
    if not len(rows):
        return rows, rows
    by = pa.array(word[channel[rows], kind[rows]], pa.string())
    keys = ("account_id", "point_id")
    wanted = combine([*(situations[name].take(pa.array(rows)) for name in keys), by], len(rows))
    there = combine([*(situations[name] for name in keys), situations["channel"]], len(situations))
    key = number(pa.chunked_array([*there.chunks, *wanted.chunks], pa.string()))
    use_of = np.full(int(key.max()) + 1, -1)
    use_of[key[: len(there)]] = np.arange(len(there))
    found = use_of[key[len(there) :]]
    return rows, np.where(by.is_valid().to_numpy(zero_copy_only=False), found, -1)


def with_carriers(decided: pa.Table, situations: pa.Table, rulebook: Rulebook) -> pa.Table:
    """DECISIONS of SITUATIONS (parallel), those of carried uses joined with their carriers'."""
    rows, carrier = carriers(situations, rulebook)
    if not len(rows):
        return decided
    lost = carrier < 0
    one, other = (decided.take(pa.array(at)) for at in (rows, np.where(lost, rows, carrier)))
    grade = [pc.index_in(part["decision"], pa.array(DECISIONS)).to_numpy() for part in (one, other)]
    columns = {
        "decision": pa.array(DECISIONS).take(pa.array(np.where(lost, STOPPED, np.maximum(*grade)))),
        **{name: _either(one[name], other[name], first) for name, first in TIMES.items()},
        **{name: _union(one[name], other[name], lost & (name == "stopped_by")) for name in LISTS},
        "facts_digest": pa.array(one["facts_digest"].to_numpy() + other["facts_digest"].to_numpy() * _MIX),
    }
    joined = pa.table([columns.get(name, one[name]) for name in decided.column_names], schema=decided.schema)
    return _put(decided, rows, joined)


def with_times_of_carriers(times: pa.Table, situations: pa.Table, rulebook: Rulebook) -> pa.Table:
    """TIMES of decisions about SITUATIONS (parallel), each of the use alone, with those of carried uses joined with their carriers'."""
    rows, carrier = carriers(situations, rulebook)
    if not len(rows):
        return times
    one, other = (times.take(pa.array(at)) for at in (rows, np.where(carrier < 0, rows, carrier)))
    return _put(times, rows, pa.table({name: _either(one[name], other[name], first) for name, first in TIMES.items()}, times.schema))


def _put(table: pa.Table, rows: np.ndarray, others: pa.Table) -> pa.Table:
    """The table with other rows in these places."""
    place = np.arange(len(table))
    place[rows] = len(table) + np.arange(len(rows))
    return pa.concat_tables([table, others]).take(pa.array(place))


def _either(one: pa.ChunkedArray, other: pa.ChunkedArray, first: Callable[..., pa.ChunkedArray]) -> pa.ChunkedArray:
    """Of two moments or days the one that `first` says; the other where one is NULL."""
    return pc.coalesce(pc.if_else(first(one, other), one, other), one, other)


def _union(one: pa.ChunkedArray, other: pa.ChunkedArray, uncovered: np.ndarray) -> pa.Array:
    """The words of both lists, sorted, and COVERAGE where `uncovered`; made once per distinct pair of lists."""
    joined = combine([pc.binary_join(one, "\n"), pc.binary_join(other, "\n"), pa.array(np.where(uncovered, COVERAGE_ID, ""))], len(one))
    texts, code = codes(joined)
    lists = [sorted({word for part in text.split("\x1f") for word in part.split("\n") if word}) for text in texts]
    return pa.array([*lists, []], one.type).take(pa.array(np.where(code < 0, len(lists), code)))  # without any word: none
