from __future__ import annotations

from collections import defaultdict

import pyarrow as pa

from skiptrace.report.facts import summarise
from tests.report.by_hand import REPORT, RUN, TABLES, rows
from tests.report.sample import RULES


def test_a_source_is_credited_with_what_it_gave() -> None:
    by_account = defaultdict(set)
    for row in rows("links"):
        if row["status"] == "linked":
            by_account[row["account_id"]].add(row["source"])
    for source in REPORT.sources[:4]:
        assert source.linked == sum(source.name in found for found in by_account.values())
        assert source.linked_alone == sum(found == {source.name} for found in by_account.values())
        points = [row for row in rows("contact_points") if source.name in row["sources"]]
        assert source.points == len(points)
        assert source.points_alone == sum(row["sources"] == [source.name] for row in points)
        leading = {row["account_id"] for row in points if row["kind"] == "address" and row["rank"] == 1}
        assert source.current_address == len(leading)
    calls = REPORT.sources[4]
    assert (calls.name, calls.contributes, calls.rows) == ("calls", False, 340)


def test_a_source_that_the_ledger_forgot_is_shown_and_the_portfolio_is_none() -> None:
    names = [source.name for source in summarise(TABLES, RUN | {"sources": []}, RULES).sources]
    assert names == ["header", "mobiles", "utility", "voter"]


def test_rejects_are_grouped_with_the_first_row_numbers() -> None:
    whole_row, dates = REPORT.quality.groups
    assert (whole_row.source, whole_row.column, whole_row.count, whole_row.examples) == (
        "portfolio",
        None,
        2,
        "17, 18",
    )
    assert (dates.column, dates.count, dates.examples) == ("dob", 10, "3, 7, 11")
    assert REPORT.quality.reconciles is True


def test_row_numbers_of_several_files_name_the_file() -> None:
    two = pa.concat_tables([TABLES["rejects"], pa.Table.from_pylist(
        [{"source": "header", "file": "more.parquet", "row": 1, "column": "dob", "reason": "not a date"}],
        schema=TABLES["rejects"].schema)])  # fmt: skip
    group = summarise(TABLES | {"rejects": two}, RUN).quality.groups[1]
    assert group.examples == "header.parquet: 3, 7, 11"
