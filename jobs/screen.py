"""The screen step: facts about every use, the rules' decisions, and the holds of every account."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs.linked import likely
from jobs.outcomes import events
from jobs.setup import Setup, read_plan
from jobs.tape import borrowers, intake_receipts
from skiptrace.compliance import accounts, screening, situations
from skiptrace.ids import point_ids
from skiptrace.rulebook import loading
from skiptrace.schema import CONSENTS, CONTACT_POINTS, DECISIONS, SIGHTINGS, SUPPRESSIONS, Column, Table
from skiptrace.schema.delivered import TEXT, WORDS
from skiptrace.schema.working import CONSUMERS, DEATHS
from skiptrace.sql import query
from skiptrace.store.tables import read_table, read_tables, write_table
from skiptrace.vocabulary import EVENT_KINDS

HOLDS = Table(
    "holds", "Account-level stops.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("holds", WORDS, "Rule ids that hold it, sorted.", "sensitive", nullable=False),
    ),
    key=("account_id",),
)  # fmt: skip

_RESOLVED = """
with accepted as (
    select account_id, source, identity from links where status = 'linked' and relation = 'same'
    union all select record_id, 'portfolio', identity from own)
select distinct a.account_id, c.channel, c.state, c."at", c.given_to, s.kind, s.value
from consents c join accepted a using (source, identity)
left join sightings s on s.source = c.source and s.identity = c.identity
    and s.kind = case c.channel when 'email' then 'email' else 'phone' end
where s.value is not null or c.state = 'revoked' or c.source = 'portfolio'
order by all
"""


def suppressions(setup: Setup) -> pa.Table | None:
    """Every suppression of the project; None where no list is delivered, which is not the same as an empty one."""
    sources = [source.name for source in setup.project.source if source.kind == "suppression"]
    if not sources:
        return None
    return read_tables(
        [receipt["suppressions"] for name in sources for receipt in intake_receipts(setup, name)], SUPPRESSIONS
    )


def consents(setup: Setup, links: pa.Table, own: pa.Table) -> pa.Table | None:
    """Consents of the accounts with the point each was given for; None where no delivery maps any consent column."""
    mapped = [
        d
        for d in setup.project.deliveries()
        if d.kind not in EVENT_KINDS and any(c.startswith("consent_") for c in d.columns)
    ]
    if not mapped:
        return None
    receipts = [receipt for delivery in mapped for receipt in intake_receipts(setup, delivery.name)]
    stated = read_tables([receipt["consents"] for receipt in receipts], CONSENTS)
    sightings = read_tables(
        [receipt["sightings"] for receipt in receipts], SIGHTINGS, ["source", "identity", "kind", "value"]
    )
    found = query(_RESOLVED, {"consents": stated, "links": links, "own": own, "sightings": sightings})
    # A revocation whose record shows no phone or e-mail names no point: it then holds for every point of the account.
    # A consent like that holds for nothing, unless it stands on the buyer's own row.
    known = found["value"].is_valid()
    named = found.filter(known)
    ids = point_ids(named["kind"].to_pylist(), named["value"].to_pylist())
    point = pc.replace_with_mask(pa.nulls(len(found), pa.string()), known.combine_chunks(), ids)
    return found.drop_columns(["kind", "value"]).append_column("point_id", point)


def screen_partition(
    work: str,
    number: int,
    points: dict[str, Any],
    channels: dict[str, Any],
    links: dict[str, Any],
    deaths: dict[str, Any],
    consumers: dict[str, Any],
) -> dict[str, Any]:
    """DECISIONS and HOLDS of partition `number`."""
    setup = read_plan(work)
    rulebook = loading.load()
    own, _, tape = borrowers(setup, number)
    table = read_tables([points], CONTACT_POINTS)
    delivered = any(source.kind == "dispositions" for source in setup.project.source)
    past = events(setup).drop_columns(["source"])
    common: dict[str, Any] = {
        "as_of": setup.as_of, "rulebook": rulebook, "settings": setup.project.compliance.model_dump(),
        "consumers": read_tables([consumers], CONSUMERS), "events": past if delivered or len(past) else None,
        "suppressions": suppressions(setup),
    }  # fmt: skip
    # the ledger of outcomes keeps what lasts and no attempts: without a delivery their number is not known
    facts = accounts.build_accounts(
        tape, points=table, deaths=read_tables([deaths], DEATHS), attempts_delivered=delivered, **common
    )
    uses = read_table(channels, ["account_id", "point_id", "channel"])
    sheet = situations.build(facts, table, uses, consents=consents(setup, likely(links), own), **common)
    decisions = screening.screen(sheet, rulebook, setup.as_of)
    held = screening.screen_accounts(facts, rulebook, setup.as_of)
    stem = f"part-{number:05d}"
    return {
        "decisions": write_table(decisions, DECISIONS, setup.work / "decisions", stem).plain(),
        "holds": write_table(held.sort_by("account_id"), HOLDS, setup.work / "holds", stem).plain(),
    }  # fmt: skip
