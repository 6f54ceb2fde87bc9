"""Tapes as sellers send them, through a whole run: what is declared is read, and a line that cannot be is a reject with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from skiptrace.errors import DataRefused
from tests.intake.files import workbook
from tests.jobs.projects import run_project

PROJECT = """version = 1
[project]
name = "p"
as_of = 2026-06-30
purposes = ["fcra.collection"]
[portfolio]
path = "{path}"
{file}
[portfolio.columns]
account_id = "Acct"
full_name = "Name"
postal_code = "Zip"
phone = "Phone"
"""
LETTERS = "ABCDEFGHIJ"
ROWS = [[f"{n:05d}", f"Jos\xe9 {LETTERS[n % 10]}ORN", f"{1000 + n:05d}", f"509555{n:04d}"] for n in range(150)]
HEADER = ["Acct", "Name", "Zip", "Phone"]


def project(folder: Path, path: str, content: bytes, file: str) -> Path:
    folder.chmod(0o700)
    (folder / path).write_bytes(content)
    (folder / "skiptrace.toml").write_text(PROJECT.format(path=path, file=file))
    return folder


def test_a_line_that_cannot_be_read_is_a_reject_with_its_line(tmp_path: Path) -> None:
    rows = ["|".join(row) for row in ROWS]
    lines = ["Tape of June", "|".join(HEADER), *rows[:100], "00999|SECRET", *rows[100:]]
    content = "\r\n".join([*lines, "TRL|151", ""]).encode("cp1252")
    file = "[portfolio.file]\nencoding = 'cp1252'\nskip_lines = 1\ntrailer = '^TRL\\|(?P<rows>\\d+)$'\nquote = ''"
    folder = run_project(project(tmp_path, "tape.txt", content, file)).folder
    ledger = json.loads((folder / "run.json").read_text())
    rejects = pq.read_table(folder / "rejects").to_pylist()
    assert [(row["row"], row["line"], row["column"], row["reason"]) for row in rejects] == [(101, 103, None, "ragged")]
    assert ledger["tables"]["accounts"]["rows"] == 150
    assert "SECRET" not in (folder / "run.json").read_text()


def test_a_workbook_and_a_layout_are_portfolios_like_any(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    book = run_project(project(tmp_path / "a", "tape.xlsx", workbook([HEADER, *ROWS]), "")).folder
    (tmp_path / "b").mkdir()
    widths = (5, 20, 5, 10)
    starts = [1 + sum(widths[:place]) for place in range(4)]
    named = zip(HEADER, starts, widths, strict=True)
    layout = "\n".join(f"[[fields]]\nname = '{name}'\nstart = {start}\nwidth = {width}" for name, start, width in named)
    (tmp_path / "b" / "layout.toml").write_text(layout)
    lines = "".join("".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + "\n" for row in ROWS)
    fixed = run_project(project(tmp_path / "b", "tape.dat", lines.encode(), "[portfolio.file]\nlayout = 'layout.toml'")).folder
    assert pq.read_table(book / "accounts").equals(pq.read_table(fixed / "accounts"))
    assert pq.read_table(book / "contact_points").equals(pq.read_table(fixed / "contact_points"))
    assert pq.read_table(book / "contact_points").num_rows == 150


def test_totals_that_do_not_agree_stop_the_run_before_it_begins(tmp_path: Path) -> None:
    content = "\n".join([",".join(HEADER), *(",".join(row) for row in ROWS), "TRL,151"]).encode()
    folder = project(tmp_path, "tape.csv", content, "[portfolio.file]\ntrailer = '^TRL,(?P<rows>\\d+)$'")
    with pytest.raises(DataRefused, match="rows: the trailer says 151, the file holds 150"):
        run_project(folder)
    assert not (tmp_path / "runs").exists()
