"""Times of events, to the second, in UTC. A time without a zone counts as UTC; a day alone as its midnight."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.errors import ConfigError, Problem
from skiptrace.intake.cells import Cells, whole
from skiptrace.schema.delivered import INSTANT
from skiptrace.sql import lent

_CLOCKS = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")
_FORMS = tuple(f"{day} {clock}" for day in ("%m/%d/%Y", "%Y/%m/%d") for clock in _CLOCKS)


def read_instants(cells: Cells, name: str) -> tuple[pa.Array, pa.Array]:
    """Times (timestamp[s, UTC]) of a timestamp, date or text column, and the reason (string) where a cell is none or
    lies after as_of. Text is read in ISO form with or without offset, in common American forms, or in the form that
    the project file gives; then only in that."""
    values = whole(cells.table.column(name))
    reason = pa.nulls(len(cells), pa.string())
    if pa.types.is_timestamp(values.type) or pa.types.is_date(values.type):
        found = values.cast(pa.timestamp("us", "UTC") if pa.types.is_timestamp(values.type) else pa.timestamp("s"))
    else:
        texts = cells.text(name)
        found, reason = _read(texts, cells, name)
    found = pc.floor_temporal(found.cast(pa.timestamp("us")), unit="second").cast(pa.timestamp("s")).cast(INSTANT)
    limit = pa.scalar(cells.as_of, pa.date32()).cast(pa.timestamp("s")).cast(INSTANT)
    next_day = pc.add(limit, pa.scalar(86_400, pa.duration("s")))
    late = pc.fill_null(pc.greater_equal(found, next_day), False)
    reason = pc.if_else(late, "date_after_as_of", reason)
    if (soonest := pc.min(found.filter(late)).as_py()) is not None:
        cells.lasting.note(soonest.date())
    return pc.if_else(late, pa.scalar(None, INSTANT), found), reason


def _read(texts: pa.Array, cells: Cells, name: str) -> tuple[pa.Array, pa.Array]:
    form = cells.form(name)
    tried = [form] if form else list(_FORMS)
    iso = "" if form else "CAST(TRY_CAST(t AS TIMESTAMPTZ) AS TIMESTAMP), "
    text = f"SELECT coalesce({iso}try_strptime(t, $forms)) AS v FROM given ORDER BY row"
    try:
        with lent({"given": pa.table({"t": texts, "row": cells.rows})}, "1GB") as connection:
            read: pa.Table = connection.sql(text, params={"forms": tried}).to_arrow_table()
    except duckdb.Error:
        problem = Problem("formats", name, "is not a form that strptime knows", "such as %Y-%m-%d %H:%M:%S")
        raise ConfigError("a time form cannot be read", (problem,)) from None
    found = whole(read.column("v")).cast(pa.timestamp("us"))
    if form is None:
        days = cells.lasting.dates(pc.if_else(pc.is_null(found), texts, pa.scalar(None, pa.string())), None)
        found = pc.coalesce(found, whole(days.column("value")).cast(pa.timestamp("us")))
    bad = pc.and_(pc.is_valid(texts), pc.is_null(found))
    return found, pc.if_else(bad, "not_a_time", pa.scalar(None, pa.string()))
