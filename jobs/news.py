"""The tasks of alerts: each reads one partition of a run, this one's or the one that was published last, and leaves little of it.

Two runs are compared by a number per account (`skiptrace.alerts.digests`); then the tables are read once more, of the accounts whose
number changed. So the driver sees neither run whole (`jobs.alerts`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import pyarrow as pa

from skiptrace.alerts.digests import COLUMNS, Digests, facts_named
from skiptrace.alerts.night import EVIDENCE, NEEDED
from skiptrace.alerts.rules import AlertRules, load
from skiptrace.columns import of_accounts
from skiptrace.results.run import WORDS
from skiptrace.schema import ACCOUNTS, CONTACT_POINTS, DECISIONS, SITUATIONS, Column, Table
from skiptrace.schema.delivered import TEXT
from skiptrace.store.places import Place, place_of
from skiptrace.store.tables import FileRef, read_batches, read_table, write_table

ROWS = 1 << 17
"""Rows that are read at a time."""
FOLDER = "news"
DIGESTS: Final = Table(
    "alert_digests", "A number per account, of what news can come of.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("p_any_channel", pa.float64(), "Probability that some exportable use reaches the consumer.", nullable=False),
        Column("digest", pa.uint64(), "The number.", nullable=False),
    ),
    key=("account_id",),
)  # fmt: skip
CHANGED_ACCOUNTS: Final = Table(
    "changed_accounts", "Accounts of which something may be told.", (Column("account_id", TEXT, "The account.", "key", nullable=False),),
    key=("account_id",),
)  # fmt: skip
_SPECS: Final = {"accounts": ACCOUNTS, "contact_points": CONTACT_POINTS, "decisions": DECISIONS}
Refs = Mapping[str, Mapping[str, Any]]


def digests(work: str, number: int, side: str, tables: dict[str, dict[str, Any]], limits: dict[str, Any], verify: bool) -> dict[str, Any]:
    """DIGESTS of partition `number` of a run, and what its fact sheet reports (`told`, where it kept one).

    side: a word for the run, for names of files. tables: its file of each table. limits: what the project changes of the limits of
    alerts. verify: hash the files again before they are read, as those of a published run are."""
    rules = load().with_limits(limits)
    accounts = pa.concat_tables(_pieces(tables, "accounts", COLUMNS["accounts"], verify)).unify_dictionaries()
    found = Digests(accounts, rules.limits)
    for piece in _pieces(tables, "contact_points", COLUMNS["contact_points"], verify):
        found.add_points(piece)
    for piece in _pieces(tables, "decisions", COLUMNS["decisions"], verify):
        found.add_uses(piece)
    folder, stem = place_of(work) / FOLDER, f"{side}-{number:05d}"
    out = {}
    if "situations" in tables:
        sheet = sheet_of(rules)
        told = [found.add_facts(piece) for piece in _pieces(tables, "situations", sheet.names, verify)]
        out["told"] = write_table(pa.concat_tables(told), sheet, folder, f"told-{stem}").plain()
    return {"digests": write_table(found.table, DIGESTS, folder, f"digests-{stem}").plain(), **out}


def cut(work: str, number: int, side: str, tables: dict[str, dict[str, Any]], changed: dict[str, Any], later: bool) -> dict[str, Any]:
    """The rows and columns that alerts need of partition `number` of a run, of the accounts of `changed`; with the evidence of their
    points where this is the `later` run. A file of each of NEEDED."""
    ids = read_table(changed)["account_id"].combine_chunks()
    return {name: _cut(place_of(work), f"{name}-{side}-{number:05d}", tables, name, ids, later).plain() for name in NEEDED}


def sheet_of(rules: AlertRules) -> Table:
    """What alerts read of the fact sheet: account_id, point_id and the facts that the rules name."""
    wanted = ("account_id", "point_id", *facts_named(rules))
    columns = {column.name: column for column in SITUATIONS.columns}
    return Table("facts_told", "Facts of accounts and points that alerts speak of.", tuple(columns[name] for name in wanted))


def _cut(work: Place, stem: str, tables: Refs, name: str, ids: pa.Array, later: bool) -> FileRef:
    columns = (*NEEDED[name], *(EVIDENCE if later and name == "contact_points" else ()))
    found = pa.concat_tables(of_accounts(piece, ids) for piece in _pieces(tables, name, columns, verify=False)).unify_dictionaries()
    there = {field.name: field.type for field in found.schema}
    spec = _SPECS[name]
    kept = [replace(one, type=there[one.name] if one.name == "evidence" else one.type) for one in spec.columns if one.name in there]
    return write_table(found, Table(spec.name, spec.sentence, tuple(kept), spec.key), work / FOLDER, stem)


def _pieces(tables: Refs, name: str, columns: Sequence[str], verify: bool) -> Iterator[pa.Table]:
    return read_batches(FileRef(**tables[name]), columns, ROWS, WORDS, verify)
