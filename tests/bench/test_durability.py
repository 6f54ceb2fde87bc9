from __future__ import annotations

import pytest

from tests.bench.durability import WORKERS, figures, schedule, simulated


def test_a_step_begins_when_the_one_before_has_ended() -> None:
    assert schedule([[1.0, 1.0, 1.0], [2.0]], 2) == 4.0
    assert schedule([[3.0, 1.0, 1.0, 1.0], []], 2) == 3.0


def test_what_one_worker_does_bounds_the_speed() -> None:
    assert simulated({"link": [1.0] * WORKERS}) == pytest.approx(WORKERS)
    both = {"link": [1.0, 1.0], "resolve": [2.0]}
    assert simulated(both, WORKERS) == pytest.approx(2 * WORKERS / (WORKERS + 1))
    assert simulated(both, WORKERS, ("resolve",)) == pytest.approx(WORKERS)


def test_a_kind_that_came_once_is_no_task_per_partition() -> None:
    assert simulated({"link": [1.0, 1.0], "group": [2.0]}, WORKERS) == pytest.approx(2 * WORKERS / (WORKERS + 1))


def test_runs_that_left_other_bytes_do_not_hold() -> None:
    told = {"cpu": 10.0, "tasks_cpu": 9.0, "seconds": 5.0, "durable": 0.2, "metered": {"link": [9.0], "driver": [1.0]}, "content": "x"}
    found = {figure.name: figure for figure in figures({"one": told, "two": told | {"cpu": 12.0, "content": "y"}})}
    assert found["flushes, links, receipts, hashes"].value == 2.0
    assert found["CPU of two workers beside one"].holds is False
    assert found["same bytes: one, two"].holds is False
    assert {figure.name: figure for figure in figures({"one": told, "two": told})}["same bytes: one, two"].holds
