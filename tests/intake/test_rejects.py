from __future__ import annotations

import pyarrow as pa

from skiptrace.intake.records import BAD
from skiptrace.intake.rejects import RejectList
from skiptrace.schema import REJECTS, conform


def test_rejects_are_sorted_and_stand_once() -> None:
    rejects = RejectList("src", "a.csv")
    rows = pa.array([7, 8, 9], pa.int64())
    rejects.add(rows, pa.chunked_array([["late", None], ["late"]]), "dob")
    rejects.add(rows, pa.array([None, "gone", None], pa.string()), None)
    rejects.add(rows, pa.array([None, None, "late"], pa.string()), "dob")
    rejects.add(rows, pa.nulls(3, pa.string()), "phone")
    assert [tuple(row.values()) for row in conform(rejects.table(), REJECTS).to_pylist()] == [
        ("src", "a.csv", 7, None, "dob", "late"),
        ("src", "a.csv", 8, None, None, "gone"),
        ("src", "a.csv", 9, None, "dob", "late"),
    ]


def test_a_row_that_could_not_be_read_is_told_with_its_line() -> None:
    rejects = RejectList("src", "a.csv")
    rejects.add_unread(pa.table([[3], [4], ["ragged"]], schema=BAD))
    assert [tuple(row.values()) for row in rejects.table().to_pylist()] == [("src", "a.csv", 3, 4, None, "ragged")]


def test_nothing_noted_is_an_empty_table() -> None:
    assert RejectList("src", "a.csv").table().equals(REJECTS.empty())
