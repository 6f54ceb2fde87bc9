from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from skiptrace.intake import delivery
from skiptrace.intake.canonical import CanonicalTables
from skiptrace.project.model import Source

HEAD = "id,account,says,value,agent,why,day"
COLUMNS = {"note_id": "id", "account_id": "account", "says": "says", "value": "value", "by": "agent", "reason": "why", "date": "day"}


def read(folder: Path, *rows: str) -> CanonicalTables:
    (folder / "notes.csv").write_text("\n".join([HEAD, *rows]) + "\n")
    content = {"name": "n", "path": "notes.csv", "kind": "notes", "purposes": ("other",), "columns": {k: (v,) for k, v in COLUMNS.items()}}
    spec = Source.model_validate(content)
    found = delivery.survey(spec, folder, dt.date(2026, 6, 30), 100, "source[1]")
    (part,) = found.partitions
    return delivery.canonical(delivery.load(part, found.mapping), part, spec, dt.date(2026, 6, 30), b"")


def test_a_note_says_of_a_value_what_somebody_answers_for(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "n1,A,Verified,253-555-1000,Kim,spoke,2026-06-01").notes.to_pylist()
    assert row == {
        "note_id": "n1", "account_id": "A", "says": "confirm", "kind": "phone", "value": "+12535551000", "by": "Kim", "reason": "spoke",
        "date": dt.date(2026, 6, 1),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",A,find,253-555-1000,Kim,,2026-06-01", "note_id_missing"), ("n,,find,253-555-1000,Kim,,2026-06-01", "account_id_missing"),
        ("n,A,perhaps,253-555-1000,Kim,,2026-06-01", "unknown_word"), ("n,A,find,,Kim,,2026-06-01", "value_missing"),
        ("n,A,find,253-555-1000,,,2026-06-01", "by_missing"), ("n,A,find,253-555-1000,Kim,,", "date_missing"),
        ("n,A,find,somewhere,Kim,,2026-06-01", "incomplete_address"),
    ],
)  # fmt: skip
def test_a_note_that_nobody_answers_for_is_rejected_whole(tmp_path: Path, row: str, reason: str) -> None:
    found = read(tmp_path, row)
    assert len(found.notes) == 0
    assert [one["reason"] for one in found.rejects.to_pylist() if one["column"] is None] == [reason]
