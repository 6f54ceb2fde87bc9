"""The match model set right by what people answered to `skiptrace review`: answered pairs are judged anew by the model as it was learned,
and a model of its own says what the answers change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.index import open_index
from jobs.labels import LABELS
from jobs.link import skipped
from jobs.review.answers import last
from jobs.setup import Setup, read_plan
from jobs.tape import compared
from skiptrace.errors import ConfigError, Problem
from skiptrace.ids import digest
from skiptrace.linkage import linking, model, persons, recalibrate, records, rules
from skiptrace.linkage.index import Index
from skiptrace.schema import Column, Table, conform
from skiptrace.sql import query
from skiptrace.store.commit import put_json, read_json
from skiptrace.store.places import Place, place_of
from skiptrace.store.tables import read_table, write_table

JUDGED = Table(
    "judged", "Answered pairs as a model judges them.",
    (
        Column("person", pa.float64(), "Bits of the account against the record's whole person.", nullable=False),
        Column("margin", pa.float64(), "Bits by which the strongest rival is behind; NULL without one."),
        Column("probability", pa.float64(), "Match probability.", nullable=False),
        Column("same", pa.bool_(), "Whether the pair is one person.", nullable=False),
    ),
)  # fmt: skip
_MINE = """
select j.person, j.margin, j.probability, l.same
from (
    select *, row_number() over (partition by account_id, source, record_id order by probability desc, person desc) as place from judged
) j join labels l using (account_id, source, record_id) where j.place = 1 order by all
"""


def answers(private: Place) -> pa.Table:
    """LABELS of the pairs that somebody is sure of, sorted. Raises ConfigError (exit 2) where there are none."""
    told = [one for one in last(private).values() if one.says != "unsure"]
    if not told:
        problem = Problem("--reviewed", "", "nobody has answered about a pair yet", "`skiptrace review` asks")
        raise ConfigError("there are no answers to learn from", (problem,))
    rows = [(*one.pair, one.says == "same") for one in told]
    return conform(pa.table(list(map(list, zip(*rows, strict=True))), names=list(LABELS.names)), LABELS)


def key_of(learned: str, labels: Mapping[str, Any]) -> str:
    """The key of the model that answers make of a learned one. labels: the file of the answers."""
    return digest("reviewed", learned, labels["sha256"])


def judge(work: str, labels: dict[str, Any], model_file: str, entities: dict[str, Any]) -> dict[str, Any]:
    """JUDGED of the labelled pairs that still meet: the accounts are linked as a run would. How many do not meet is `gone`."""
    setup, linkage, told = read_plan(work), rules.load(), read_table(labels)
    opened, known = open_index(setup, linkage), persons.load(entities)
    fitted = model.from_plain(read_json(place_of(model_file)), linkage)
    wanted, found = pc.unique(told["account_id"]), list[pa.Table]()
    for number in range(len(setup.partitions["portfolio"])):
        identities, sightings, tape = compared(setup, number)
        rows = identities.filter(pc.is_in(identities["record_id"], wanted))
        people = records.encode_people(rows, sightings, opened.terms)
        linked = linking.link(people, opened, fitted, known, linkage, skipped(setup, tape, rows))
        found.append(_table(linked, rows["record_id"], opened, linkage.person["own"]))
    mine = query(_MINE, {"judged": pa.concat_tables(found), "labels": told}).cast(JUDGED.arrow)
    return {**written(mine, setup), "gone": len(told) - len(mine)}


def written(judged: pa.Table, setup: Setup) -> dict[str, Any]:
    """The file of a JUDGED table."""
    return {"judged": write_table(judged, JUDGED, setup.work / "labels", "judged").plain()}


def make(file: Place, learned: Place, receipt: dict[str, Any]) -> float:
    """Put the model that was learned, set right by judged answers, as another one; by how many bits it is shifted."""
    table, linkage = read_table(receipt["judged"]), rules.load()
    columns = [table[name].to_numpy() for name in JUDGED.names]
    told = recalibrate.Judged(columns[0], columns[1].astype(np.float64), columns[2], columns[3].astype(np.bool_))
    bits = recalibrate.shift(told)
    said: dict[str, object] = {"same": int(told.same.sum()), "different": int((~told.same).sum()), "gone": int(receipt["gone"])}
    put_json(file, recalibrate.shifted(model.from_plain(read_json(learned), linkage), bits, said).plain())
    return bits


def _table(linked: linking.Linked, ids: pa.ChunkedArray, opened: Index, own: float) -> pa.Table:
    judged = linked.judged
    sources = pa.array(opened.sources, pa.string()).take(pa.array(opened.layer_of(judged.right)))
    columns = {
        "account_id": ids.take(pa.array(judged.left)), "source": sources, "record_id": opened.record_ids(judged.right),
        "person": judged.person_weight + own * np.clip(judged.weight, -60, 60), "margin": pa.array(judged.margin, from_pandas=True),
        "probability": judged.probability,
    }  # fmt: skip
    return pa.table(columns)
