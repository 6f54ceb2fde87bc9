"""What changed for an account since the last published run."""

from __future__ import annotations

import pyarrow as pa

from skiptrace.schema import ALERTS, conform
from skiptrace.sql import query

STEP = 0.2
"""A smaller change of the chance to reach somebody is no news."""

_CHANGES = f"""
with pair as (
    select a.account_id, b.locate_status was, a.locate_status is_, b.p_any_channel p_was, a.p_any_channel p_is
    from after a join before b using (account_id))
select account_id, 'locate_status' kind, was as before, is_ as after, p_is - p_was delta_p from pair where was <> is_
union all
select account_id, case when p_is > p_was then 'reach_up' else 'reach_down' end,
    round(p_was, 3)::varchar, round(p_is, 3)::varchar, p_is - p_was
from pair where abs(p_is - p_was) >= {STEP}
order by account_id, kind
"""


def changes(before: pa.Table, after: pa.Table) -> pa.Table:
    """ALERTS for accounts in both tables (account_id, locate_status, p_any_channel): a new status, a reach that
    moved."""
    return conform(query(_CHANGES, {"before": before, "after": after}), ALERTS)
