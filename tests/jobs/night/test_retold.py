from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.night import retold
from skiptrace.intake import rereading
from skiptrace.schema.working import READ_ROWS
from skiptrace.store.tables import read_table
from tests.jobs.night.conftest import LATER
from tests.jobs.projects import PARTS, run_project


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows were left to read, each time a partition was."""
    rows, plain = list[int](), rereading.left_to_read

    def left(mapped: Any, before: Any) -> Any:
        found = plain(mapped, before)
        rows.append(len(found.rows))
        return found

    monkeypatch.setattr(rereading, "left_to_read", left)
    return rows


def test_only_new_rows_others_and_rows_with_rejects_are_read(evening: Path, counted: list[int], base: dict[str, Any]) -> None:
    file = evening / "portfolio" / "part-0.parquet"
    table = pq.read_table(file)
    pq.write_table(table.slice(1), file)  # every later row has another number
    run_project(evening, as_of=LATER, exports=False, nightly=True)
    rows = sum(pq.read_metadata(one).num_rows for one in (evening / "portfolio").iterdir())
    clean = sum(ref["rows"] for ref in base["refs"]["read_rows"])
    assert len(counted) == PARTS
    assert rows - clean <= sum(counted) <= rows - clean + 1
    assert clean > rows / 2


def test_what_was_read_lasts_no_longer_than_its_dates(base: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    refs = base["refs"]
    rows = read_table(refs["read_rows"][0])
    surveyed = pa.table([rows["identity"], rows["account_id"], rows["hash"]], names=["number", "account_id", "hash"])
    verdict = pa.table({"number": pa.array([], pa.int64())})
    last = rows["until"][0].as_py()

    def taken(day: dt.date) -> int:
        """Rows that are taken over on a day."""
        same = list[int]()
        monkeypatch.setattr(rereading, "left_to_read", lambda mapped, before: same.append(int((before >= 0).sum())))
        monkeypatch.setattr(rereading, "with_taken", lambda read, surveyed, before, earlier: read)
        retold.tables(None, 0, surveyed, verdict, {**refs, "as_of": base["as_of"]}, day, lambda mapped: None)  # type: ignore[arg-type, return-value]
        return same[0]

    assert taken(last - dt.timedelta(days=1)) == len(rows)
    assert taken(last) == 0


def test_what_is_kept_of_a_reading(base: dict[str, Any]) -> None:
    assert set(retold.KEPT) == {"read_rows", "tape", "identities", "sightings"}
    known = read_table(base["refs"]["read_rows"][0])
    assert known.schema.equals(READ_ROWS.arrow)
    tape = read_table(base["refs"]["tape"][0])
    accounts = dict(zip(tape["account_id"].to_pylist(), tape["identity"].to_pylist(), strict=True))
    assert all(accounts[row["account_id"]] == row["identity"] for row in known.to_pylist())
