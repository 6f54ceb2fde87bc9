"""What makes the rules safe to combine, counted over random fact sheets: no rule added and no fact removed ever opens a use, the
order of rules and of files never matters, and nothing that is stopped stands in a written export.

    python -m tests.bench.properties [SHEETS=10000]

SHEETS is per rule and per fact. The suite asks the same of fewer sheets each, against a drawn part of the rulebook.
"""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as parquet

from skiptrace.compliance.screening import screen
from skiptrace.export.profiles import load_profile
from skiptrace.export.write import write_export
from skiptrace.rulebook.loading import from_texts, load
from skiptrace.rulebook.model import Rule, Rulebook
from skiptrace.schema import ACCOUNTS, CHANNELS, CONTACT_POINTS
from skiptrace.schema.facts import FACTS
from tests.bench.report import Figure, print_bench
from tests.compliance import tables as t
from tests.compliance.near import near_sheet

BOOK = load()


@dataclass(frozen=True)
class Tally:
    """Sheets looked at, uses that a change opened (there must be none), uses that it closed, and what closed none."""

    sheets: int
    opened: int
    closed: int
    idle: tuple[str, ...]


def exportable(facts: pa.Table, rules: Sequence[Rule]) -> npt.NDArray[np.bool_]:
    """Whether these rules alone let each use through."""
    channels = ("voice", "sms", "email", "mail", "portal")
    book: Rulebook = replace(BOOK, rules=tuple(sorted(rules, key=lambda rule: rule.id)), requirements=(), covered_channels=channels)
    return np.asarray(screen(facts, book, t.AS_OF)["decision"].to_numpy(zero_copy_only=False) != "stopped")


def drawn(seed: int, others: int | None, *without: str) -> list[Rule]:
    """So many rules of the book at random, or all, without some."""
    left = [rule for rule in BOOK.rules if rule.id not in without]
    if others is None:
        return left
    return [left[number] for number in np.random.default_rng(seed).permutation(len(left))[:others]]


def rules_added(sheets: int, others: int | None = None) -> Tally:
    """Every rule of the book added to others, on `sheets` fact sheets of its own."""
    opened = closed = 0
    idle = []
    rules = [replace(rule, effective_from=t.AS_OF, effective_to=None) for rule in BOOK.rules]
    for seed, rule in enumerate(rules):
        facts, before = near_sheet(sheets, seed, rule), drawn(seed, others, rule.id)
        then, now = exportable(facts, before), exportable(facts, [*before, rule])
        opened += int(np.sum(now & ~then))
        closed += int(np.sum(then & ~now))
        if not np.any(then & ~now):
            idle.append(rule.id)
    return Tally(sheets * len(rules), opened, closed, tuple(idle))


def facts_removed(sheets: int, others: int | None = None) -> Tally:
    """Every fact taken from all of `sheets` fact sheets of its own, asked of the rules that read it and of others."""
    opened = closed = 0
    idle = []
    names = sorted(set(FACTS) - {"channel"})
    for seed, name in enumerate(names):
        readers = [rule for rule in BOOK.rules if name in rule.condition.facts]
        rules = readers + drawn(seed, others, *(rule.id for rule in readers))
        facts = near_sheet(sheets, 1000 + seed, readers[0] if readers else None)
        poorer = facts.set_column(facts.column_names.index(name), facts.schema.field(name), pa.nulls(sheets, FACTS[name].type))
        then, now = exportable(facts, rules), exportable(poorer, rules)
        opened += int(np.sum(now & ~then))
        closed += int(np.sum(then & ~now))
        if not np.any(then & ~now):
            idle.append(name)
    return Tally(sheets * len(names), opened, closed, tuple(idle))


def orders_that_matter(sheets: int, orders: int) -> int:
    """In how many orders of rules and of files the decisions differ."""
    facts = near_sheet(sheets, 2000)
    told = screen(facts, BOOK, t.AS_OF)
    differ = 0
    for seed in range(orders):
        draw = np.random.default_rng(seed)
        files = from_texts(tuple(BOOK.files[number] for number in draw.permutation(len(BOOK.files))))
        rules = replace(files, rules=tuple(files.rules[number] for number in draw.permutation(len(files.rules))))
        differ += not (files == BOOK and screen(facts, rules, t.AS_OF).equals(told))
    return differ


