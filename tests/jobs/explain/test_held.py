from __future__ import annotations

import datetime as dt
import json
import zipfile
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest

from jobs.delivering import FOLDER as SENT
from jobs.explain.held import held
from jobs.exported import add
from skiptrace.errors import ConfigError
from skiptrace.ids import file_digest
from skiptrace.results import latest
from tests.jobs.projects import copy_of
from tests.jobs.tiny import make_tiny

AT = dt.date(2026, 7, 1)


def test_every_place_is_told_with_its_source_file_row_days_and_purposes(tiny_night: Path) -> None:
    found, run_id = held(tiny_night, "A002", AT), latest(tiny_night).run_id
    kinds = Counter(one.kind for one in found)
    rows = {(one.source, one.file, one.row) for one in found if one.kind == "row"}
    assert rows == {("portfolio", "portfolio.csv", 3), ("calls", "calls.csv", 2)}
    assert [(one.source, one.file, one.row, one.what) for one in found if one.kind == "record"] == [
        ("header", "header.csv", 2, "record R002 (same, linked)")]  # fmt: skip
    assert all(one.purposes == ("fcra.collection",) for one in found if one.kind in ("row", "record"))
    seen = [one for one in found if one.kind == "point" and one.source == "header"]
    assert {one.last for one in seen} == {dt.date(2026, 3, 1)}
    assert {one.what for one in found if one.kind == "rows"} >= {"1 of accounts", "4 of contact_points", "8 of decisions"}
    assert {one.what for one in found if one.kind == "attempt"} == {"right_party on voice at ***-***-1074"}
    assert kinds["consumer"] == 1
    assert [(one.where, one.file, one.what) for one in found if one.kind == "export"] == []  # nothing of it was permitted
    assert all(one.where == run_id for one in found if one.kind in ("record", "point", "rows"))


def test_values_are_masked_unless_somebody_says_why_they_are_looked_at(tiny_night: Path) -> None:
    masked, clear = (str(held(tiny_night, "A002", AT, show_pii)) for show_pii in (False, True))
    for value in ("2535551074", "2537772002", "MAPLE", "BIRCH"):
        assert value not in masked
        assert value in clear


def test_who_was_given_the_person_is_told_also_in_a_workbook(tiny_night: Path, tmp_path: Path) -> None:
    project = copy_of(tiny_night, tmp_path / "project")
    folder = latest(project).folder / "exports" / "plain"
    (folder / "plain.csv").write_text("account_id\nA002\n")
    with zipfile.ZipFile(folder / "book.xlsx", "w") as packed:
        packed.writestr("sheet.xml", "<v>A002</v>")
    (folder / "other.csv").write_text("account_id\nXA0021\n")
    receipt = project / ".skiptrace" / SENT / "letters" / "receipt.json"
    receipt.parent.mkdir(parents=True)
    receipt.write_text(json.dumps({"content_sha256": file_digest(folder / "plain.csv"), "outbox": "letters"}))
    found = [(one.file, one.what) for one in held(project, "A002", AT) if one.kind == "export" and one.file]
    assert found == [("plain/book.xlsx", "given to csv"), ("plain/plain.csv", "given to csv, sent to letters")]


def test_that_an_account_left_is_told_when_the_file_is_gone(tiny_night: Path, tmp_path: Path) -> None:
    project = copy_of(tiny_night, tmp_path / "project")
    add(project / ".skiptrace", "plain", pa.table({"account_id": ["A002", "A003"], "channel": ["mail", "voice"]}), AT)
    found = [(one.where, one.file, one.what, one.first) for one in held(project, "A002", AT) if one.kind == "export"]
    assert found == [("exported", None, "left in plain for mail first on this day", AT)]


def test_a_delivery_that_is_gone_says_no_row_and_the_rest_is_told(tiny_night: Path, tmp_path: Path) -> None:
    project = copy_of(tiny_night, tmp_path / "project")
    (project / "header.csv").unlink()
    (record,) = [one for one in held(project, "A002", AT) if one.kind == "record"]
    assert (record.source, record.file, record.row) == ("header", None, None)


def test_of_nobody_nothing_is_held(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nothing is held"):
        held(make_tiny(tmp_path / "new"), "A999", AT)
