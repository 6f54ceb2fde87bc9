"""The link step: compare each partition of accounts with the reference index, learn or load the model, decide.

Three kinds of task: `compare` writes candidate pairs with their comparison vectors and counts the patterns; the driver
adds the counts and trains once; `decide` weighs a partition's pairs; `consumers` finds accounts of one person.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.setup import Setup, read_plan
from jobs.tape import borrowers, tape_refs
from skiptrace.linkage import candidates, compare, decide, index, model, people, resolve, rules, train
from skiptrace.linkage.consumers import same_consumers
from skiptrace.linkage.links import considered_table, links_table
from skiptrace.linkage.persons import Entities, missing_records
from skiptrace.schema import IDENTITIES, SIGHTINGS, Column, Table, links
from skiptrace.schema.working import CONSIDERED, CONSUMERS, ENTITIES
from skiptrace.store.commit import read_json
from skiptrace.store.tables import read_table, write_table

CHUNK = 50_000
"""Accounts compared at a time: bounds memory, changes no result."""


def _pairs_spec(names: tuple[str, ...]) -> Table:
    columns = [
        Column("left", pa.int64(), "Row of the account in its partition."),
        Column("right", pa.int64(), "Row of the index."),
    ]
    return Table(
        "pairs", "Candidate pairs.", (*columns, *(Column(f"level_{name}", pa.int8(), "Level.") for name in names))
    )


def _patterns_spec(names: tuple[str, ...]) -> Table:
    return Table(
        "patterns",
        "Counts of comparison patterns.",
        (*(Column(name, pa.int8(), "Level.") for name in names), Column("count", pa.int64(), "Pairs.")),
    )


def _open(setup: Setup) -> tuple[index.Index, rules.LinkageRules]:
    linkage = rules.load()
    return index.open_index(setup.index(), {"key": setup.index_key}, linkage), linkage


def compare_partition(work: str, number: int) -> dict[str, Any]:
    """Candidate pairs of partition `number` and its pattern counts."""
    setup = read_plan(work)
    opened, linkage = _open(setup)
    identities, sightings, tape = borrowers(setup, number)
    barred = _paid(setup, opened)
    held = _held(tape, identities)
    found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    counts: dict[str, dict[str, int]] = {}
    for start in range(0, len(identities), CHUNK):
        rows = identities.slice(start, CHUNK)
        encoded, terms = people.encode(rows, sightings, opened.terms)
        some = candidates.candidates(encoded, terms, opened, linkage)
        left, right = some.left, some.right
        # A source that costs money is not consulted for an account that the rules hold anyway.
        keep = ~(held[start + left] & barred[opened.source[right]])
        left, right = left[keep], right[keep]
        levels = compare.compare(compare.Pairs(encoded, terms, opened, left, right), linkage)
        found.append((left + start, right, levels))
        for key, values in some.counts.items():
            counts[key] = {name: counts.get(key, {}).get(name, 0) + value for name, value in values.items()}
    left = np.concatenate([np.zeros(0, np.int64), *(part[0] for part in found)])
    right = np.concatenate([np.zeros(0, np.int64), *(part[1] for part in found)])
    levels = np.concatenate([np.zeros((0, len(linkage.names)), np.int8), *(part[2] for part in found)])
    names = linkage.names
    pairs = pa.table({"left": left, "right": right, **{f"level_{name}": levels[:, f] for f, name in enumerate(names)}})
    patterns, tally = train.count_patterns(levels)
    counted = pa.table({**{name: patterns[:, f] for f, name in enumerate(names)}, "count": tally})
    folder = setup.work / "pairs"
    return {
        "pairs": write_table(pairs, _pairs_spec(names), folder, f"pairs-{number:05d}").plain(),
        "patterns": write_table(counted, _patterns_spec(names), folder, f"patterns-{number:05d}").plain(),
        "accounts": len(identities), "blocking": counts,
    }  # fmt: skip


def _paid(setup: Setup, opened: index.Index) -> np.ndarray:
    cost = {source.name: source.cost_per_record for source in setup.project.source}
    return np.array([cost[name] > 0 for name in opened.sources], bool)


def _held(tape: pa.Table, identities: pa.Table) -> np.ndarray:
    """Accounts whose tape already says stop: deceased, bankruptcy, attorney or cease."""
    flags = [pc.fill_null(tape[name], False) for name in ("deceased", "bankruptcy", "attorney", "cease")]
    any_flag = flags[0]
    for flag in flags[1:]:
        any_flag = pc.or_(any_flag, flag)
    held = tape["account_id"].filter(any_flag)
    found: np.ndarray = pc.is_in(identities["record_id"], held.combine_chunks()).to_numpy(zero_copy_only=False)
    return found


def pattern_counts(receipts: list[dict[str, Any]]) -> tuple[np.ndarray, np.ndarray]:
    """The pattern counts of all partitions as one."""
    names = rules.load().names
    tables = [read_table(receipt["patterns"]) for receipt in receipts]
    parts = [
        (np.stack([table[name].to_numpy() for name in names], axis=1), table["count"].to_numpy()) for table in tables
    ]
    return train.add_counts(parts, len(names))


def resolve_reference(work: str, model_file: str) -> dict[str, Any]:
    """ENTITIES of the whole index under a model."""
    setup = read_plan(work)
    opened, linkage = _open(setup)
    found = resolve.resolve(opened, model.from_plain(read_json(Path(model_file)), linkage), linkage)
    table = pa.table({"row": np.arange(len(found.entity)), "entity": found.entity, "bond": found.bond})
    ref = write_table(table, ENTITIES, setup.entities(Path(model_file)), "entities")
    sizes = np.bincount(found.entity)
    return {"entities": ref.plain(), "persons": int(np.count_nonzero(sizes)), "largest": int(sizes.max(initial=0))}


def decide_partition(work: str, number: int, pairs: dict[str, Any], model_file: str, entities: dict[str, Any]) -> dict[str, Any]:
    """LINKS of partition `number` from its pairs, and how many pairs were not written.

    Records that are the same person as a likely one join the pairs, whether or not a blocking key brought them."""
    setup = read_plan(work)
    opened, linkage = _open(setup)
    identities, sightings, tape = borrowers(setup, number)
    table, persons = read_table(pairs), read_table(entities)
    known = Entities(persons["entity"].to_numpy(), persons["bond"].to_numpy())
    levels = np.stack([table[f"level_{name}"].to_numpy() for name in linkage.names], axis=1)
    fitted = model.from_plain(read_json(Path(model_file)), linkage)
    left, right = table["left"].to_numpy(), table["right"].to_numpy()
    likely = decide.weigh_pairs(fitted, levels)[0] > 0
    more_left, more_right = missing_records(left, right, likely, known)
    keep = ~(_held(tape, identities)[more_left] & _paid(setup, opened)[opened.source[more_right]])
    more_left, more_right = more_left[keep], more_right[keep]
    parts = [levels]
    for start in range(0, len(identities), CHUNK):
        mine = (more_left >= start) & (more_left < start + CHUNK)
        if not mine.any():
            continue
        encoded, terms = people.encode(identities.slice(start, CHUNK), sightings, opened.terms)
        parts.append(compare.compare(compare.Pairs(encoded, terms, opened, more_left[mine] - start, more_right[mine]), linkage))
    left, right = np.concatenate([left, more_left]), np.concatenate([right, more_right])
    judged = decide.judge(left, right, np.concatenate(parts), opened, fitted, linkage, known)
    found = links_table(judged, identities["record_id"], opened, linkage)
    ref = write_table(found, links(linkage.names), setup.work / "links", f"part-{number:05d}")
    considered = considered_table(judged, identities["record_id"], opened, linkage)
    rows = write_table(considered, CONSIDERED, setup.work / "considered", f"part-{number:05d}")
    return {
        "links": ref.plain(), "considered": rows.plain(), "pairs": len(judged.left), "unwritten": len(judged.left) - len(found)
    }  # fmt: skip


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