def stopped_in_files(sheets: int, folder: Path) -> tuple[int, int]:
    """(rows of written exports whose use is stopped, or open uses that are missing there; uses that are open)."""
    facts = near_sheet(sheets, 3000)
    decisions = screen(facts, BOOK, t.AS_OF)
    keys = decisions.select(["account_id", "point_id", "channel", "decision"]).to_pylist()
    kinds = [{"voice": "phone", "sms": "phone", "email": "email", "mail": "address"}[row["channel"]] for row in keys]
    values = {"phone": "+12125550123", "email": "x@example.com", "address": "1 MAIN ST, ALBANY, NY 12207"}
    tables = {
        "accounts": t.table_of(ACCOUNTS, {"locate_status": "confirmed", "channel_order": [], "holds": [], "p_any_channel": 0.5,
                                      "expected_value": 0, "linked_records": 1, "review_records": 0, "account_state": "open"},
                           [{"account_id": row["account_id"], "consumer_id": row["account_id"]} for row in keys]),
        "contact_points": t.table_of(CONTACT_POINTS, t.POINT, [
            {"account_id": row["account_id"], "point_id": row["point_id"], "kind": kind, "value": values[kind]}
            for row, kind in zip(keys, kinds, strict=True)]),
        "channels": t.table_of(CHANNELS, {"rank": 1, "p_reach": 0.5, "p_reach_low": 0.4, "p_reach_high": 0.6, "grade": "B",
                                          "reasons": []}, keys),
        "decisions": decisions,
    }  # fmt: skip
    wanted = {tuple(row[name] for name in ("account_id", "point_id", "channel")) for row in keys if row["decision"] != "stopped"}
    wrong = 0
    for profile in ("csv", "parquet"):
        receipt = write_export(load_profile(profile), tables, folder / profile, profile, t.AS_OF)
        file = folder / profile / receipt.file
        if profile == "csv":
            with file.open(encoding="utf-8", newline="") as lines:
                found = {(row["account_id"], row["point_id"], row["channel"]) for row in csv.DictReader(lines)}
        else:
            table = parquet.read_table(file, columns=["account_id", "point_id", "channel"])
            found = {(row["account_id"], row["point_id"], row["channel"]) for row in table.to_pylist()}
        wrong += len(found ^ wanted) + abs(receipt.rows - len(wanted))
    return wrong, len(wanted)


def main(environment: dict[str, str]) -> list[Figure]:
    """Count and print."""
    sheets = int(environment.get("SHEETS", "10000"))
    added, removed = rules_added(sheets), facts_removed(sheets)
    with tempfile.TemporaryDirectory() as folder:
        wrong, left_open = stopped_in_files(max(sheets, 10_000), Path(folder))
    figures = [
        Figure("rules_added", len(BOOK.rules), "rules"),
        Figure("sheets_of_rules_added", added.sheets, "fact sheets", 10_000),
        Figure("opened_by_a_rule", added.opened, "uses", 0, at_most=True),
        Figure("closed_by_a_rule", added.closed, "uses"),
        Figure("rules_that_closed_none", len(added.idle), "rules"),
        Figure("facts_removed", len(FACTS) - 1, "facts"),
        Figure("sheets_of_facts_removed", removed.sheets, "fact sheets", 10_000),
        Figure("opened_by_a_gap", removed.opened, "uses", 0, at_most=True),
        Figure("closed_by_a_gap", removed.closed, "uses"),
        Figure("facts_whose_gap_closed_none", len(removed.idle), "facts"),
        Figure("orders_that_matter", orders_that_matter(max(sheets, 10_000), 20), "of 20", 0, at_most=True),
        Figure("sheets_of_written_exports", max(sheets, 10_000), "fact sheets", 10_000),
        Figure("wrong_rows_of_written_exports", wrong, "rows", 0, at_most=True),
        Figure("open_uses_of_written_exports", left_open, "uses"),
    ]
    print("closed none:", ", ".join((*added.idle, *removed.idle)) or "-")
    print_bench("properties", figures)
    return figures


if __name__ == "__main__":
    main(dict(os.environ))
