from __future__ import annotations

import datetime as dt
from collections import Counter

import pyarrow as pa
import pytest

from jobs import intake
from jobs.tape import intake_receipts
from skiptrace.errors import DataRefused
from skiptrace.intake.canonical import SPECS, CanonicalTables
from skiptrace.project import Source
from skiptrace.schema import REJECTS
from skiptrace.store.tables import read_table
from tests.jobs.projects import PARTS, Finished
from tests.jobs.work import bare


def test_a_task_that_is_run_again_writes_the_same_files(finished: Finished) -> None:
    work = str(finished.setup.work)
    before = intake_receipts(finished.setup, "voter")[0]
    assert intake.delivery_partition(work, "voter", 0) == bare(before)
    surveys = [intake.survey_portfolio(work, number) for number in range(PARTS)]
    verdict = intake.judge_duplicates(work, surveys)["verdict"]
    assert intake.portfolio_partition(work, 1, verdict, surveys[1]["survey"]) == bare(intake_receipts(finished.setup, "portfolio")[1])


def test_a_partition_leaves_every_canonical_table(finished: Finished) -> None:
    for source in finished.setup.partitions:
        for receipt in intake_receipts(finished.setup, source):
            for name, spec in SPECS.items():
                table = read_table(receipt[name], verify=True)
                assert table.column_names == list(spec.names)
                assert table.num_rows == receipt[name]["rows"]


def test_counts_and_reasons_are_those_of_the_rejects(finished: Finished) -> None:
    found: Counter[str] = Counter()
    for source in finished.setup.partitions:
        for receipt in intake_receipts(finished.setup, source):
            rejects = read_table(receipt["rejects"]).to_pylist()
            whole = Counter(row["reason"] for row in rejects if row["column"] is None)
            assert receipt["rejected_by_reason"] == dict(whole)
            assert receipt["counts"]["rows_rejected"] == whole.total()
            found += whole
    assert "duplicate_row" in found


def test_reasons_count_whole_rows_only() -> None:
    rows = [("b", None), ("a", None), ("a", "dob"), ("b", None)]
    told = [{"source": "s", "file": "f", "row": n, "column": column, "reason": reason} for n, (reason, column) in enumerate(rows)]
    table = pa.Table.from_pylist(told, schema=REJECTS.arrow)
    assert intake.by_reason(table) == {"a": 1, "b": 2}
    assert intake.by_reason(REJECTS.empty()) == {}


@pytest.mark.parametrize(("lost", "refused"), [(5, False), (6, True)])
def test_a_list_with_the_wrong_kind_of_value_is_refused_with_counts_and_no_value(lost: int, refused: bool) -> None:
    rejects = [{"source": "dnc", "file": "d.csv", "row": n, "column": None, "reason": "not_a_number"} for n in range(lost)]
    counts = {"rows_in": 110, "rows_filtered": 10, "rows_rejected": lost, "rows_out": 100 - lost, "values_rejected": 0}
    tables = {name: spec.empty() for name, spec in SPECS.items()} | {"rejects": pa.Table.from_pylist(rejects, REJECTS.arrow)}
    given = CanonicalTables(**tables, counts=counts, until=dt.date(2030, 1, 1))
    spec = Source(name="dnc", kind="suppression", path="d.csv", purposes=("other",), columns={"list": ("list",)})
    if not refused:
        intake.refuse_unreadable(spec, "d.csv", given)
        return
    with pytest.raises(DataRefused, match="wrong kind of value") as caught:
        intake.refuse_unreadable(spec, "d.csv", given)
    assert "6 of 100 rows cannot be used: not_a_number 6" in str(caught.value)
