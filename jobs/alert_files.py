"""The alerts of a published run as files: `alerts.csv` for a person's spreadsheet and `alerts.jsonl` for a program.

As in every export, a value leaves only where a use of its point is open; else all but its first characters are hidden (the state that
stands beside it is not), and `skiptrace explain` shows it to whoever may see it. Cells that a spreadsheet would take for formulas are
neutralised in the CSV.
"""

from __future__ import annotations

import json
import re
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
_VALUE: Final = re.compile(r"(reported at )?(.*?)( \([a-z_]+\))?")
"""The value of a point in `before` and `after`, and the words around it."""
_WORDS: Final = ("reported", "not reported")
_TEXT: Final = ("account_id", "consumer_id", "before", "after", "evidence")


def write(folder: Place, table: pa.Table) -> list[str]:
    """Write both files of ALERTS into `folder` if they are not there; returns their paths."""
    rows = told(table)
    cells = [{**row, "evidence": "; ".join(f"{source} {seen or ''}".rstrip() for source, seen in row["evidence"])} for row in rows]
    flat = pa.table({name: [row[name] for row in cells] for name in COLUMNS}, schema=_schema(COLUMNS))
    for name in _TEXT:
        flat = flat.set_column(flat.column_names.index(name), name, neutralised(flat[name])[0])

    def as_csv(path: Path) -> None:
        pa_csv.write_csv(flat, path)

    def as_lines(path: Path) -> None:
        lines = [{**row, "evidence": [{"source": source, "seen": seen} for source, seen in row["evidence"]]} for row in rows]
        path.write_text("".join(json.dumps(line, ensure_ascii=False, default=str) + "\n" for line in lines), encoding="utf-8")

    place = private_folder(folder)
    return [str(put(place, as_csv, lambda _: f"{NAME}.csv")[0]), str(put(place, as_lines, lambda _: f"{NAME}.jsonl")[0])]


def written(folder: Place) -> bool:
    """Whether both files are in `folder`."""
    return all((folder / f"{NAME}.{ending}").is_file() for ending in ("csv", "jsonl"))


def told(table: pa.Table) -> list[dict[str, Any]]:
    """Alerts as they may leave, by rank: the columns of COLUMNS, with evidence as pairs (source or rule, day of its last sight or
    None) and delta_p to four places."""
    kinds, out = load().kinds, []
    for row in table.sort_by("rank").to_pylist():
        open_ = row["may_leave"] is not False
        shown = {name: row[name] if open_ or row[name] is None else _hidden(row[name]) for name in ("before", "after")}
        found = {
            **row, **shown, "sentence": kinds[row["kind"]].sentence if row["kind"] in kinds else "",
            "evidence": [(one["source"], one["seen"]) for one in row["evidence"] or ()],
            "delta_p": None if row["delta_p"] is None else round(row["delta_p"], 4),
        }  # fmt: skip
        out.append({name: found[name] for name in COLUMNS})
    return out


def _hidden(text: str) -> str:
    """The text with the value in it masked."""
    if text in _WORDS:
        return text
    found = _VALUE.fullmatch(text)
    before, value, after = found.groups("") if found else ("", text, "")
    return before + mask(value) + after


def _schema(names: tuple[str, ...]) -> pa.Schema:
    return pa.schema([(name, pa.string() if name in ("sentence", "evidence") else ALERTS.arrow.field(name).type) for name in names])
