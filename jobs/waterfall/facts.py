"""What the waterfall decides on: each account of a published run as it is before the next stage."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from jobs import outcomes
from jobs.waterfall.history import RIGHT_PARTY
from skiptrace.project.waterfall import Waterfall
from skiptrace.results import Run
from skiptrace.schema import WATERFALL_FACTS, conform
from skiptrace.schema.waterfall import MISSING
from skiptrace.sql import query
from skiptrace.store.places import Place

REACHED_DAYS = 180
"""For so long a right-party contact says that the consumer can be reached."""
_SEEN = """
select account_id, bool_or(kind = 'address') as address, bool_or(kind = 'phone') as phone, bool_or(kind = 'email') as email,
    max(last_seen) as last_seen
from points where status not in ('disconnected', 'reassigned', 'wrong_party', 'invalid', 'deceased') group by account_id
"""
_ASKED = """
select account_id, list(struct_pack(source := source, asked_on := asked_on,
        hit := case when hit and not read then null else hit end) order by asked_on, source) as asked,
    sum(cost + reserve) as spent
from history group by account_id
"""
_FACTS = """
select a.account_id, coalesce(a.balance, 0)::double as balance, {worth} as worth,
    (case when t.ssn then 0 else 1 end + case when t.dob is not null then 0 else 2 end + case when s.address then 0 else 4 end
        + case when s.phone then 0 else 8 end + case when s.email then 0 else 16 end)::utinyint as missing,
    if(coalesce(a.charge_off_date, t.last_payment_date) > DATE '{as_of}', 0,
        date_diff('day', coalesce(a.charge_off_date, t.last_payment_date), DATE '{as_of}'))::integer as debt_age_days,
    if(s.last_seen > DATE '{as_of}', 0, date_diff('day', s.last_seen, DATE '{as_of}'))::integer as last_evidence_days,
    coalesce(k.asked, []) as asked,
    case when r.account_id is not null then 1.0 else a.p_any_channel end as p_any, h.held, coalesce(k.spent, 0)::double as spent
from accounts a left join tape t using (account_id) left join seen s using (account_id) left join asked k using (account_id)
left join reached r using (account_id) left join held h using (account_id)
order by a.account_id
"""
assert MISSING == ("ssn", "dob", "address", "phone", "email")  # noqa: S101 - the bits of `missing` above


def facts(
    run: Run, private: Place, section: Waterfall, history: pa.Table, tape: pa.Table, held: pa.Table, as_of: dt.date
) -> pa.Table:  # fmt: skip
    """WATERFALL_FACTS of the accounts of a run, sorted. history: see `jobs.waterfall.history`; tape: see `jobs.waterfall.people.on_tape`;
    held: HELD. A hit that no run has read yet counts as no answer: nobody knows what it is worth."""
    worth = f"{section.contact_value}" if section.contact_value is not None else f"{section.recovery} * greatest(coalesce(a.balance, 0), 0)"
    first = as_of - dt.timedelta(days=REACHED_DAYS)
    said = outcomes.kept(private)
    said = said.set_column(said.column_names.index("occurred_at"), "occurred_at", said["occurred_at"].cast(pa.timestamp("s")))
    text = f"""select distinct account_id from said where outcome = '{RIGHT_PARTY}'
        and occurred_at::date between DATE '{first}' and DATE '{as_of}'"""
    tables = {
        "accounts": run.table("accounts", ["account_id", "balance", "charge_off_date", "p_any_channel"]), "tape": tape, "held": held,
        "seen": query(_SEEN, {"points": run.table("contact_points", ["account_id", "kind", "status", "last_seen"])}),
        "asked": query(_ASKED, {"history": history}), "reached": query(text, {"said": said}),
    }  # fmt: skip
    return conform(query(_FACTS.format(worth=f"({worth})::double", as_of=as_of), tables), WATERFALL_FACTS)
