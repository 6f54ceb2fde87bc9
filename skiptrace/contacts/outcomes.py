"""What past attempts proved about a point.

The latest proof wins. What was proved wrong stays down, whoever sells it again."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from skiptrace.contacts.rules import CurrencyRules
from skiptrace.sql import query

STATUS_OF = {
    "not_in_service": "disconnected",
    "wrong_party": "wrong_party",
    "bounced": "invalid",
    "returned_mail": "invalid",
    "right_party": "active",
}
"""The status that an outcome proves; other outcomes prove none."""

_LATEST = """
with proved as (
    select account_id, kind, value, arg_max(outcome, (occurred_at, event_id)) outcome from events
    where outcome in (select outcome from weights where proof) and value is not null group by all),
hinted as (
    select account_id, kind, value, arg_max(outcome, (occurred_at, event_id)) outcome from events
    where outcome in (select outcome from weights where not proof) and value is not null group by all)
select coalesce(w.odds, 0) + case when w.odds is null or w.odds > 0 then coalesce(h.odds, 0) else 0 end odds, w.status
from points p
left join proved e using (account_id, kind, value) left join weights w on w.outcome = e.outcome
left join hinted t using (account_id, kind, value) left join weights h on h.outcome = t.outcome
order by p.row
"""


def proofs(points: pa.Table, events: pa.Table, rules: CurrencyRules) -> tuple[np.ndarray, pa.ChunkedArray]:
    """(log-odds that outcomes add [n], status they prove or NULL [n]) for points with account_id, kind, value.

    A hint (a voicemail, a delivery) counts only where nothing proved the point wrong."""
    if not len(events):
        return np.zeros(len(points)), pa.chunked_array([pa.nulls(len(points), pa.string())])
    names = sorted(rules.outcome)
    weights = pa.table(
        {"outcome": names, "odds": [rules.outcome[n] for n in names], "proof": [n in STATUS_OF for n in names],
         "status": pa.array([STATUS_OF.get(n) for n in names], pa.string())}
    )  # fmt: skip
    keys = points.select(["account_id", "kind", "value"]).append_column("row", pa.array(np.arange(len(points))))
    found = query(_LATEST, {"points": keys, "events": events, "weights": weights})
    return found["odds"].to_numpy(), found["status"]
