"""Every change between two runs, kind by kind, whether or not anybody is told of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from skiptrace.alerts.night import Night
from skiptrace.alerts.rules import AlertRules, Limits
from skiptrace.schema import CHANGED, conform
from skiptrace.sql import query
from skiptrace.vocabulary import WRONG_STATUSES

_WRONG: Final = ", ".join(f"'{status}'" for status in WRONG_STATUSES)
_OTHERS: Final = "'reassigned', 'wrong_party'"
_OF_FACTS: Final = "'deceased', 'bankruptcy', 'attorney', 'opt_out'"
_PROOF: Final = "STRUCT(source VARCHAR, seen DATE)[]"
_HEAD: Final = """
with open_points as (
    select distinct d.account_id, d.point_id from a_uses d left join limited l using (account_id, point_id)
    where d.decision <> 'stopped' and l.point_id is null),
"""


def _door(one: str) -> str:
    """SQL: what is left of a unit without its word: APT 4, UNIT 4 and # 4 are one door."""
    return f"regexp_extract({one}.unit, '[^ #]+$')"


def _same_place(one: str, other: str, limits: Limits) -> str:
    """SQL: whether two rows of address parts are one place, written differently: the same house in streets that are alike, or one
    slip in the house's number; a unit that only one of them has is no difference."""
    x, y = one, other
    return f"""(
        ({x}.postal_code = {y}.postal_code or lower({x}.city) = lower({y}.city))
        and ({x}.unit is null or {y}.unit is null or {_door(x)} = {_door(y)})
        and case when {x}.house is not distinct from {y}.house then
                 {x}.street = {y}.street or jaro_winkler_similarity({x}.street, {y}.street) >= {limits.street_alike}
             else {x}.street = {y}.street and len({x}.house) > 2 and damerau_levenshtein({x}.house, {y}.house) = 1 end)"""


def _addresses(limits: Limits) -> str:
    # News of a consumer, and not of our estimate: a record that is surely theirs saw the place lately, and nobody saw another since.
    return f"""{_HEAD}
seen as (
    select p.account_id, p.point_id, p.house, p.street, p.unit, p.city, p.postal_code, max(e.last_seen) last,
        max(case when e.source = any(select source from by_record) then e.match_probability else 0 end) sure,
        bool_or(e.source = any(select source from by_record)) recorded
    from a_points p, unnest(p.evidence) as u(e)
    where p.kind = 'address' and e.relation = 'same' and (e.source = 'portfolio' or e.source = any(select source from by_record))
    group by all),
fresh as (
    select s.account_id, s.point_id from seen s, days
    where s.recorded and s.sure >= {limits.sure_link} and s.last >= days.as_of - {limits.recent_days} and not exists (
        select 1 from seen o where o.account_id = s.account_id and o.last >= s.last and o.point_id <> s.point_id
            and not coalesce({_same_place("o", "s", limits)}, false))),
lead_b as (select * from b_points where kind = 'address' and rank = 1),
lead_a as (select * from a_points where kind = 'address' and rank = 1 and p_current >= {limits.likely_address}),
strange as (
    select a.* from a_points a join b_accounts using (account_id)
    where a.kind = 'address' and not exists (
        select 1 from b_points k where k.account_id = a.account_id and k.kind = 'address'
            and (k.point_id = a.point_id or {_same_place("k", "a", limits)}))),
first_known as (
    select s.*, row_number() over (partition by s.account_id order by s.rank, s.point_id) place
    from strange s left join fresh f using (account_id, point_id) left join lead_b b using (account_id)
    where f.point_id is not null or (b.point_id is null and s.rank = 1 and s.p_current >= {limits.likely_address})),
found as (
    select a.account_id, 'moved' kind, '' thing, b.point_id from_state, a.point_id state, b.value as before, a.value as after,
        a.p_current - coalesce(k.p_current, 0) delta_p, a.point_id, b.point_id b_point
    from lead_a a join lead_b b using (account_id) join fresh f on f.account_id = a.account_id and f.point_id = a.point_id
    left join b_points k on k.account_id = a.account_id and k.point_id = a.point_id
    where b.point_id <> a.point_id and not coalesce({_same_place("a", "b", limits)}, false)
    union all
    select account_id, 'new_address', point_id, null, 'known', null, value, p_current, point_id, null from first_known where place = 1)
select f.* exclude (b_point), o.point_id is not null and (b_point is null or ob.point_id is not null) may_leave
from found f left join open_points o on o.account_id = f.account_id and o.point_id = f.point_id
left join open_points ob on ob.account_id = f.account_id and ob.point_id = b_point
"""


