"""What a seller must take back: accounts that were dead, bankrupt, settled, disputed, stolen or out of statute at the cut-off date.

A purchase contract names a cut-off date and the days within which accounts may be returned. What the seller's own tape says is held
against the seller as of the cut-off; what others say counts with its date. A condition whose date nobody knows is for a person to
look up, and is marked so: it is never sent as if it were certain.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from skiptrace.onboard.resold import DUPLICATE
from skiptrace.schema import PUT_BACK, conform
from skiptrace.sql import query

REPORTS = pa.schema([("account_id", pa.string()), ("reason", pa.string()), ("since", pa.date32()), ("source", pa.string())])
"""What somebody says of an account: `source` 'tape' for the seller's own word; `since` NULL where no date is told."""
REASONS = ("deceased", "bankrupt", "settled", "fraudulent", "disputed", "out_of_statute", DUPLICATE)


@dataclass(frozen=True)
class Terms:
    """Of one purchase: which accounts (`portfolio_id`, None for all), the seller, the cut-off date, and the days for returns."""

    portfolio_id: str | None
    seller: str
    cut_off: dt.date
    put_back_days: int

    @property
    def return_by(self) -> dt.date:
        """The last day for returns."""
        return self.cut_off + dt.timedelta(days=self.put_back_days)


_SQL = """
with owned as (
    select t.account_id, t.portfolio_id, t.balance, b.seller, b.cut_off, b.return_by
    from tape t join terms b on b.portfolio_id is null or b.portfolio_id = t.portfolio_id),
told as (
    select o.account_id, r.reason, min(r.since) as since,
        bool_or(r.source = 'tape' or r.since <= o.cut_off) as certain,
        list_sort(list(distinct r.source)) as evidence
    from owned o join reports r using (account_id)
    -- what came to be after the cut-off is the buyer's own
    where r.source = 'tape' or r.since is null or r.since <= o.cut_off
    group by all)
select o.account_id, o.portfolio_id, o.seller, d.reason, d.since, coalesce(d.certain, false) as certain, o.cut_off, o.return_by,
    (o.return_by - $as_of)::int as days_left, o.balance, d.evidence
from owned o join told d using (account_id)
order by o.account_id, d.reason
"""


def put_back(tape: pa.Table, reports: pa.Table, terms: Sequence[Terms], as_of: dt.date) -> pa.Table:
    """PUT_BACK of a portfolio. `tape`: account_id, portfolio_id, balance; `reports`: REPORTS, in any order. An account may have several
    reasons, each a row. With no terms nothing can go back."""
    table = pa.table(
        {
            "portfolio_id": pa.array([one.portfolio_id for one in terms], pa.string()),
            "seller": pa.array([one.seller for one in terms], pa.string()),
            "cut_off": pa.array([one.cut_off for one in terms], pa.date32()),
            "return_by": pa.array([one.return_by for one in terms], pa.date32()),
        }
    )
    found = query(_SQL.replace("$as_of", f"DATE '{as_of}'"), {"tape": tape, "reports": reports.cast(REPORTS), "terms": table})
    return conform(found, PUT_BACK)
