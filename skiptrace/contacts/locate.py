"""`locate_status`: what became of an account, the first of the vocabulary's statuses that applies."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from skiptrace.contacts.rules import CurrencyRules
from skiptrace.sql import query

_LOCATE = """
with best as (
    select account_id, p_current p, state, evidence from points where kind = 'address'
    qualify row_number() over (partition by account_id order by rank) = 1),
seen as (
    select account_id, unnest(evidence, recursive := true) from best),
support as (
    select account_id, bool_or(source = 'portfolio' and record_id = account_id) mine,
        max(last_seen) filter (source <> 'portfolio' and relation = 'same') last
    from seen group by all),
any_point as (select distinct account_id from points),
linked as (
    select account_id, count(*) filter (status = 'linked' and relation = 'same')::int linked,
        count(*) filter (status = 'review')::int review from links group by all)
select t.account_id, coalesce(l.linked, 0) linked_records, coalesce(l.review, 0) review_records, a.state,
    case when d.deceased then 'deceased'
         when len(h.holds) > 0 then 'held'
         when l.linked > 0 and not s.mine and a.p >= {moved} then 'moved'
         when l.linked > 0 and s.mine and a.p >= {confirmed} and s.last >= DATE '{since}' then 'confirmed'
         when l.linked > 0 and p.account_id is not null then 'located'
         else 'not_found' end locate_status
from tape t left join deaths d using (account_id) left join holds h using (account_id)
left join linked l using (account_id) left join best a using (account_id) left join support s using (account_id)
left join any_point p using (account_id)
order by t.account_id
"""


def locate(
    tape: pa.Table, links: pa.Table, points: pa.Table, deaths: pa.Table, holds: pa.Table, rules: CurrencyRules,
    as_of: dt.date,
) -> pa.Table:  # fmt: skip
    """Columns account_id, linked_records, review_records (int32), state, locate_status (string), sorted by account_id.

    `holds`: account_id and holds (list of rule ids). That nobody shows a newer address does not say that the consumer is
    still there: the account's own address is confirmed only where a reference saw it within the last years."""
    tables = {"tape": tape, "links": links, "points": points, "deaths": deaths, "holds": holds}
    since = as_of - dt.timedelta(days=round(365.25 * rules.confirmed_within_years))
    return query(_LOCATE.format(moved=rules.moved, confirmed=rules.confirmed, since=since), tables)
