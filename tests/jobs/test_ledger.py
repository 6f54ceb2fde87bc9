from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any, cast

import pytest

from jobs import ledger
from jobs.ledger import Timings, reconcile, totals
from jobs.setup import Setup
from skiptrace.errors import DataRefused
from skiptrace.results import latest
from tests.jobs.projects import Finished


def receipt(rows_in: int, out: int, filtered: int = 0, values: int = 0, **rejected: int) -> dict[str, Any]:
    counts = {
        "rows_in": rows_in, "rows_out": out, "rows_filtered": filtered, "values_rejected": values,
        "rows_rejected": sum(rejected.values()),
    }  # fmt: skip
    told = {"rejected_by_reason": rejected, "values_by_column": {"phone": {"two_values": values}} if values else {}}
    return {"counts": counts, **told, "filled": {"records": out, "dob": out // 2}}


COUNTS = {
    "portfolio": totals([receipt(10, 8, duplicate_row=2)]),
    "header": totals([receipt(5, 3, filtered=1, record_id_missing=1)]),
}
EXPECTED = {"portfolio": 10, "header": 5}
TABLES = {"accounts": {"rows": 8}, "channels": {"rows": 20}, "decisions": {"rows": 20}}


def test_totals_add_up_partitions_and_reasons_in_order() -> None:
    found = totals([receipt(5, 3, filtered=1, values=2, b=1), receipt(7, 4, values=1, a=2, b=1), receipt(0, 0)])
    assert found == {
        "rows_in": 12, "rows_out": 7, "filtered": 1, "rejected": {"a": 2, "b": 2}, "values_rejected": 3,
        "values_by_column": {"phone": {"two_values": 3}}, "filled": {"records": 7, "dob": 3},
    }  # fmt: skip
    read_before = {key: value for key, value in receipt(1, 1).items() if key != "filled"}
    assert totals([receipt(5, 3), read_before])["filled"] == {}
    assert list(found["rejected"]) == ["a", "b"]
    assert totals([])["rows_in"] == 0


def test_counts_that_reconcile_pass() -> None:
    reconcile(COUNTS, EXPECTED, TABLES)


def changed(**parts: dict[str, Any]) -> tuple[dict[str, Any], dict[str, int], dict[str, Any]]:
    return (
        {**COUNTS, **parts.get("counts", {})},
        {**EXPECTED, **parts.get("expected", {})},
        {**TABLES, **parts.get("tables", {})},
    )


@pytest.mark.parametrize(
    ("parts", "named"),
    [
        ({"counts": {"header": totals([receipt(5, 4)])}}, "header"),
        ({"counts": {"header": totals([receipt(5, 5, x=1)])}}, "header"),
        ({"counts": {"portfolio": totals([receipt(10, 8)])}}, "portfolio"),
        ({"expected": {"header": 6}}, "header"),
        ({"counts": {"header": totals([receipt(4, 4)])}}, "header"),
        ({"tables": {"accounts": {"rows": 7}}}, "accounts"),
        ({"tables": {"accounts": {"rows": 9}}}, "accounts"),
        ({"tables": {"decisions": {"rows": 19}}}, "decisions"),
        ({"tables": {"channels": {"rows": 19}}}, "decisions"),
    ],
)
def test_each_kind_of_mismatch_is_refused_and_named(parts: dict[str, dict[str, Any]], named: str) -> None:
    with pytest.raises(DataRefused) as refused:
        reconcile(*changed(**parts))
    assert refused.value.exit_code == 3
    assert [problem.file for problem in refused.value.problems] == [named]


def test_all_mismatches_are_told_at_once() -> None:
    with pytest.raises(DataRefused) as refused:
        reconcile(*changed(expected={"header": 6, "portfolio": 11}, tables={"decisions": {"rows": 0}}))
    assert [problem.file for problem in refused.value.problems] == ["header", "portfolio", "decisions"]


def test_a_step_is_timed_even_when_it_fails() -> None:
    timings = Timings()
    with timings.step("intake"):
        pass
    with pytest.raises(ValueError, match="no"), timings.step("link"):
        raise ValueError("no")
    assert list(timings.steps) == ["intake", "link"]
    for figures in timings.steps.values():
        assert set(figures) == {"seconds", "cpu_seconds", "peak_bytes", "tasks"}
        assert figures["seconds"] >= 0
        assert figures["peak_bytes"] > 1 << 20


def test_tasks_of_other_processes_are_counted_and_our_own_not_twice() -> None:
    timings = Timings()
    with timings.step("intake"):
        timings.spent({"cost": {"cpu_seconds": 100.0, "peak_bytes": 10**15, "process": -1}}, "intake")
        timings.spent({"cost": {"cpu_seconds": 1000.0, "peak_bytes": 10**16, "process": os.getpid()}}, "survey")
    with timings.step("link"):
        pass
    assert 100 <= timings.steps["intake"]["cpu_seconds"] < 200
    assert timings.steps["intake"]["tasks"] == {"intake": 100.0, "survey": 1000.0}
    assert timings.steps["link"]["tasks"] == {}
    assert timings.steps["link"]["cpu_seconds"] < 100
    assert timings.steps["intake"]["peak_bytes"] == timings.steps["link"]["peak_bytes"] == 10**15


def test_the_ledger_tells_the_price_of_a_source_that_has_one(finished: Finished) -> None:
    prices = {source.name: source.cost_per_record for source in finished.setup.project.source}
    told = {entry["name"]: entry.get("cost_per_record", 0.0) for entry in latest(finished.folder).ledger["sources"]}
    assert told == prices
    priced = SimpleNamespace(project=SimpleNamespace(source=[SimpleNamespace(name="header", cost_per_record=0.02)]))
    assert ledger._price(cast(Setup, priced), "header") == {"cost_per_record": 0.02}
    assert ledger._price(cast(Setup, priced), "voter") == {}
