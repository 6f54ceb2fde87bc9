"""Has the consumer died? Sources hold false, misdated and undated reports: each is judged before it is believed."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from skiptrace.contacts.rules import CurrencyRules
from skiptrace.schema.table import conform
from skiptrace.schema.working import DEATHS
from skiptrace.sql import query

_JUDGE = """
with reports as (
    select l.account_id, l.source, l.match_probability, r.deceased_date,
        coalesce(r.deceased_date <= $as_of
            and (coalesce(r.dob, own.dob) is null
                 or r.deceased_date >= coalesce(r.dob, own.dob) + INTERVAL '{age} years')
            and (coalesce(t.open_date, t.charge_off_date) is null
                 or r.deceased_date >= coalesce(t.open_date, t.charge_off_date) - INTERVAL '{before} years'),
            r.deceased_date is null) plausible
    from links l join records r on r.source = l.source and r.identity = l.identity
    join tape t on t.account_id = l.account_id left join own on own.record_id = l.account_id and own.party = 'borrower'
    where l.status = 'linked' and l.relation = 'same' and r.deceased),
judged as (
    select account_id, bool_or(plausible) deceased, min(deceased_date) filter (plausible) deceased_date,
        list_sort(list(distinct source) filter (plausible)) reported_by,
        max(match_probability) filter (plausible) report_probability
    from reports group by all)
select t.account_id,
    case when t.deceased or own.deceased or j.deceased or p.account_id is not null then true end deceased,
    coalesce(j.deceased_date, own.deceased_date) deceased_date, j.reported_by, j.report_probability
from tape t left join judged j using (account_id) left join told p using (account_id)
left join own on own.record_id = t.account_id and own.party = 'borrower'
order by t.account_id
"""


def deaths(
    links: pa.Table, records: pa.Table, own: pa.Table, tape: pa.Table, told: pa.Array, rules: CurrencyRules, as_of: dt.date
) -> pa.Table:
    """DEATHS of one partition. `records` and `own` are IDENTITIES of the linked sources and of the portfolio; `told` the
    accounts (string) of whose consumer somebody said at a past attempt that they have died.

    A dated report is plausible when the death lies at or before `as_of`, the person was of age, and it does not lie
    long before the account began. An undated report (a status, an estate, what somebody said) is believed. The tape's own
    word is, too."""
    text = _JUDGE.format(age=rules.least_age_years, before=rules.before_account_years).replace(
        "$as_of", f"DATE '{as_of}'"
    )
    tables = {"links": links, "records": records, "own": own, "tape": tape, "told": pa.table({"account_id": told.unique()})}
    return conform(query(text, tables), DEATHS)