def _new_points(limits: Limits) -> str:
    return f"""{_HEAD}
fresh as (
    select a.* from a_points a join b_accounts using (account_id) left join b_points b using (account_id, point_id)
    where a.kind in ('phone', 'email') and b.point_id is null and a.status not in ({_WRONG})
        and a.p_current * a.p_right_party >= {limits.likely_point})
select f.account_id, 'new_' || f.kind kind, f.point_id thing, null::varchar from_state, 'known' state, null::varchar as before,
    f.value as after, f.p_current * f.p_right_party delta_p, f.point_id, o.point_id is not null may_leave
from fresh f left join open_points o using (account_id, point_id)
"""


_STATUSES: Final = f"""{_HEAD}
turned as (
    select a.*, b.status was, a.p_current - b.p_current moved from a_points a join b_points b using (account_id, point_id)
    where a.kind in ('phone', 'email') and a.status in ({_WRONG}) and b.status not in ({_WRONG}))
select t.account_id, case when t.kind = 'email' then 'email_dead' when t.status in ({_OTHERS}) then 'reassigned'
        when t.status = 'disconnected' then 'disconnected' else 'undeliverable' end kind,
    t.point_id thing, t.was from_state, t.status state, t.value || ' (' || t.was || ')' as before,
    t.value || ' (' || t.status || ')' as after, t.moved delta_p, t.point_id, o.point_id is not null may_leave
from turned t left join open_points o using (account_id, point_id)
"""
_DEATHS: Final = """
select a.account_id, 'deceased' kind, '' thing, b.locate_status from_state, 'deceased' state, b.locate_status as before,
    'deceased' || coalesce(', ' || a.deceased_date::varchar, '') as after, a.p_any_channel - b.p_any_channel delta_p,
    null::varchar point_id, true may_leave
from a_accounts a join b_accounts b using (account_id) where a.locate_status = 'deceased' and b.locate_status <> 'deceased'
"""
_FACTS: Final = """
select a.account_id, a.kind, a.thing, null::varchar from_state, 'reported' state, 'not reported' as before,
    case when a.thing = '' then 'reported' else 'reported at ' || coalesce(p.value, 'a point') end as after,
    x.p_any_channel - y.p_any_channel delta_p, nullif(a.thing, '') point_id, a.thing = '' may_leave
from a_facts a left join b_facts b using (account_id, kind, thing)
join a_accounts x using (account_id) join b_accounts y using (account_id)
left join a_points p on p.account_id = a.account_id and p.point_id = a.thing
where b.account_id is null
"""
_TURNED: Final = """
with use as (
    select a.account_id, a.point_id, a.channel, a.decision <> 'stopped' opens, b.decision <> 'stopped' was,
        list_concat(a.stopped_by, a.steps_required) a_by, list_concat(b.stopped_by, b.steps_required) b_by
    from a_uses a join b_uses b using (account_id, point_id, channel)),
turned as (
    select account_id, point_id, channel, opens, list_filter(case when opens then b_by else a_by end,
        lambda one: not list_contains(passing.rules, one)) rules
    from use, passing where opens <> was),
"""
_STOPS: Final = (
    _TURNED
    + """
news as (
    select account_id, opens, count(distinct point_id) points, min(point_id) point_id, list_sort(list_distinct(flatten(list(rules)))) rules
    from turned where len(rules) > 0 group by account_id, opens),
per_b as (select account_id, channel, count(*) n from b_uses where decision <> 'stopped' group by all),
per_a as (select account_id, channel, count(*) n from a_uses where decision <> 'stopped' group by all),
channels_b as (select account_id, string_agg(channel || ' ' || n, ', ' order by channel) open_ from per_b group by all),
channels_a as (select account_id, string_agg(channel || ' ' || n, ', ' order by channel) open_ from per_a group by all),
held as (
    select a.account_id, list_sort(list_filter(a.holds, lambda one: not list_contains(b.holds, one))) fresh,
        list_sort(list_filter(b.holds, lambda one: not list_contains(a.holds, one))) gone, a.p_any_channel - b.p_any_channel delta
    from a_accounts a join b_accounts b using (account_id)),
sided as (
    select h.account_id, unnest(['new_stop', 'lifted_stop']) kind, unnest([fresh, gone]) holds, unnest([false, true]) opens, delta
    from held h)
select h.account_id, h.kind, '' thing, coalesce(b.open_, 'none') from_state, coalesce(a.open_, 'none') state,
    'open: ' || coalesce(b.open_, 'none') as before, 'open: ' || coalesce(a.open_, 'none') as after, h.delta delta_p,
    case when n.points = 1 then n.point_id end point_id, true may_leave,
    list_transform(list_sort(list_distinct(list_concat(h.holds, coalesce(n.rules, [])))),
        lambda one: {'source': one, 'seen': null::date}) proof
from sided h left join news n on n.account_id = h.account_id and n.opens = h.opens
left join channels_b b on b.account_id = h.account_id left join channels_a a on a.account_id = h.account_id
where n.account_id is not null or len(h.holds) > 0
"""
)


