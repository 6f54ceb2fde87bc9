"""Evidence merged into points: one row per group of evidence, with dates, sources and independent origins."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import codes
from skiptrace.contacts.evidence import PORTFOLIO
from skiptrace.contacts.unsure import UNSURE
from skiptrace.grouping import begins, expand
from skiptrace.schema.published import EVIDENCE as SEEN

PARTS = ("house", "street", "unit", "city", "state", "postal_code", "country", "point_kind")
"""What a canonical value consists of: equal for equal values."""
NEVER = -(2**31)
"""Day number of an undated sighting: before every other."""


def days(column: pa.ChunkedArray) -> np.ndarray:
    """Day number of each date, NEVER where NULL: int64 [n]."""
    number: np.ndarray = column.cast(pa.int32()).fill_null(NEVER).to_numpy().astype(np.int64)
    return number


def merge(
    evidence: pa.Table, row: np.ndarray, group: np.ndarray, speaker: np.ndarray, shows: np.ndarray, voice: np.ndarray
) -> pa.Table:
    """One row per group from 0 on; none is empty.

    `row` int64 [n]: rows of EVIDENCE, in groups `group` int64 [n]; one row may stand in several. `speaker`: the row of
    EVIDENCE whose value stands for each group. `shows` bool and `voice` int64, per row of EVIDENCE: whether it is a
    sighting of the consumer's (relatives and failed attempts count for nothing), and who says it. p_right_party is
    the probability that at least one voice is linked rightly: copies share a voice and count once. Line type and status
    are those of the newest sighting that states one. Columns: kind, value, PARTS, and those of `_columns`."""
    row, group = newest_first(evidence, row, group)
    starts = begins(group)
    counted = shows[row]
    values = evidence.select(["kind", "value", *PARTS]).take(pa.array(speaker))
    columns = {name: values[name] for name in values.column_names}
    columns |= _columns(evidence, row, group, starts, counted)
    columns |= _support(evidence["match_probability"].to_numpy()[row], group, voice[row], counted)
    return pa.table(columns)


def newest_first(evidence: pa.Table, row: np.ndarray, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(row, group) by group, then newest first, undated last, then in the order of EVIDENCE."""
    order = np.argsort((group << 33) - days(evidence["last_seen"])[row], kind="stable")
    return row[order], group[order]


def listed(evidence: pa.Table, row: np.ndarray, group: np.ndarray, groups: int) -> pa.ListArray:
    """The evidence of each group as a list, newest first; a group without any has an empty one."""
    row, group = newest_first(evidence, row, group)
    fields = [SEEN.value_type.field(k) for k in range(SEEN.value_type.num_fields)]
    items = pa.StructArray.from_arrays([_taken(evidence[field.name], field.name, row) for field in fields], fields=fields)
    offsets = np.searchsorted(group, np.arange(groups + 1)).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), items)


def _taken(column: pa.ChunkedArray, name: str, row: np.ndarray) -> pa.Array:
    """The values at `row`; words of short lists are taken from the list, which is nearer than the column."""
    if name not in ("source", "origin", "status", "relation"):
        return column.combine_chunks().take(pa.array(row))
    names, code = codes(column)
    code = code[row]
    return pa.array([*names, None], pa.string()).take(pa.array(np.where(code < 0, len(names), code)))


def _columns(
    evidence: pa.Table, row: np.ndarray, group: np.ndarray, starts: np.ndarray, counted: np.ndarray
) -> dict[str, pa.Array | pa.ChunkedArray]:
    """What the sightings of each group say together."""
    last = days(evidence["last_seen"])[row]
    first = days(pc.coalesce(evidence["first_seen"], evidence["last_seen"]))[row]
    earliest = np.minimum.reduceat(np.where(counted & (first > NEVER), first, 2**31), starts) if len(starts) else first
    latest = np.maximum.reduceat(np.where(counted, last, NEVER), starts) if len(starts) else last
    mine = evidence["mine"].to_numpy(zero_copy_only=False)[row] & counted
    any_mine, any_other = _any(mine, starts), _any(counted & ~mine, starts)
    sources, source = codes(evidence["source"])
    source = source[row]
    bought = source == (sources.index(PORTFOLIO) if PORTFOLIO in sources else -1)
    on_tape, elsewhere = _any(counted & bought, starts), _any(counted & ~bought, starts)
    origin = np.where(on_tape & elsewhere, 0, np.where(on_tape, 1, 2))
    relations, relation = codes(evidence["relation"])
    relation = relation[row]
    kin = np.array([name not in ("same", UNSURE) for name in relations] + [False], bool)[relation]
    maybe = np.array([name == UNSURE for name in relations] + [False], bool)[relation]
    return {
        "first_seen": _dates(earliest, earliest < 2**31), "last_seen": _dates(latest, latest > NEVER),
        "origin": pa.array(["both", "portfolio", "reference"]).take(pa.array(origin)),
        "mine": pa.array(any_mine), "seen_elsewhere": pa.array(any_other),
        "sightings": pa.array(np.bincount(group[counted], minlength=len(starts))),
        "line_type": pc.coalesce(_newest(evidence["line_type"], row, starts, counted), pa.scalar("unknown")),
        "status": _newest(evidence["status"], row, starts, counted),
        "sources": _sets(sources, source[counted], group[counted], len(starts)),
        "relations": _sets(relations, relation[kin], group[kin], len(starts)), "unsure": pa.array(_any(maybe, starts)),
        "flags": _union(evidence["flags"], row[counted], group[counted], len(starts)),
        "zones": _union(evidence["zones"], row[counted], group[counted], len(starts)),
    }  # fmt: skip


