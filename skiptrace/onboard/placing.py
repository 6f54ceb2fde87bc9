"""Who works each account for its owner, by what was told of placements and recalls.

An account has one holder at most: the one it was placed with last, unless that one was recalled since. Of one day a recall goes last,
so an account that is called back and placed anew is placed from the next day on.
"""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from skiptrace.schema import conform
from skiptrace.schema.working import PLACED
from skiptrace.sql import query

_EVENTS = """
with said as (select account_id, placed_with, placed_on, recalled_on from told where account_id is not null and placed_with is not null),
placed as (select distinct account_id, placed_with, placed_on as day from said where placed_on <= DATE '{as_of}'),
recalled as (select distinct account_id, placed_with, recalled_on as day from said where recalled_on <= DATE '{as_of}'),
last as (
    select *, count(*) over (partition by account_id, day) as rivals from placed
    qualify row_number() over (partition by account_id order by day desc, placed_with) = 1)
"""
_HELD = """
select l.account_id, l.placed_with, l.day as placed_on from last l where not exists (
    select 1 from recalled r where r.account_id = l.account_id and r.placed_with = l.placed_with and r.day >= l.day)
order by l.account_id
"""
_RETURNED = "select distinct account_id, placed_with from recalled order by all"
_COUNTS = """
select (select count(*) from (select distinct * from said)) as told,
    (select count(distinct s.account_id) from said s anti join accounts a using (account_id)) as of_unknown,
    (select count(*) from last where rivals > 1) as with_two_holders,
    (select count(*) from recalled) as recalled
"""


def held(told: pa.Table, as_of: dt.date) -> pa.Table:
    """PLACED: the accounts that somebody holds on a day, by account. told: PLACEMENTS whose placements have a day, in any order."""
    return conform(query(_EVENTS.format(as_of=as_of) + _HELD, {"told": told}), PLACED)


def returned(told: pa.Table, as_of: dt.date) -> pa.Table:
    """account_id and placed_with (string) of all that came back from a holder up to a day."""
    return query(_EVENTS.format(as_of=as_of) + _RETURNED, {"told": told})


def counts(told: pa.Table, accounts: pa.Array, as_of: dt.date) -> dict[str, int]:
    """What is told of placements: how many different ones, of accounts that no portfolio has, with two holders on one day (the first by
    name counts), and recalls."""
    tables = {"told": told, "accounts": pa.table({"account_id": accounts})}
    found: dict[str, int] = query(_EVENTS.format(as_of=as_of) + _COUNTS, tables).to_pylist()[0]
    return found