def _reaches(limits: Limits) -> str:
    step = limits.reach_step
    return (
        _TURNED
        + f"""flipped as (select distinct account_id from turned)
select a.account_id, case when a.p_any_channel > b.p_any_channel then 'reach_up' else 'reach_down' end kind, '' thing,
    floor(b.p_any_channel / {step})::int::varchar from_state, floor(a.p_any_channel / {step})::int::varchar state,
    format('{{:.2f}}', b.p_any_channel) as before, format('{{:.2f}}', a.p_any_channel) as after,
    a.p_any_channel - b.p_any_channel delta_p, null::varchar point_id, true may_leave
from a_accounts a join b_accounts b using (account_id) left join flipped f using (account_id)
where abs(a.p_any_channel - b.p_any_channel) >= {step} and f.account_id is null and a.holds = b.holds
"""
    )


@dataclass(frozen=True)
class Known:
    """What the rules and the project say beside the tables: `passing` and `holding` as `rules.passing_rules` and `rules.holding_rules`
    tell; `records`: names of the sources that hold records of people; `limited`: sources whose data may not leave in files of alerts."""

    passing: Collection[str]
    holding: Mapping[str, str]
    records: Collection[str]
    limited: Collection[str] = ()


def changes(before: Night, after: Night, rules: AlertRules, known: Known, as_of: dt.date) -> pa.Table:
    """CHANGED of accounts that both runs have, sorted by its key; `as_of` is the day of `after`.

    Both nights may hold more than accounts with changes: what is equal says nothing."""
    tables = {
        "b_accounts": before.accounts, "a_accounts": after.accounts, "b_points": before.contact_points,
        "a_points": after.contact_points, "b_uses": before.decisions, "a_uses": after.decisions, "reports": after.reports,
        "passing": pa.table({"rules": pa.array([sorted(known.passing)], pa.list_(pa.string()))}),
        "kinds": pa.table({"kind": list(rules.kinds), "topic": [kind.topic for kind in rules.kinds.values()]}),
        "by_record": pa.table({"source": pa.array(sorted(known.records), pa.string())}),
        "days": pa.table({"as_of": pa.array([as_of], pa.date32())}),
        "a_facts": _facts(after, rules, known.holding), "b_facts": _facts(before, rules, known.holding),
    }  # fmt: skip
    tables["limited"] = _limited(after.contact_points, known.limited)
    if before.situations is None or after.situations is None:
        tables["b_facts"] = tables["a_facts"]
    texts = (_addresses(rules.limits), _new_points(rules.limits), _STATUSES, _DEATHS, _FACTS, _reaches(rules.limits))
    found = [_asked(text, tables) for text in texts]
    plain = pa.concat_tables(found, promote_options="permissive")
    return conform(_asked(_PROVEN, {**tables, "found": plain, "stops": _asked(_STOPS, tables)}), CHANGED)


