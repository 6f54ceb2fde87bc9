"""Debts that stand on a portfolio twice: sold by two sellers, or by one under two account numbers.

Two accounts of one consumer are most often two debts. They may be one where two of opening day, day of charge-off and creditor are
known of both and nothing that is known of both differs; whether they are, somebody must look up.
"""

from __future__ import annotations

import pyarrow as pa

from skiptrace.sql import query

DUPLICATE = "duplicate"
"""The reason such an account may go back for."""

_SQL = """
with owned as (
    select t.account_id, c.consumer_id, t.open_date, t.charge_off_date, nullif(lower(trim(t.original_creditor)), '') as creditor
    from tape t join consumers c using (account_id)),
-- few consumers have more than one account, and a window costs less than a join of the whole with itself
several as (select * from owned qualify count(*) over (partition by consumer_id) > 1)
select distinct a.account_id, 'duplicate' as reason, null::date as since, 'account ' || b.account_id as source
from several a join several b on a.consumer_id = b.consumer_id and a.account_id <> b.account_id
where (a.open_date = b.open_date or a.open_date is null or b.open_date is null)
    and (a.charge_off_date = b.charge_off_date or a.charge_off_date is null or b.charge_off_date is null)
    and (a.creditor = b.creditor or a.creditor is null or b.creditor is null)
    -- two of the three must be known of both
    and (a.open_date is not distinct from b.open_date and a.open_date is not null)::int
        + (a.charge_off_date is not distinct from b.charge_off_date and a.charge_off_date is not null)::int
        + (a.creditor is not distinct from b.creditor and a.creditor is not null)::int >= 2
"""


def duplicates(tape: pa.Table, consumers: pa.Table) -> pa.Table:
    """account_id, reason, since (date32, NULL: nobody knows), source (string: the other account) of accounts that may be one debt.

    `tape`: account_id, open_date, charge_off_date, original_creditor of the whole portfolio; `consumers`: CONSUMERS."""
    return query(_SQL, {"tape": tape, "consumers": consumers})
