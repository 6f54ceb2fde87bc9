"""Known pairs that refine the match model: read, found among the project's accounts and records, and compared.

A file of labels says of pairs of an account and a reference record whether they are the same person. No message repeats a value
of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jobs import models
from jobs.evaluation.truth import read_columns, trimmed
from jobs.index import open_index
from jobs.setup import Setup, read_plan
from jobs.tape import compared
from skiptrace.errors import ConfigError, DataRefused, Problem
from skiptrace.linkage import model, patterns, persons, pooling, records, rules, train
from skiptrace.linkage.candidates import Prober
from skiptrace.linkage.index import Index
from skiptrace.schema import Column, Table, conform
from skiptrace.store.places import Place
from skiptrace.store.tables import read_table, write_table

LABELS = Table(
    "labels", "Pairs of which somebody knows whether they are one person.",
    (
        Column("account_id", pa.string(), "The account.", "key", nullable=False),
        Column("source", pa.string(), "The reference source.", nullable=False),
        Column("record_id", pa.string(), "The reference record.", "key", nullable=False),
        Column("same", pa.bool_(), "Whether both are the same person.", nullable=False),
    ),
    key=("account_id", "source", "record_id"),
)  # fmt: skip
COMPARED = Table(
    "compared", "Comparison patterns of known pairs.",
    (
        Column("pattern", pa.int64(), "Levels of a pair as one integer.", nullable=False),
        Column("same", pa.bool_(), "Whether the pair is the same person.", nullable=False),
    ),
)  # fmt: skip
_YES, _NO = ("true", "yes", "1"), ("false", "no", "0")
_Rows = NDArray[np.int64]


def read_labels(file: Path) -> pa.Table:
    """LABELS of a Parquet or CSV file, each pair once, sorted. Raises ConfigError (exit 2) where the file is not there or lacks a
    column; DataRefused (exit 3) where a row is incomplete or a pair is given both ways."""
    table = read_columns(file)
    missing = [name for name in LABELS.names if name not in table.column_names]
    if missing:
        mend = f"columns needed: {', '.join(LABELS.names)}"
        raise ConfigError("the labels cannot be used", (Problem(file.name, "", f"lacks the column {', '.join(missing)}", mend),))
    columns = {name: trimmed(table[name]) for name in LABELS.names[:3]}
    told = pc.utf8_lower(trimmed(table["same"]))
    yes, no = (pc.is_in(told, pa.array(words)) for words in (_YES, _NO))
    whole = pc.or_(yes, no)
    for column in columns.values():
        whole = pc.and_(whole, pc.is_valid(column))
    lacking = len(table) - (pc.sum(whole).as_py() or 0)
    if lacking or not len(table):
        what = f"rows without an id, a source, or true or false in `same`: {lacking:,}" if lacking else "holds no rows"
        raise _refused(file.name, what, "complete the rows, or leave them out")
    distinct = pa.table({**columns, "same": yes}).group_by(list(LABELS.names)).aggregate([])
    found = distinct.sort_by([(name, "ascending") for name in LABELS.names])
    twice = len(found) - len(found.group_by(list(LABELS.key)).aggregate([]))
    if twice:
        raise _refused(file.name, f"pairs that are said to be one person and not to be: {twice:,}", "decide each pair")
    return conform(found, LABELS)


def keep(labels: pa.Table, work: Place) -> dict[str, Any]:
    """Write LABELS to a work folder, for tasks."""
    return write_table(labels, LABELS, work / "labels", "labels").plain()


def of_records(work: str, labels: dict[str, Any]) -> dict[str, Any]:
    """COMPARED of labelled pairs. Raises DataRefused where accounts or records are not the project's."""
    setup, linkage = read_plan(work), rules.load()
    found = _Found(setup, open_index(setup, linkage), linkage, read_table(labels))
    return _written(found.pattern, found.same, setup, "records")


def of_persons(work: str, labels: dict[str, Any], entities: dict[str, Any]) -> dict[str, Any]:
    """COMPARED of labelled accounts with the persons of the labelled records. A person of whom any record is known to be the
    account's is the account's."""
    setup, linkage = read_plan(work), rules.load()
    found = _Found(setup, open_index(setup, linkage), linkage, read_table(labels))
    likely = np.ones(len(found.left), np.bool_)
    pooled = pooling.with_persons(
        found.left, found.right, found.pattern, likely, found.prober, persons.load(entities), None, len(linkage.names)
    )  # fmt: skip
    group = {(left, right): at for left, right, at in zip(pooled.left.tolist(), pooled.right.tolist(), pooled.group.tolist(), strict=True)}
    mine = np.array([group[pair] for pair in zip(found.left.tolist(), found.right.tolist(), strict=True)], np.int64)
    chosen = np.unique(mine)
    return _written(pooled.together[chosen], np.isin(chosen, mine[found.same]), setup, "persons")


