"""Lineage at the door: a use leaves in an export only where some source that shows its point may leave in it.

A point that the portfolio brought is the user's own and leaves in every export.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.sql import query

SOURCE_RULE = "SRC-EXPORT"
"""What stops a use in an export that its sources do not allow, where a rule's id would stand."""


def for_export(decisions: pa.Table, points: pa.Table, limits: Mapping[str, Sequence[str] | None], export: str) -> pa.Table:
    """DECISIONS as they hold for one export: a use whose point no source may send there is stopped by SOURCE_RULE.

    `points` is CONTACT_POINTS; `limits` gives for each source the exports its data may leave in, None where it limits
    nothing. A source that is not among them allows nothing."""
    open_sources = sorted(name for name, exports in limits.items() if exports is None or export in exports)
    if len(open_sources) == len(limits):
        return decisions
    text = """SELECT account_id, point_id FROM points
        WHERE origin NOT IN ('portfolio', 'both') AND NOT list_has_any(sources, (SELECT coalesce(list(name), []) FROM open_sources))"""
    shut = query(text, {"points": points, "open_sources": pa.table({"name": pa.array(open_sources, pa.string())})})
    numbered = decisions.select(["account_id", "point_id"]).append_column("row", pa.array(range(len(decisions)), pa.int64()))
    rows = query("SELECT row FROM numbered JOIN shut USING (account_id, point_id)", {"numbered": numbered, "shut": shut})
    stopped = pc.is_in(pa.array(range(len(decisions)), pa.int64()), rows["row"].combine_chunks())
    word = pc.if_else(stopped, "stopped", decisions["decision"].cast(pa.string()))
    by = pa.array([[SOURCE_RULE]] * len(decisions), pa.list_(pa.string()))
    told = pc.if_else(stopped, by, decisions["stopped_by"].combine_chunks())
    out = decisions.set_column(decisions.column_names.index("decision"), "decision", word)
    return out.set_column(out.column_names.index("stopped_by"), out.schema.field("stopped_by"), told)
