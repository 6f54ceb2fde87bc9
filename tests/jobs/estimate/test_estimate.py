from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from jobs.estimate.estimate import estimate
from jobs.pipeline import Options
from skiptrace.errors import DataRefused
from skiptrace.vocabulary import STEPS
from tests.jobs.estimate.conftest import LATER, Planned, make_priced


def test_a_plan_of_a_small_project_counts_pairs_exactly(planned: Planned) -> None:
    linkage, pairs = planned.run.ledger["linkage"], planned.first["pairs"]
    assert pairs["by_keys"] == linkage["pairs_by_keys"] > 0
    by_key = {one["key"]: {name: one[name] for name in linkage["blocking"][one["key"]]} for one in pairs["keys"]}
    assert by_key == linkage["blocking"]
    assert pairs["low"] == pairs["high"] == pairs["compared"]


def test_it_writes_its_own_numbers_and_nothing_else(planned: Planned) -> None:
    (file,) = planned.after - planned.before
    assert file.startswith(".skiptrace/plans/")
    assert planned.first["kept"]


def test_the_run_that_was_planned_is_the_run_that_is_made(planned: Planned) -> None:
    assert planned.first["run_id"] == planned.outcome.run_id
    told = planned.run.ledger["plan"]
    assert told["pairs"]["by_keys"] == planned.first["pairs"]["by_keys"]
    assert (told["cpu_seconds"], told["steps"]) == (planned.first["cpu_seconds"], planned.first["steps"])
    assert "What was planned before the run, and what happened" in (planned.run.folder / "report.html").read_text()


def test_steps_workers_memory_time_and_disk_are_told(planned: Planned) -> None:
    told = planned.first
    assert tuple(told["steps"]) == STEPS[:-1]
    assert told["partitions"] == 2
    assert told["machine"]["scheduler"] == "sync"
    assert told["machine"]["workers_that_fit"] >= 1
    steps = told["steps"].values()
    assert told["peak_bytes"] == max(step["peak_bytes"] for step in steps) > 0
    assert told["cpu_seconds"] > sum(step["cpu_seconds"] for step in steps) > 0
    assert told["disk"]["left"] >= 0
    assert told["costs_from"] == "shipped"


def test_a_later_run_reads_nothing_twice_and_learns_from_the_one_before(planned: Planned) -> None:
    told = planned.again
    assert told["new"] == {"rows": 0, "records": 0, "learns": False, "resolves": False}
    assert told["costs_from"] == planned.outcome.run_id
    assert told["pairs"]["sample"]["records_of"] == 0
    assert told["pairs"]["by_keys"] == planned.run.ledger["linkage"]["pairs_by_keys"]
    assert told["pairs"]["compared"] == planned.run.ledger["linkage"]["pairs"]


def test_a_published_run_is_said_to_be_done_and_no_estimate_of_it_is_kept(planned: Planned) -> None:
    told = estimate(planned.folder, Options())
    assert (told["published"], told["kept"]) == (True, False)


def test_no_value_of_a_person_is_told(planned: Planned) -> None:
    for told in (planned.first, planned.again):
        text = json.dumps(told)
        assert not any(word in text for word in ("Quimby", "QUIMBY", "Maple", "253555", "A001", "R001"))


def test_a_sample_is_read_where_it_is_asked_for(planned: Planned) -> None:
    told = estimate(planned.folder, Options(as_of=LATER), share=0.5)
    assert told["pairs"]["sample"]["accounts"] == 6
    assert told["pairs"]["low"] < told["pairs"]["compared"] < told["pairs"]["high"]
    assert not told["kept"]  # the first estimate of a run stands


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("portfolio.csv", "account_id,first_name,last_name,dob,street,city,state,zip,phone,balance,attorney\n"),
        ("header.csv", "record_id,first_name\n\x00\x01\x02"),
    ],
)
def test_what_check_refuses_is_refused(file: str, content: str, tmp_path: Path) -> None:
    folder = make_priced(tmp_path / "project")
    (folder / file).write_text(content)
    with pytest.raises(DataRefused):
        estimate(folder, Options())
    assert not (folder / ".skiptrace" / "plans").exists()


def test_a_portfolio_without_account_numbers_is_refused_as_a_run_does(tmp_path: Path) -> None:
    folder = make_priced(tmp_path / "project")
    file = folder / "portfolio.csv"
    file.write_text(re.sub(r"^A\d+", "", file.read_text(), flags=re.MULTILINE))
    with pytest.raises(DataRefused, match="portfolio"):
        estimate(folder, Options())