def known(receipt: dict[str, Any]) -> train.Known:
    """What a task above found, as the training takes it."""
    table = read_table(receipt["compared"])
    return train.Known(
        patterns.unpack(table["pattern"].to_numpy(), len(rules.load().names)), table["same"].combine_chunks().to_numpy(zero_copy_only=False)
    )  # fmt: skip


def _written(codes: patterns.Codes, same: NDArray[np.bool_], setup: Setup, stem: str) -> dict[str, Any]:
    order = np.lexsort((same, codes))
    table = pa.table({"pattern": codes[order], "same": same[order]})
    return {"compared": write_table(conform(table, COMPARED), COMPARED, setup.work / "labels", stem).plain()}


class _Found:
    """Labelled pairs found in a project, by account: rows of `left` people and of the index, their patterns, and `same`."""

    def __init__(self, setup: Setup, opened: Index, linkage: rules.LinkageRules, labels: pa.Table) -> None:
        tables = [compared(setup, number)[:2] for number in range(len(setup.partitions["portfolio"]))]
        wanted = pc.unique(labels["account_id"])
        identities = pa.concat_tables([rows.filter(pc.is_in(rows["record_id"], wanted)) for rows, _ in tables])
        sightings = pa.concat_tables([rows.filter(pc.is_in(rows["identity"], pc.unique(identities["identity"]))) for _, rows in tables])
        self.prober = Prober(records.encode_people(identities, sightings), opened, linkage)
        account = pc.fill_null(pc.index_in(labels["account_id"], identities["record_id"].combine_chunks()), -1).to_numpy()
        label, right = _rows_of(labels, opened)
        if problems := _unknown(labels, account, label, opened):
            raise DataRefused("the labels cannot be used", problems)
        left = account[label].astype(np.int64)
        pattern = self.prober.patterns(left, right)
        weight = patterns.weights(model.from_plain(models.shipped(), linkage).records, pattern)
        order = np.lexsort((right, -weight, label))  # the best row of a record id that stands on several
        best = order[np.unique(label[order], return_index=True)[1]]
        best = best[np.argsort(left[best], kind="stable")]
        self.left, self.right, self.pattern = left[best], right[best], pattern[best]
        self.same: NDArray[np.bool_] = labels["same"].combine_chunks().to_numpy(zero_copy_only=False)[label[best]]


def _rows_of(labels: pa.Table, opened: Index) -> tuple[_Rows, _Rows]:
    """(label, row of the index) of every row that has a label's source and record id."""
    label, right = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for number, layer in enumerate(opened.layers):
        mine = np.flatnonzero(pc.equal(labels["source"], layer.source).to_numpy())
        ids = labels["record_id"].take(pa.array(mine)).combine_chunks().dictionary_encode()
        place = pc.fill_null(pc.index_in(layer.record_id, ids.dictionary), -1).to_numpy()
        rows = np.flatnonzero(place >= 0)
        rows = rows[np.argsort(place[rows], kind="stable")]
        code = ids.indices.to_numpy()
        first = np.searchsorted(place[rows], code)
        size = np.searchsorted(place[rows], code, side="right") - first
        within = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
        label.append(np.repeat(mine, size))
        right.append(rows[np.repeat(first, size) + within] + int(opened.starts[number]))
    return np.concatenate(label), np.concatenate(right)


def _unknown(labels: pa.Table, account: NDArray[Any], label: _Rows, opened: Index) -> tuple[Problem, ...]:
    """What of the labels the project does not know, in numbers."""
    sources = pc.is_in(labels["source"], pa.array(opened.sources, pa.string())).to_numpy()
    there = np.zeros(len(labels), np.bool_)
    there[label] = True
    found = (
        ("account_id", account < 0, "no account of the portfolio", "label accounts of the portfolio; ids are compared exactly"),
        ("source", ~sources, "no record source of the project", f"one of {', '.join(opened.sources)}"),
        ("record_id", sources & ~there, "no record of their source", "label records of the current deliveries"),
    )
    return tuple(
        Problem("labels", column, f"rows that name {what}: {int(bad.sum()):,}", mend) for column, bad, what, mend in found if bad.any()
    )


def _refused(file: str, what: str, mend: str) -> DataRefused:
    return DataRefused("the labels cannot be used", (Problem(file, "", what, mend),))
