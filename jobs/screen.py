"""The screen step: facts about every use, the rules' decisions, and the holds of every account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs import inventory, placed, putback
from jobs.linked import likely
from jobs.night import rescreened
from jobs.night.rescreened import SCREENED
from jobs.noted import SOURCE
from jobs.outcomes import events
from jobs.setup import Setup, read_plan
from jobs.tape import borrowers, intake_receipts
from skiptrace.columns import of_accounts
from skiptrace.compliance import accounts, redated, screening, situations
from skiptrace.compliance.answers import check_answers
from skiptrace.compliance.history import History, gather
from skiptrace.compliance.licences import Licence, licence_of
from skiptrace.compliance.places import with_places
from skiptrace.ids import point_ids
from skiptrace.rulebook import loading
from skiptrace.rulebook.model import Rulebook
from skiptrace.schema import ANSWERS, CONSENTS, CONTACT_POINTS, DECISIONS, PUT_BACK, SIGHTINGS, SUPPRESSIONS, Column, Table
from skiptrace.schema.delivered import TEXT, WORDS
from skiptrace.schema.facts import SITUATIONS
from skiptrace.schema.working import CONSUMERS, DEATHS
from skiptrace.sql import query
from skiptrace.store.tables import read_table, read_tables, write_pieces, write_table
from skiptrace.vocabulary import EVENT_KINDS

HOLDS = Table(
    "holds", "Account-level stops.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("holds", WORDS, "Rule ids that hold it, sorted.", "sensitive", nullable=False),
    ),
    key=("account_id",),
)  # fmt: skip

OF_NOTES = Licence(("consumer_provided",))
"""What people noted is the user's own."""
REPORTING_KINDS = {"bankruptcy": "bankruptcy_reported", "litigator": "litigator"}
"""Kinds of source whose records report a fact by being there."""
CHUNK = 10_000
"""Accounts whose uses are screened, and settled, at a time: bounds memory, changes no result."""
_REPORTS = pa.schema([("account_id", pa.string()), ("reports", pa.string())])
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


def answers(setup: Setup, rulebook: Rulebook) -> pa.Table | None:
    """Every answer to a step, checked against the rulebook's steps; None where none is delivered.

    Raises DataRefused (exit 3) where one names a step or a response that is none."""
    sources = [source.name for source in setup.project.source if source.kind == "answers"]
    if not sources:
        return None
    found = read_tables([receipt["answers"] for name in sources for receipt in intake_receipts(setup, name)], ANSWERS)
    check_answers(found, rulebook)
    return found


def linked_reports(setup: Setup, links: pa.Table) -> pa.Table:
    """account_id, reports: what an accepted record reports by being in its source, such as a file of bankruptcies."""
    found = [_REPORTS.empty_table()]
    accepted = links.filter(pc.and_(pc.equal(links["status"], "linked"), pc.equal(links["relation"], "same")))
    for source in setup.project.source:
        if source.kind in REPORTING_KINDS:
            named = accepted.filter(pc.equal(accepted["source"], source.name))["account_id"].unique()
            found.append(pa.table([named, pa.repeat(REPORTING_KINDS[source.kind], len(named))], schema=_REPORTS))
    return pa.concat_tables(found)


def licences(setup: Setup, rulebook: Rulebook) -> dict[str, Licence]:
    """What each source of the project permits, by name: its purposes that are the run's too, and its limits."""
    purposes = setup.project.project.purposes
    return {SOURCE: OF_NOTES} | {source.name: licence_of(source, purposes, rulebook) for source in setup.project.source}


def held_before(setup: Setup, tape: pa.Table) -> pa.Table:
    """HOLDS of the accounts of a tape by what is known before any source is linked: the tape itself, past contacts, lists and
    answers. The same rules and the same function as at the end."""
    rulebook = loading.load()
    settings = setup.project.compliance.model_dump()
    history = _history(setup, rulebook, None)
    given: dict[str, Any] = {"as_of": setup.as_of, "rulebook": rulebook, "settings": settings, "history": history}
    given |= {"inventory": inventory.of_accounts(setup), "placed": placed.of_accounts(setup)}
    facts = accounts.build_accounts(tape, answers=answers(setup, rulebook), **given)
    return screening.screen_accounts(facts, rulebook, setup.as_of)


