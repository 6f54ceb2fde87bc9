"""Points that several consumers of the project show: households, employers, settlement firms, placeholders."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.schema import CONTACT_POINTS
from skiptrace.schema.table import conform
from skiptrace.schema.working import SHARING
from skiptrace.sql import query

_SHARED = """
select point_id, count(distinct consumer_id)::int consumers from points join consumers using (account_id)
group by point_id having count(distinct consumer_id) > 1 order by point_id
"""


def shared(points: pa.Table, consumers: pa.Table) -> pa.Table:
    """SHARING of all points (account_id, point_id) of the project: those that more than one consumer shows."""
    return conform(query(_SHARED, {"points": points, "consumers": consumers}), SHARING)


def mark(points: pa.Table, sharing: pa.Table) -> pa.Table:
    """CONTACT_POINTS with `shared_by`: how many consumers beyond the account's own show the point."""
    place = pc.index_in(points["point_id"], sharing["point_id"].combine_chunks())
    counts = np.append(sharing["consumers"].to_numpy(), 1)
    others = counts[pc.fill_null(place, len(sharing)).to_numpy()] - 1
    column = points.column_names.index("shared_by")
    return conform(points.set_column(column, "shared_by", pa.array(others.astype(np.int32))), CONTACT_POINTS)