def _any(mask: np.ndarray, starts: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.logical_or.reduceat(mask, starts) if len(starts) else mask
    return found


def _dates(number: np.ndarray, known: np.ndarray) -> pa.Array:
    return pa.array(np.where(known, number, 0).astype(np.int32), mask=~known).cast(pa.date32())


def _newest(column: pa.ChunkedArray, row: np.ndarray, starts: np.ndarray, counted: np.ndarray) -> pa.Array:
    """Per group the first text that says something; "unknown" says nothing."""
    names, code = codes(column)
    code = code[row]
    silent = np.array([name == "unknown" for name in names] + [True], bool)
    says = counted & ~silent[code]
    at = np.where(says, np.arange(len(code)), len(code))
    first = np.minimum.reduceat(at, starts) if len(starts) else at
    known = first < len(code)
    taken = np.append(code, 0)[np.where(known, first, len(code))]
    return pa.array([*names, ""], pa.string()).take(pa.array(taken, mask=~known))


def _sets(names: list[str], code: np.ndarray, group: np.ndarray, groups: int) -> pa.ListArray:
    """The distinct names of each group, sorted: list of text."""
    order = np.argsort(np.array(names, object), kind="stable") if names else np.zeros(0, np.int64)
    rank = np.empty(len(names) + 1, np.int64)
    rank[order] = np.arange(len(names))
    pairs = np.sort(group * (len(names) + 1) + rank[code])
    pairs = pairs[begins(pairs)]
    owner, which = np.divmod(pairs, len(names) + 1)
    offsets = np.searchsorted(owner, np.arange(groups + 1)).astype(np.int32)
    texts = pa.array(names, pa.string()).take(pa.array(order[which]))
    return pa.ListArray.from_arrays(pa.array(offsets), texts)


def _union(column: pa.ChunkedArray, row: np.ndarray, group: np.ndarray, groups: int) -> pa.ListArray:
    """The distinct items of the lists of each group, sorted; a NULL list is empty."""
    lists = column.combine_chunks()
    lists = lists if isinstance(lists, pa.ListArray) else pa.concat_arrays(lists.chunks)
    length = pc.fill_null(pc.list_value_length(lists), 0).to_numpy().astype(np.int64)
    names, code = codes(lists.flatten())  # without what stands behind NULL
    low = np.cumsum(length) - length
    some = np.flatnonzero(length[row])
    owner, place = expand(low[row[some]], length[row[some]])
    return _sets(names, code[place], group[some][owner], groups)


def _support(
    p: np.ndarray, group: np.ndarray, voice: np.ndarray, counted: np.ndarray
) -> dict[str, pa.Array]:  # fmt: skip
    """Voices that show each group, and the probability that one of them is linked rightly."""
    order = np.flatnonzero(counted)
    order = order[np.lexsort((voice[order], group[order]))]
    starts = begins(group[order] * (int(voice.max(initial=0)) + 1) + voice[order])
    wrong = np.log1p(-np.minimum(np.maximum.reduceat(p[order], starts), 0.999999)) if len(starts) else p[:0]
    owner = group[order][starts]
    same = np.lexsort((wrong, owner))  # sums in an order that does not depend on the numbers of voices, nor on who else is looked at
    wrong, owner = wrong[same], owner[same]
    size = int(group.max(initial=-1)) + 1
    return {
        "independent_sources": pa.array(np.bincount(owner, minlength=size).astype(np.int32)),
        "p_right_party": pa.array(-np.expm1(np.bincount(owner, weights=wrong, minlength=size))),
    }
