"""`locate_status`: what became of an account, the first of the vocabulary's statuses that applies."""

from __future__ import annotations

import pyarrow as pa

from skiptrace.contacts.rules import CurrencyRules
from skiptrace.sql import query

_LOCATE = """
with best as (
    select account_id, arg_min(origin, rank) origin, arg_min(p_current, rank) p, arg_min_null(state, rank) state
    from points where kind = 'address' group by all),
any_point as (select distinct account_id from points),
linked as (
    select account_id, count(*) filter (status = 'linked' and relation = 'same')::int linked,
        count(*) filter (status = 'review')::int review from links group by all)
select t.account_id, coalesce(l.linked, 0) linked_records, coalesce(l.review, 0) review_records, a.state,
    case when d.deceased then 'deceased'
         when len(h.holds) > 0 then 'held'
         when l.linked > 0 and a.origin = 'reference' and a.p >= {moved} then 'moved'
         when l.linked > 0 and a.origin = 'both' and a.p >= {confirmed} then 'confirmed'
         when l.linked > 0 and p.account_id is not null then 'located'
         else 'not_found' end locate_status
from tape t left join deaths d using (account_id) left join holds h using (account_id)
left join linked l using (account_id) left join best a using (account_id) left join any_point p using (account_id)
order by t.account_id
"""


def locate(
    tape: pa.Table, links: pa.Table, points: pa.Table, deaths: pa.Table, holds: pa.Table, rules: CurrencyRules
) -> pa.Table:
    """Columns account_id, linked_records, review_records (int32), state, locate_status (string), sorted by account_id.

    `holds`: account_id and holds (list of rule ids)."""
    tables = {"tape": tape, "links": links, "points": points, "deaths": deaths, "holds": holds}
    return query(_LOCATE.format(moved=rules.moved, confirmed=rules.confirmed), tables)
