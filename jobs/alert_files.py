"""The alerts of a published run as files: `alerts.csv` for a person's spreadsheet and `alerts.jsonl` for a program.

As in every export, a value leaves only where a use of its point is open; else all but its first characters are hidden, and
`skiptrace explain` shows it to whoever may see it. Cells that a spreadsheet would take for formulas are neutralised in the CSV.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.csv as pa_csv

from skiptrace.alerts.rules import load
from skiptrace.export.grammar import neutralised
from skiptrace.export.masking import mask
from skiptrace.schema import ALERTS
from skiptrace.store.commit import put
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place

NAME: Final = "alerts"
COLUMNS: Final = ("rank", "account_id", "consumer_id", "kind", "sentence", "before", "after", "delta_p", "balance", "since", "evidence",
                  "more", "accounts")  # fmt: skip
"""Columns of both files; an account_id that is empty stands for a kind that was summed up."""
_TEXT: Final = ("account_id", "consumer_id", "before", "after", "evidence")


def write(folder: Place, table: pa.Table) -> list[str]:
    """Write both files of ALERTS into `folder` if they are not there; returns their paths."""
    rows = told(table)
    flat = pa.table({name: [row[name] for row in rows] for name in COLUMNS}, schema=_schema(COLUMNS))
    for name in _TEXT:
        flat = flat.set_column(flat.column_names.index(name), name, neutralised(flat[name])[0])

    def as_csv(path: Path) -> None:
        pa_csv.write_csv(flat, path)

    def as_lines(path: Path) -> None:
        path.write_text("".join(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in rows), encoding="utf-8")

    place = private_folder(folder)
    return [str(put(place, as_csv, lambda _: f"{NAME}.csv")[0]), str(put(place, as_lines, lambda _: f"{NAME}.jsonl")[0])]


def written(folder: Place) -> bool:
    """Whether both files are in `folder`."""
    return all((folder / f"{NAME}.{ending}").is_file() for ending in ("csv", "jsonl"))


def told(table: pa.Table) -> list[dict[str, Any]]:
    """Alerts as they may leave, by rank: the columns of COLUMNS, evidence as text `source last-seen-day; …`."""
    kinds, out = load().kinds, []
    for row in table.sort_by("rank").to_pylist():
        open_ = row["may_leave"] is not False
        shown = {name: row[name] if open_ or row[name] is None else mask(row[name]) for name in ("before", "after")}
        evidence = "; ".join(f"{one['source']} {one['seen']}" if one["seen"] else one["source"] for one in row["evidence"] or ())
        found = {**row, **shown, "sentence": kinds[row["kind"]].sentence if row["kind"] in kinds else "", "evidence": evidence}
        out.append({name: found[name] for name in COLUMNS})
    return out


def _schema(names: tuple[str, ...]) -> pa.Schema:
    return pa.schema([(name, pa.string() if name in ("sentence", "evidence") else ALERTS.arrow.field(name).type) for name in names])
