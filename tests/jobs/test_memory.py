from __future__ import annotations

import os
from pathlib import Path

import psutil
import pyarrow as pa
import pytest

from jobs import memory
from jobs.memory import available, budget, give_back
from skiptrace.project.model import Runtime


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight cores and 10 GB, of which workers may hold eight."""
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.setattr(memory, "available", lambda: 10_000_000_000)


def test_workers_share_the_machine_where_nothing_is_stated() -> None:
    assert budget(Runtime()) == (8, 1_000_000_000)


def test_as_many_workers_as_fit_at_the_stated_memory() -> None:
    assert budget(Runtime(memory_limit="3GB")) == (2, 3_000_000_000)
    assert budget(Runtime(memory_limit="30GB")) == (1, 30_000_000_000)
    assert budget(Runtime(memory_limit="100MB")) == (8, 100_000_000)


def test_what_is_stated_is_taken() -> None:
    assert budget(Runtime(workers=4)) == (4, 2_000_000_000)
    assert budget(Runtime(workers=2, memory_limit="3GB")) == (2, 3_000_000_000)


@pytest.mark.parametrize(("limit", "found"), [("1000\n", 1000), ("max\n", None), (None, None)])
def test_a_container_has_less_than_its_machine(
    limit: str | None, found: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(memory, "_CGROUP", tmp_path / "memory.max")
    if limit is not None:
        (tmp_path / "memory.max").write_text(limit)
    assert available() == (found or psutil.virtual_memory().total)


def test_what_is_freed_is_given_back() -> None:
    pool, process = pa.default_memory_pool(), psutil.Process()
    held = [pa.nulls(2_000_000, pa.int64()).fill_null(1) for _ in range(12)]
    full = process.memory_info().rss
    assert pool.bytes_allocated() > 150_000_000
    del held
    give_back()
    assert process.memory_info().rss < full - 100_000_000
