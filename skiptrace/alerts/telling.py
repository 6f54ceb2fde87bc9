"""Who is told what: each change once, nothing that goes back and forth, nothing that was acknowledged, and no storms."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from skiptrace.alerts.rules import AlertRules
from skiptrace.schema import ALERTS, ALERTS_HELD, ALERTS_TOLD, conform
from skiptrace.sql import query

# A change meets what was told of the same thing: within the window it is told only where it is a state that nobody heard of.
_JUDGED: Final = """
with met as (
    select c.*, m.account_id is not null remembered, m.told_kind, m.from_state m_from, m.told_state,
        m.account_id is not null and (m.since > DATE '{edge}' or k.account_id is not null) fresh
    from changed c left join memory m using (account_id, topic, thing)
    left join acknowledged k on k.account_id = c.account_id and k.topic = c.topic and k.thing = c.thing and k.state = m.told_state),
judged as (
    select *, case when not fresh then 'tell' when state = told_state then 'known'
        when state is not distinct from m_from then 'back' else 'tell' end verdict from met)
select * exclude (fresh, remembered) from judged
qualify row_number() over (partition by account_id, topic, thing order by verdict <> 'tell', kind desc) = 1
order by account_id, topic, thing, kind
"""
# What went back and has stayed so for long enough is told after all; what is settled is forgotten, unless it was acknowledged.
_SETTLED: Final = """
select m.account_id, m.kind, m.topic, m.thing, m.told_state from_state, m.state, m.before, m.after, m.delta_p, m.evidence, m.point_id,
    m.may_leave, m.since
from memory m join accounts using (account_id) left join changed c using (account_id, topic, thing)
where c.account_id is null and m.kind is not null and m.state is distinct from m.told_state and m.since <= DATE '{edge}'
order by m.account_id, m.topic, m.thing
"""
_MEMORY: Final = """
with told as (
    select account_id, topic, thing, kind told_kind, from_state, state told_state, state, DATE '{as_of}' since, null::varchar kind,
        null::varchar as before, null::varchar as after, null::double delta_p, null::{proof} evidence, null::varchar point_id,
        null::boolean may_leave
    from (select account_id, topic, thing, kind, from_state, state from judged where verdict = 'tell'
        union all select account_id, topic, thing, kind, from_state, state from settled)),
quiet as (
    select account_id, topic, thing, told_kind, m_from from_state, told_state, state, DATE '{as_of}' since,
        case when verdict = 'back' then kind end kind, before, after, delta_p, evidence, point_id, may_leave
    from judged where verdict <> 'tell'),
kept as (
    select m.* from memory m join accounts using (account_id)
    left join acknowledged k on k.account_id = m.account_id and k.topic = m.topic and k.thing = m.thing and k.state = m.told_state
    where m.since > DATE '{edge}' or k.account_id is not null)
select * from told union all by name select * from quiet
union all by name select k.* from kept k anti join (
    select account_id, topic, thing from told union all select account_id, topic, thing from quiet) using (account_id, topic, thing)
order by account_id, topic, thing
"""
_RANKED: Final = """
with every as (
    select account_id, kind, before, after, delta_p, DATE '{as_of}' since, evidence, point_id, state, may_leave from judged
    where verdict = 'tell'
    union all by name
    select account_id, kind, before, after, delta_p, since, evidence, point_id, state, may_leave from settled),
told as (
    select * from every x where not exists (
        select 1 from every c join covers v on v.kind = c.kind and v.covered = x.kind
        where c.account_id = x.account_id and (c.point_id is null or x.point_id is null or c.point_id = x.point_id
            or x.kind not in ('new_stop', 'lifted_stop', 'new_address'))
            and not (x.kind = 'new_stop' and x.point_id is null and c.point_id is not null))),
weighed as (
    select t.*, a.consumer_id, a.balance, k.gravity * coalesce(greatest(a.balance, 0)::double, {unknown})
        * greatest(coalesce(abs(t.delta_p), 0), {least}) worth
    from told t join accounts a using (account_id) join kinds k using (kind)),
one as (
    select *, (count(*) over (partition by account_id, kind) - 1)::int more from weighed
    qualify row_number() over (partition by account_id, kind order by worth desc, point_id, state) = 1)
select * from one order by worth desc, account_id, kind
"""
_STORMS: Final = """
select kind, count(*) met, sum(balance)::decimal(14, 2) balance, sum(worth) worth from ranked group by kind
having count(*) > {least} order by kind
"""
_FINAL: Final = """
with rest as (select r.*, 1::bigint accounts from ranked r anti join storms using (kind)),
sums as (
    select null::varchar account_id, kind, null::varchar as before, 'held: ' || met || ' of {of} accounts at once' as after,
        null::double delta_p, DATE '{as_of}' since, null::{proof} evidence, null::varchar point_id, 'held' state, true may_leave,
        null::varchar consumer_id, balance, worth, 0::int more, met accounts from storms)
select *, row_number() over (order by worth desc, account_id nulls first, kind)::int rank
from (select * from rest union all by name select * from sums) order by rank
"""
_PROOF: Final = "STRUCT(source VARCHAR, seen DATE)[]"


@dataclass(frozen=True)
class Told:
    """What a night tells: `alerts` (ALERTS, by rank), `held` (ALERTS_HELD: those of kinds that were summed up), and `told`
    (ALERTS_TOLD), which the next night is given."""

    alerts: pa.Table
    held: pa.Table
    told: pa.Table


def tell(changed: pa.Table, memory: pa.Table, acknowledged: pa.Table, accounts: pa.Table, rules: AlertRules, as_of: dt.date,
         total: int) -> Told:  # fmt: skip
    """What is told of CHANGED, given ALERTS_TOLD of the run before and ACKNOWLEDGED.

    `accounts`: account_id, consumer_id, balance of at least the accounts that `changed` and `memory` name and the present run has;
    `total`: accounts of the present run, of which a storm is a share."""
    limits = rules.limits
    given = {
        "as_of": as_of, "edge": as_of - dt.timedelta(days=limits.settled_nights), "proof": _PROOF, "of": total,
        "unknown": limits.unknown_balance, "least": limits.least_change,
    }  # fmt: skip
    tables = {"changed": changed, "memory": memory, "acknowledged": acknowledged, "accounts": accounts}
    tables["judged"] = query(_JUDGED.format(**given), tables)
    tables["settled"] = query(_SETTLED.format(**given), tables)
    told = conform(query(_MEMORY.format(**given), tables), ALERTS_TOLD)
    tables["kinds"] = pa.table({"kind": list(rules.kinds), "gravity": [kind.gravity for kind in rules.kinds.values()]})
    covers = [(name, covered) for name, kind in rules.kinds.items() for covered in kind.covers]
    tables["covers"] = pa.table({"kind": [one for one, _ in covers], "covered": [one for _, one in covers]})
    ranked = query(_RANKED.format(**given), tables)
    least = max(limits.storm_from, int(limits.storm_share * total))
    storms = query(_STORMS.format(least=least), {"ranked": ranked})
    found = {"ranked": ranked, "storms": storms}
    alerts = query(_FINAL.format(**given), found)
    held = query("select r.*, 1::bigint accounts, row_number() over (order by worth desc, account_id, kind)::int rank "
                 "from ranked r semi join storms using (kind) order by rank", found)  # fmt: skip
    return Told(conform(alerts, ALERTS), conform(held, ALERTS_HELD), told)
