from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skiptrace.intake import delivery, duplicates, rereading
from skiptrace.intake.canonical import CanonicalTables
from skiptrace.intake.mapping import Mapped
from skiptrace.intake.partitions import Partition
from tests.intake.deliveries import AS_OF, KEY, own_names, portfolio

NAMES = ("Ann O'Neil", "SMITH, JOHN Q JR", "Roe, Jane", "Estate of Max Hill")
LINES = ("12 North Main Street", "PO Box 7", "77 Elm Ave Apt 4", "nowhere")
PHONES = ("206-455-0100", "(509) 455-0101", "12", None)
BORN = ("06/30/1980", "2010-01-01", "nonsense", None)
ROW = st.fixed_dictionaries({
    "account_id": st.sampled_from([f"A{number}" for number in range(8)]), "full_name": st.sampled_from(NAMES),
    "address_line1": st.sampled_from(LINES), "city": st.just("Seattle"), "state": st.just("WA"), "postal_code": st.just("98101"),
    "phone": st.sampled_from(PHONES), "phones": st.sampled_from(PHONES), "dob": st.sampled_from(BORN),
    "co_full_name": st.sampled_from([None, "Kim Lee"]), "co_phone": st.sampled_from(PHONES), "balance": st.sampled_from(["10", "much"]),
})  # fmt: skip


class Read:
    """One partition of a tape, mapped, with the verdict on its rows."""

    def __init__(self, folder: Path, rows: list[dict[str, str | None]]) -> None:
        schema = pa.schema([(name, pa.string()) for name in rows[0]])
        table = pa.Table.from_pylist(rows, schema)
        self.spec = portfolio(own_names(table))
        pq.write_table(table, folder / self.spec.path)
        found = delivery.survey(self.spec, folder, AS_OF, 1000, "here")
        self.part: Partition = found.partitions[0]
        self.mapped = delivery.load(self.part, found.mapping)
        self.surveyed = duplicates.survey(self.mapped, self.part)
        self.verdict = duplicates.judge([self.surveyed])

    def tables(self, mapped: Mapped | None = None) -> CanonicalTables:
        return delivery.canonical(mapped or self.mapped, self.part, self.spec, AS_OF, KEY, self.verdict)

    def rows(self, tables: CanonicalTables) -> pa.Table:
        return rereading.read_rows(self.surveyed, tables, self.part.first_row - self.part.file_row_start - 1)


@pytest.fixture(autouse=True)
def _few_rows_may_all_conflict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "CONFLICT_LIMIT", 1.0)


def again(now: Read, before: Read) -> tuple[np.ndarray, CanonicalTables]:
    """Which rows of `now` were taken over, and its tables."""
    read = before.tables()
    same = rereading.same_rows(now.surveyed, before.rows(read), now.verdict)
    earlier = rereading.Earlier(read.tape, read.identities, read.sightings, read.until)
    return same, rereading.with_taken(now.tables(rereading.left_to_read(now.mapped, same)), now.surveyed, same, earlier)


def told(tables: CanonicalTables) -> list[object]:
    return [*(getattr(tables, name).to_pylist() for name in (*rereading.TABLES, "rejects")), tables.counts]


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROW, min_size=1, max_size=7), st.lists(ROW, max_size=4), st.randoms(use_true_random=False))
def test_rows_taken_over_and_rows_read_are_what_reading_all_gives(
    tmp_path: Path, old: list[dict[str, str | None]], new: list[dict[str, str | None]], draw: object
) -> None:  # fmt: skip
    """Any rows stay, come twice, go, come and change their places."""
    rows = [row for row in old if draw.random() < 0.8] + new  # type: ignore[attr-defined]
    draw.shuffle(rows)  # type: ignore[attr-defined]
    try:
        before, now = Read(tmp_path, old), Read(tmp_path, rows or old)
    except Exception as error:  # every row conflicts: the whole tape is refused, which is another test's matter
        assert "cannot be used" in str(error)  # noqa: PT017
        return
    _, tables = again(now, before)
    whole = now.tables()
    assert told(tables) == told(whole)
    assert tables.until == whole.until or tables.until < whole.until  # a day too early costs a reading, one too late a fact
    assert now.rows(tables).equals(now.rows(whole))


def row(account: str, **other: str | None) -> dict[str, str | None]:
    plain = {"account_id": account, "full_name": NAMES[0], "address_line1": LINES[0], "city": "Seattle", "state": "WA",
             "postal_code": "98101", "phone": PHONES[0], "dob": BORN[0], "balance": "10"}  # fmt: skip
    return {**plain, **other}


def test_only_what_changed_is_read(tmp_path: Path) -> None:
    before = Read(tmp_path, [row("A"), row("B"), row("C", phone="12")])
    now = Read(tmp_path, [row("N"), row("B"), row("A", balance="11"), row("C", phone="12")])
    same, tables = again(now, before)
    assert same.tolist() == [-1, 2, -1, -1]  # C had a reject, so it is read again
    assert tables.tape["account_id"].to_pylist() == ["N", "B", "A", "C"]
    assert told(tables) == told(now.tables())


def test_a_row_that_came_twice_is_read_and_rejected(tmp_path: Path) -> None:
    before, now = Read(tmp_path, [row("A"), row("B")]), Read(tmp_path, [row("A"), row("A"), row("B"), row("B", balance="11")])
    same, tables = again(now, before)
    assert same.tolist() == [0, -1, -1, -1]
    assert [one["reason"] for one in tables.rejects.to_pylist()] == ["duplicate_row", "conflicting_account_id", "conflicting_account_id"]


def test_a_reading_that_lasts_no_longer_bounds_the_new_one(tmp_path: Path) -> None:
    before = Read(tmp_path, [row("A"), row("B", dob="07/02/2008")])  # of age in two days
    assert before.tables().until == dt.date(2026, 7, 2)
    now = Read(tmp_path, [row("A")])
    assert again(now, before)[1].until == dt.date(2026, 7, 2)


def test_nothing_is_known_of_the_first_tape(tmp_path: Path) -> None:
    now = Read(tmp_path, [row("A")])
    known = now.rows(now.tables())
    assert rereading.same_rows(now.surveyed, known.slice(0, 0), now.verdict).tolist() == [-1]