# A number is said to be dead by whoever says so, of this account or of another that has it and turned with it. Behind a fact stand the
# rules that stop for it since; no table keeps who reported it, deaths aside.
_PROVEN: Final = f"""
with told as (
    select f.account_id, f.point_id, f.kind, e.source, max(e.last_seen) seen,
        f.kind in ('disconnected', 'reassigned', 'undeliverable', 'email_dead') turned,
        coalesce(bool_or(e.status in ({_WRONG})), false) wrong
    from found f join a_points p using (account_id, point_id), unnest(p.evidence) as u(e)
    where f.kind not in ({_OF_FACTS}) group by all),
said as (select point_id, source, max(seen) seen from told where turned and wrong group by all),
silent as (select account_id, point_id, kind from told where turned group by all having not bool_or(wrong)),
shown as (
    select account_id, point_id, kind, source, seen from told t left join silent n using (account_id, point_id, kind)
    where not turned or wrong or (n.point_id is not null and t.point_id not in (select point_id from said))
    union all select n.account_id, n.point_id, n.kind, s.source, s.seen from silent n join said s using (point_id)),
of_point as (
    select account_id, point_id, kind, list({{'source': source, 'seen': seen}} order by source) proof from shown group by all),
of_report as (
    select account_id, kind, list(distinct {{'source': source, 'seen': null::date}}) proof from reports group by all),
stopping as (
    select u.account_id, u.point_id, unnest(list_filter(u.stopped_by, lambda one: not list_contains(coalesce(b.stopped_by, []), one)
        and not list_contains(passing.rules, one))) rule
    from passing, a_uses u left join b_uses b using (account_id, point_id, channel)
    union all select a.account_id, null, unnest(list_filter(a.holds, lambda one: not list_contains(b.holds, one)))
    from a_accounts a join b_accounts b using (account_id)),
of_rule as (
    select f.account_id, f.kind, f.thing, list(distinct {{'source': s.rule, 'seen': null::date}}) proof
    from found f join stopping s on s.account_id = f.account_id and (f.point_id is null or s.point_id = f.point_id)
    where f.kind in ({_OF_FACTS}) group by all),
every as (
    select f.*, coalesce(p.proof, list_sort(r.proof), list_sort(h.proof), [])::{_PROOF} evidence
    from found f left join of_point p on p.account_id = f.account_id and p.point_id = f.point_id and p.kind = f.kind
    left join of_report r on r.account_id = f.account_id and r.kind = f.kind
    left join of_rule h on h.account_id = f.account_id and h.kind = f.kind and h.thing = f.thing
    union all by name select * exclude (proof), proof::{_PROOF} evidence from stops)
select account_id, kind, topic, thing, from_state, state, before, after, delta_p, evidence, point_id, may_leave
from every join kinds using (kind)
order by account_id, topic, thing, kind
"""


def _asked(text: str, tables: Mapping[str, pa.Table]) -> pa.Table:
    """A query over those of the tables that it names."""
    return query(text, {name: table for name, table in tables.items() if name in text})


def _facts(night: Night, rules: AlertRules, holding: Mapping[str, str]) -> pa.Table:
    """account_id, kind, thing (string): the facts that are true of accounts, and of points where `thing` names one."""
    parts = []
    if night.situations is not None:
        for name, kind in rules.kinds.items():
            parts += [f"select account_id, '{name}' kind, '' thing from sheet where {fact}" for fact in kind.facts]
            parts += [f"select account_id, '{name}', point_id from sheet where {fact}" for fact in kind.point_facts]
    parts.append(
        """select account_id, h.kind, '' thing from (select account_id, unnest(holds) rule from accounts) join holding h using (rule)"""
    )
    held = pa.table({"rule": pa.array(list(holding), pa.string()), "kind": pa.array(list(holding.values()), pa.string())})
    tables = {"accounts": night.accounts, "holding": held}
    if night.situations is not None:
        tables["sheet"] = night.situations
    return query("select distinct * from (" + " union all ".join(parts) + ") order by all", tables)


def _limited(points: pa.Table, sources: Collection[str]) -> pa.Table:
    """account_id, point_id of points that only sources show whose data may not leave."""
    if not sources:
        return points.select(["account_id", "point_id"]).slice(0, 0)
    text = "select account_id, point_id from points, shut where origin = 'reference' and list_has_all(shut.names, sources)"
    return query(text, {"points": points, "shut": pa.table({"names": pa.array([sorted(sources)], pa.list_(pa.string()))})})
