"""Gathering the evidence: every sighting on a linked record and on the portfolio's own row, per account.

One row per account, kind, value and record. A syndicated copy (same value, origin and date) is kept as evidence but
counts once, because a copy is no second source.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from skiptrace.sql import query

PORTFOLIO = "portfolio"

_GATHER = """
with reference as (
    select l.account_id, s.source, l.record_id, l.match_probability, s.* exclude (source, identity)
    from links l join sightings s on s.source = l.source and s.identity = l.identity and s.kind <> 'locality'
    where l.status = 'linked' and l.relation = 'same' and s.party = 'borrower'),
own as (
    select i.record_id as account_id, s.source, i.record_id, {own}::double as match_probability,
        s.* exclude (source, identity) replace (coalesce(s.last_seen, t.charge_off_date, t.open_date) as last_seen)
    from own_sightings s join own_identities i on i.identity = s.identity and s.kind <> 'locality' join tape t on t.account_id = i.record_id
    where s.party = 'borrower'),
everything as (select *, true as mine from own union all by name select *, false as mine from reference)
select e.*, coalesce(k.kind, 'other') as source_kind
from everything e left join kinds k on k.source = e.source
where e.last_seen is null or e.last_seen <= as_of()
order by e.account_id, e.kind, e.value, e.last_seen nulls first, e.source, e.record_id, e.origin
"""

OWN_PROBABILITY = 0.97
"""That a value on the buyer's own row was the consumer's when the account was opened: portfolios carry settlement
companies' and relatives' numbers too."""


def gather(
    links: pa.Table, sightings: pa.Table, own_identities: pa.Table, own_sightings: pa.Table, tape: pa.Table,
    kinds: Mapping[str, str], as_of: str,
) -> pa.Table:  # fmt: skip
    """EVIDENCE rows: the columns of SIGHTINGS without `identity`, and account_id, record_id (string), match_probability
    (double), mine (bool: the buyer's own row), source_kind (string). Sightings after `as_of` (ISO date) are left out.

    `kinds` names the kind of each source. `links` and `tape` are of one partition; `sightings` may hold more records
    than are linked."""
    named = {"source": [PORTFOLIO, *kinds], "kind": [PORTFOLIO, *kinds.values()]}
    tables = {
        "links": links, "sightings": sightings, "own_identities": own_identities, "own_sightings": own_sightings,
        "tape": tape, "kinds": pa.table(named, schema=pa.schema([("source", pa.string()), ("kind", pa.string())])),
    }  # fmt: skip
    return query(_GATHER.replace("as_of()", f"DATE '{as_of}'").format(own=OWN_PROBABILITY), tables)
