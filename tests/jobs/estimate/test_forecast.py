from __future__ import annotations

from dataclasses import replace

import pytest

from jobs.estimate.costs import Cost, Job, load
from jobs.estimate.forecast import Machine, around, disk, makespan, shared, steps
from jobs.estimate.work import Sizes

ALONE = Machine("sync", 0, 2, 1.0)
TWO = Machine("processes", 2, 2, 1.0)
COST = Cost("screen", "screen", "use", 0.01, 0.0, 1, 1000.0, "screen")
SIZES = Sizes((100, 100), (500,), (400,), 900, 2000.0, 1400.0, learns=True, resolves=True)


def test_the_last_task_decides_when_a_step_ends() -> None:
    assert makespan([3.0, 1.0, 1.0, 1.0], 2) == 3.0
    assert makespan([2.0, 2.0, 2.0], 2) == 4.0
    assert makespan([2.0, 2.0, 2.0], 1) == 6.0


def test_workers_share_the_time_by_the_clock_and_not_the_cpu() -> None:
    jobs = [Job(COST, (1000.0, 1000.0))]
    one, two = ({step.name: step for step in steps(load(), jobs, machine, 0.0)} for machine in (ALONE, TWO))
    assert one["screen"].cpu_seconds == two["screen"].cpu_seconds == pytest.approx(20.0)
    assert (one["screen"].seconds, two["screen"].seconds) == (pytest.approx(20.0), pytest.approx(10.0))
    assert two["intake"].cpu_seconds == 2 * one["intake"].cpu_seconds  # each loads what it needs


def test_memory_is_that_of_the_largest_task_and_stays_at_its_most() -> None:
    found = steps(load(), [Job(COST, (1000.0, 5e6))], TWO, 0.0)
    base = load().process["bytes"]
    assert [step.peak_bytes for step in found if step.name in ("score", "screen", "settle")] == [base, base + 5e9, base + 5e9]


def test_a_busy_machine_stretches_the_clock_more_where_more_workers_share_it() -> None:
    assert shared(1.05, TWO) == 1.0
    assert shared(2.0, ALONE) == 2.0
    assert shared(2.0, TWO) == 2.5
    calm, busy = (around(load(), SIZES, replace(TWO, stretch=stretch), 1.0) for stretch in (1.0, 2.0))
    assert calm[0] == busy[0]
    assert busy[1] == pytest.approx(2 * calm[1])


def test_reading_is_as_fast_as_these_files_were_and_believed_within_bounds() -> None:
    assert replace(ALONE, reading=2.0).factor("intake") == 2.0
    assert replace(ALONE, reading=2.0).factor("screen") == pytest.approx(2**0.5)
    assert replace(ALONE, reading=90.0).factor("intake") == 2.0
    assert ALONE.factor("intake") == 1.0


def test_processes_begin_as_slowly_as_the_one_that_plans_and_are_believed_within_bounds() -> None:
    assert ALONE.process() == ALONE.factor("") == 1.0
    assert replace(ALONE, beginning=2.5).process() == 2.5
    assert (replace(ALONE, beginning=90.0).process(), replace(ALONE, beginning=0.01).process()) == (4.0, 0.5)
    each = load().process
    calm, slow = (around(load(), SIZES, replace(TWO, beginning=factor), 0.0)[0] for factor in (1.0, 2.0))
    assert slow - calm == pytest.approx(each["start_seconds"] + each["publish_seconds"] + 2 * each["worker_seconds"])


def test_disk_counts_what_is_new_and_what_the_work_needs() -> None:
    each, found = load().disk, disk(load(), SIZES)
    assert found["working"] == each["work_account"] * 200 + each["sorting_record"] * 400
    again = disk(load(), replace(SIZES, new_rows=(), new_layers=(), resolves=False))
    assert again["left"] == each["table_account"] * 200
