from __future__ import annotations

import random
from typing import Any

import pyarrow as pa
import pytest

from skiptrace.errors import DataRefused
from skiptrace.report.facts import summarise
from skiptrace.report.model import ReportInput
from tests.report.by_hand import REPORT, RUN, TABLES
from tests.report.sample import AS_OF, RULES, WORDING


def test_the_figures_do_not_depend_on_the_order_ofrows() -> None:
    def shuffled(table: pa.Table) -> pa.Table:
        order = list(range(table.num_rows))
        random.Random(3).shuffle(order)
        return table.take(order)

    assert summarise({name: shuffled(table) for name, table in TABLES.items()}, RUN, RULES, WORDING) == REPORT


def test_an_empty_run_has_figures_too() -> None:
    report = summarise(
        {name: table.slice(0, 0) for name, table in TABLES.items()}, {"name": "x", "as_of": "2026-06-30"}
    )
    assert isinstance(report, ReportInput)
    assert (report.summary.accounts, report.uses, report.channels, report.sources, report.timings) == (0, 0, (), (), ())
    assert report.as_of == AS_OF


@pytest.mark.parametrize(
    "run", [{}, {"name": "x"}, {"name": "", "as_of": "2026-06-30"}, {"name": "x", "as_of": "soon"}]
)
def test_a_ledger_without_name_or_day_is_refused(run: dict[str, Any]) -> None:
    with pytest.raises(DataRefused, match="name, as_of"):
        summarise(TABLES, run)


def test_steps_of_the_run_come_in_the_order_they_ran() -> None:
    run = RUN | {
        "timings": {"settle": {"seconds": 1.25}, "own": {"seconds": 2}, "intake": {"seconds": 0.5, "peak_bytes": 7}}
    }
    timings = summarise(TABLES, run).timings
    assert [timing.step for timing in timings] == ["intake", "settle", "own"]
    assert [timing.peak_bytes for timing in timings] == [7, None, None]


def test_notes_of_the_run_are_kept() -> None:
    assert summarise(TABLES, RUN | {"warnings": ["the list dnc is 40 days old"]}).warnings == (
        "the list dnc is 40 days old",
    )
