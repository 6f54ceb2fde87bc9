"""The link step: learn or load the model, find the persons of the reference, link each partition of accounts.

Four kinds of task: `learn_partition` counts comparison patterns, the driver adds the counts and trains once, in a project's
first run only; `resolve_reference` finds the persons among the records of the index; `link_partition` compares and decides;
`consumers` finds accounts of one person.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.index import open_index
from jobs.setup import Setup, read_plan
from jobs.tape import borrowers, tape_refs
from skiptrace.linkage import linking, model, patterns, persons, records, resolve, rules, terms, train
from skiptrace.linkage.candidates import Prober
from skiptrace.linkage.consumers import same_consumers
from skiptrace.linkage.links import considered_table, links_table
from skiptrace.schema import IDENTITIES, SIGHTINGS, Column, Table, links
from skiptrace.schema.working import CONSIDERED, CONSUMERS
from skiptrace.store.commit import read_json
from skiptrace.store.permissions import private_folder
from skiptrace.store.tables import read_table, write_table

CHUNK = 65_536
"""Accounts linked at a time: bounds memory, changes no result."""
LEARN_FROM = 200_000
"""Accounts whose pairs the model is learned from, at most: more would not move it."""

PATTERNS = Table(
    "patterns", "Counts of comparison patterns.",
    (Column("pattern", pa.int64(), "Levels of a pair as one integer."), Column("count", pa.int64(), "Pairs.")),
)  # fmt: skip


def learn_partition(work: str, number: int) -> dict[str, Any]:
    """Pattern counts of the candidate pairs of partition `number`: of all its accounts, or of a fixed sample of them."""
    setup = read_plan(work)
    linkage = rules.load()
    opened = open_index(setup, linkage)
    identities, sightings, tape = borrowers(setup, number)
    every = -(-sum(part.rows for part in setup.partitions["portfolio"]) // LEARN_FROM)
    sampled = terms.hashes_of(terms.whole(identities["record_id"])) % np.uint64(max(every, 1)) == 0
    identities = identities.filter(pa.array(sampled))
    tally = patterns.Tally()
    for start in range(0, len(identities), CHUNK):
        rows = identities.slice(start, CHUNK)
        people = records.encode_people(rows, sightings)
        for block in Prober(people, opened, linkage, _skipped(setup, tape, rows)).blocks():
            tally.add(block.pattern)
    codes, counts = tally.found()
    table = pa.table({"pattern": codes, "count": counts})
    ref = write_table(table, PATTERNS, setup.work / "patterns", f"patterns-{number:05d}")
    return {"patterns": ref.plain(), "accounts": len(identities)}


def pattern_counts(receipts: list[dict[str, Any]]) -> tuple[np.ndarray, np.ndarray]:
    """The pattern counts of all partitions as one."""
    fields = len(rules.load().names)
    tables = [read_table(receipt["patterns"]) for receipt in receipts]
    return train.add_counts([(patterns.unpack(table["pattern"].to_numpy(), fields), table["count"].to_numpy()) for table in tables], fields)


def _skipped(setup: Setup, tape: pa.Table, identities: pa.Table) -> np.ndarray:
    """Who is not compared with which source, bool [accounts, sources]: a source that costs money is not consulted for an
    account that the rules hold anyway."""
    cost = {source.name: source.cost_per_record for source in setup.project.source}
    paid = np.array([cost[name] > 0 for name in setup.record_sources], bool)
    skipped: np.ndarray = _held(tape, identities)[:, None] & paid[None, :]
    return skipped


def _held(tape: pa.Table, identities: pa.Table) -> np.ndarray:
    """Accounts whose tape already says stop: deceased, bankruptcy, attorney or cease."""
    flags = [pc.fill_null(tape[name], False) for name in ("deceased", "bankruptcy", "attorney", "cease")]
    any_flag = flags[0]
    for flag in flags[1:]:
        any_flag = pc.or_(any_flag, flag)
    held = tape["account_id"].filter(any_flag)
    found: np.ndarray = pc.is_in(identities["record_id"], held.combine_chunks()).to_numpy(zero_copy_only=False)
    return found


def resolve_reference(work: str, model_file: str) -> dict[str, Any]:
    """The persons of the whole index under a model."""
    setup = read_plan(work)
    linkage = rules.load()
    found = resolve.resolve(open_index(setup, linkage), model.from_plain(read_json(Path(model_file)), linkage), linkage)
    sizes = np.diff(found.offsets)
    files = persons.save(found, private_folder(setup.entities(Path(model_file))))
    return {"entities": files, "persons": int(np.count_nonzero(sizes)), "largest": int(sizes.max(initial=0))}


def link_partition(work: str, number: int, model_file: str, entities: dict[str, Any]) -> dict[str, Any]:
    """LINKS of partition `number`, how many pairs were compared and not written, and what each blocking key brought."""
    setup = read_plan(work)
    linkage = rules.load()
    opened, known = open_index(setup, linkage), persons.load(entities)
    identities, sightings, tape = borrowers(setup, number)
    fitted = model.from_plain(read_json(Path(model_file)), linkage)
    found, considered, pairs = [links(linkage.names).empty()], [CONSIDERED.empty()], 0
    blocking: dict[str, dict[str, int]] = {}
    for start in range(0, len(identities), CHUNK):
        rows = identities.slice(start, CHUNK)
        linked = linking.link(records.encode_people(rows, sightings), opened, fitted, known, linkage, _skipped(setup, tape, rows))
        found.append(links_table(linked.judged, rows["record_id"], opened, linkage))
        considered.append(considered_table(linked.judged, rows["record_id"], opened, linkage))
        pairs += linked.pairs
        for key, values in linked.blocking.items():
            blocking[key] = {name: blocking.get(key, {}).get(name, 0) + value for name, value in values.items()}
    table = pa.concat_tables(found)
    ref = write_table(table, links(linkage.names), setup.work / "links", f"part-{number:05d}")
    rest = write_table(pa.concat_tables(considered), CONSIDERED, setup.work / "considered", f"part-{number:05d}")
    return {"links": ref.plain(), "considered": rest.plain(), "pairs": pairs, "unwritten": pairs - len(table), "blocking": blocking}


def consumers(work: str, model_file: str) -> dict[str, Any]:
    """CONSUMERS of the whole portfolio: accounts of one person, found by the same engine within the portfolio."""
    setup = read_plan(work)
    linkage = rules.load()
    fitted = model.from_plain(read_json(Path(model_file)), linkage)
    identities = pa.concat_tables([IDENTITIES.empty(), *(read_table(ref) for ref in tape_refs(setup, "identities"))])
    sightings = pa.concat_tables([SIGHTINGS.empty(), *(read_table(ref) for ref in tape_refs(setup, "sightings"))])
    identities = identities.filter(pc.equal(identities["party"], "borrower"))
    sightings = sightings.filter(pc.equal(sightings["party"], "borrower"))
    found = same_consumers(identities, sightings, fitted, linkage, setup.work / "consumers-index")
    return {"consumers": write_table(found, CONSUMERS, setup.work / "consumers", "consumers").plain()}