def _history(setup: Setup, rulebook: Rulebook, consumers: pa.Table | None) -> History:
    delivered = any(source.kind == "dispositions" for source in setup.project.source)
    past = events(setup).drop_columns(["source"])
    # The ledger of outcomes keeps what lasts and no attempts: without a delivery their number is not known.
    told = past if delivered or len(past) else None
    return gather(rulebook, setup.as_of, told, suppressions(setup), consumers, attempts_delivered=delivered)


def screen_partition(
    work: str,
    number: int,
    points: dict[str, Any],
    channels: dict[str, Any],
    links: dict[str, Any],
    deaths: dict[str, Any],
    consumers: dict[str, Any],
    resold: dict[str, Any] | None = None,
    base: dict[str, Any] | None = None,
    touched: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """SITUATIONS, DECISIONS, HOLDS and SCREENED of partition `number`; PUT_BACK too where RESOLD is given. base, touched: in a night that
    may keep decisions of the last run, what that left (see `jobs.night.base`), and TOUCHED accounts, whose points are others."""
    setup = read_plan(work)
    rulebook = loading.load()
    own, _, tape = borrowers(setup, number)
    table, linked = with_places(read_tables([points], CONTACT_POINTS), rulebook.places), likely(links)
    people = read_tables([consumers], CONSUMERS)
    common: dict[str, Any] = {
        "as_of": setup.as_of, "rulebook": rulebook, "settings": setup.project.compliance.model_dump(),
        "history": _history(setup, rulebook, people), "answers": answers(setup, rulebook),
    }  # fmt: skip
    given = {"deaths": read_tables([deaths], DEATHS), "consumers": people, "linked": linked_reports(setup, linked)}
    given |= {"inventory": inventory.of_accounts(setup), "placed": placed.of_accounts(setup)}
    facts = accounts.build_accounts(tape, points=table, **given, **common)
    uses = read_table(channels, ["account_id", "point_id", "channel"])
    stated, licensed = consents(setup, linked, own), licences(setup, rulebook)

    anew = list[int]()

    def screened(some: pa.Table) -> tuple[pa.Table, pa.Table]:
        """Fact sheet and decisions of some accounts."""
        ids = some["account_id"].combine_chunks()
        anew.append(len(ids))
        theirs = [of_accounts(one, ids) for one in (table, uses)]
        mine = None if stated is None else of_accounts(stated, ids)
        sheet = situations.build(some, *theirs, consents=mine, licences=licensed, **common)
        return sheet, screening.screen(sheet, rulebook, setup.as_of)

    ids = facts["account_id"].combine_chunks()
    said = redated.said(ids, table.select(["account_id", "kind", "value"]), stated, common["history"], common["answers"], setup.as_of)
    known = pa.table([ids, redated.lasting(facts), said], names=list(SCREENED.names))
    # chunk by chunk: the two widest tables are never held whole
    pieces: Iterator[tuple[pa.Table, pa.Table]] = map(screened, rescreened.cut(facts, CHUNK))
    if base is not None:
        pieces = rescreened.pieces(facts, CHUNK, rescreened.kept(setup, base, touched or [], known, facts, rulebook), screened)
    stem, back = f"part-{number:05d}", {}
    outputs = [(spec, setup.work / spec.name, stem) for spec in (SITUATIONS, DECISIONS)]
    sheet, decisions = (ref.plain() for ref in write_pieces(pieces, outputs))
    held = screening.screen_accounts(facts, rulebook, setup.as_of)
    if resold is not None:
        twice = read_table(resold)
        found = putback.of_partition(setup, tape, facts, given["deaths"], linked, suppressions(setup), twice, rulebook)
        back = {"put_back": write_table(found, PUT_BACK, setup.work / "put_back", stem).plain()}
    return {
        **back,
        "anew": sum(anew),
        "situations": sheet,
        "decisions": decisions,
        "screened": write_table(known, SCREENED, setup.work / "screened", stem).plain(),
        "holds": write_table(held.sort_by("account_id"), HOLDS, setup.work / "holds", stem).plain(),
    }  # fmt: skip
