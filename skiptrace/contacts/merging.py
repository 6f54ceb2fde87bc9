"""Evidence merged into points: one row per account, kind and value, with dates, sources and independent origins."""

from __future__ import annotations

import pyarrow as pa

from skiptrace.sql import query

_MERGE = """
with per_origin as (
    select account_id, kind, value, origin, max(match_probability) p from evidence group by all),
right_party as (
    select account_id, kind, value, 1 - product(1 - least(p, 0.999999)) p_right_party, count(*)::int independent_sources
    from per_origin group by all)
select e.account_id, e.kind, e.value,
    min(coalesce(e.first_seen, e.last_seen)) first_seen, max(e.last_seen) last_seen,
    list_sort(list(distinct e.source)) sources,
    case when bool_and(e.mine) then 'portfolio' when bool_or(e.mine) then 'both' else 'reference' end origin,
    bool_or(e.mine) mine, bool_or(not e.mine) seen_elsewhere, count(*) sightings,
    coalesce(arg_max(e.line_type, coalesce(e.last_seen, DATE '0001-01-01')) filter (e.line_type is not null),
        'unknown') line_type,
    arg_max(e.status, coalesce(e.last_seen, DATE '0001-01-01')) filter (e.status is not null) status,
    any_value(e.house) house, any_value(e.street) street, any_value(e.unit) unit, any_value(e.city) city,
    any_value(e.state) state, any_value(e.postal_code) postal_code, any_value(e.country) country,
    any_value(e.point_kind) point_kind,
    list_sort(list_distinct(flatten(list(coalesce(e.flags, []))))) flags,
    list_sort(list_distinct(flatten(list(coalesce(e.zones, []))))) zones,
    list({'source': e.source, 'record_id': e.record_id, 'origin': e.origin, 'first_seen': e.first_seen,
          'last_seen': e.last_seen, 'match_probability': e.match_probability, 'status': e.status}
        order by e.last_seen desc nulls last, e.source, e.record_id) evidence,
    any_value(r.p_right_party) p_right_party, any_value(r.independent_sources) independent_sources
from evidence e join right_party r using (account_id, kind, value)
group by e.account_id, e.kind, e.value
order by e.account_id, e.kind, e.value
"""


def merge(evidence: pa.Table) -> pa.Table:
    """One row per point of EVIDENCE, in order of account, kind and value.

    p_right_party is the probability that at least one independent origin that shows the point is linked rightly: copies
    of one origin count once. Line type and status are those of the newest sighting that states one."""
    return query(_MERGE, {"evidence": evidence})
