"""Tapes are sampled, and one whose layout changed stops with the difference."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pytest

from jobs import tapes
from skiptrace.errors import ConfigError, DataRefused
from skiptrace.onboard.layouts import Layout
from tests.onboard.tapes import AS_OF, people


def write(path: Path, columns: dict[str, list[str]], mark: str = ",") -> Path:
    """A delimited file of columns by header."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file, delimiter=mark)
        rows.writerow(columns)
        rows.writerows(zip(*columns.values(), strict=True))
    return path


def made(**headers: str) -> dict[str, list[str]]:
    held = people()
    return {header: held[what] for header, what in headers.items()}


def test_a_sample_is_the_beginning_and_the_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tapes, "SAMPLED", 10)
    write(tmp_path / "t.csv", {"n": [str(row) for row in range(60)]})
    seen = tapes.sample("t.csv", tmp_path)
    assert (seen.rows, seen.headers) == (60, ("n",))
    assert seen.sample["n"].to_pylist() == [str(row) for row in (*range(10), *range(30, 40))]


def test_a_tape_is_mapped_for_its_kind(tmp_path: Path) -> None:
    seen = tapes.sample(str(write(tmp_path / "t.csv", made(ID="id", LastName="last", Zip="zip"), "|")), tmp_path)
    assert set(tapes.proposed(seen, "portfolio", AS_OF).mapped) == {"account_id", "last_name", "postal_code"}
    assert set(tapes.proposed(seen, "voter", AS_OF).mapped) == {"record_id", "last_name", "postal_code"}


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(DataRefused):
        tapes.sample("t.parquet", tmp_path)


def test_layouts_are_found_again_and_a_change_is_told(tmp_path: Path) -> None:
    seen = tapes.sample(str(write(tmp_path / "t.csv", made(a="id", b="last", c="zip", d="city"))), tmp_path)
    same = Layout("north", "portfolio", ("d", "c", "b", "a"), {"account_id": ("a",)}, {})
    assert tapes.layout_of(seen, "portfolio", [same]) == same
    assert tapes.layout_of(seen, "voter", [same]) is None
    changed = Layout("north", "portfolio", ("a", "b", "c", "e"), {"city": ("upper(e)",)}, {})
    with pytest.raises(ConfigError) as refused:
        tapes.layout_of(seen, "portfolio", [changed])
    assert [problem.what for problem in refused.value.problems] == ['no column "e", which is mapped', 'a new column "d"']


def test_what_is_shown_is_masked() -> None:
    assert tapes.masked(pa.chunked_array([pa.array([None, " ", "O'Neil 12"])])) == "x'xxxx 99"
    assert tapes.masked(pa.chunked_array([pa.array([[1]])])) == ""
