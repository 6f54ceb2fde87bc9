"""The tape beside what was made of it: by shape, or in clear where asked for, and never the SSN."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.explain.delivered import delivered, shape
from skiptrace.ids import file_digest

PROJECT = """
version = 1
[project]
name = "one"
purposes = ["fcra.collection"]
[portfolio]
path = "tape.parquet"
[portfolio.columns]
account_id = "id"
full_name = "nm"
dob = "born"
ssn = "number"
phones = ["home", "cell"]
address_line1 = "street"
city = "'AUSTIN'"
state = "'TX'"
postal_code = "'78701'"
"""
ROW = {
    "id": "0042", "nm": "Roe, Jane Q", "born": "02/03/1980", "number": "219-45-1234", "home": "(212) 555-0123",
    "cell": "jane@example.com", "street": "12 North Main Street",
}  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "skiptrace.toml").write_text(PROJECT)
    tape = tmp_path / "tape.parquet"
    pq.write_table(pa.Table.from_pylist([{**ROW, "id": "0041", "nm": "X, Y"}, ROW]), tape)
    return {"as_of": "2026-06-30", "portfolio": {"files": [{"name": "tape.parquet", "sha256": file_digest(tape)}]}}


def test_shapes_and_masks_by_default(tmp_path: Path, ledger: dict[str, Any]) -> None:
    found = {one.field: one for one in delivered(tmp_path, "0042", ledger, {}, False)}
    assert found["name"].raw == ("Aaa, Aaaa A",)
    assert found["name"].canonical == ("J*** R***",)
    assert found["birth date"].raw == ("99/99/9999",)
    assert found["phone"].raw == ("(999) 999-9999", "aaaa@aaaaaaa.aaa")
    assert found["phone"].canonical == ("***-***-0123",)
    assert found["phone"].not_used == ("wrong_kind_email",)
    assert found["SSN"].canonical == ("nine digits, kept as a keyed token",)
    assert [value for value in ROW.values() if value in repr(found) and value != "0042"] == []


def test_in_clear_where_asked_for_but_never_the_ssn(tmp_path: Path, ledger: dict[str, Any]) -> None:
    found = {one.field: one for one in delivered(tmp_path, "0042", ledger, {}, True)}
    assert found["name"].raw == ("Roe, Jane Q",)
    assert found["name"].canonical == ("JANE Q ROE",)
    assert found["birth date"].canonical == ("1980-02-03",)
    assert found["address"].canonical == ("12 N MAIN ST, AUSTIN, TX 78701",)
    assert "219-45-1234" not in repr(found)
    assert "219451234" not in repr(found)


def test_a_tape_that_changed_tells_nothing(tmp_path: Path, ledger: dict[str, Any]) -> None:
    assert delivered(tmp_path, "9999", ledger, {}, False) == ()
    pq.write_table(pa.Table.from_pylist([{**ROW, "nm": "Other, Name"}]), tmp_path / "tape.parquet")
    assert delivered(tmp_path, "0042", ledger, {}, False) == ()
    (tmp_path / "tape.parquet").unlink()
    assert delivered(tmp_path, "0042", ledger, {}, False) == ()
    assert delivered(tmp_path, "0042", {"as_of": "2026-06-30"}, {}, False) == ()


@given(st.text())
def test_a_shape_keeps_no_letter_and_no_digit(text: str) -> None:
    found = shape(text)
    assert len(found) <= 40
    assert set(found) & set("bcdefghijklmnopqrstuvwxyzBCDEFGHIJKLMNOPQRSTUVWXYZ012345678") == set()
