from __future__ import annotations

import sys
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from jobs import metrics
from jobs.metrics import Ended
from skiptrace.errors import ConfigError, StoreUnavailable
from skiptrace.results import latest
from tests.jobs.projects import Finished


def values(file: Path) -> dict[tuple[str, ...], float]:
    """Of each sample its name and labels but the project's, as a parser of Prometheus reads them."""
    found = {}
    for family in text_string_to_metric_families(file.read_text()):
        for sample in family.samples:
            assert sample.labels["project"] == "p"
            found[(sample.name, *(value for name, value in sample.labels.items() if name != "project"))] = sample.value
    return found


def test_a_run_that_ended_well_says_what_it_did(finished: Finished, tmp_path: Path) -> None:
    ledger = latest(finished.folder).ledger
    place, tasks = tmp_path / "skiptrace.prom", {"all": 9, "run": 4, "repeated": 1}
    metrics.write(place, Ended("p", "nightly", 0, 1000.0, 2.5, tasks, ledger, {"contact": 0.5}, 990.0))
    found = values(place)
    assert found["skiptrace_last_exit_code",] == 0
    assert (found["skiptrace_last_end_timestamp_seconds",], found["skiptrace_last_success_timestamp_seconds",]) == (1000, 990)
    assert (found["skiptrace_tasks", "run"], found["skiptrace_tasks", "repeated"], found["skiptrace_tasks_resumed",]) == (4, 1, 5)
    for source, count in ledger["counts"].items():
        rejected = sum(value for name, value in found.items() if name[0] == "skiptrace_rows_rejected" and source in name)
        assert found["skiptrace_rows_in", source] == count["rows_in"]
        assert rejected == sum(count["rejected"].values())
    assert found["skiptrace_table_rows", "accounts"] == ledger["tables"]["accounts"]["rows"]
    assert found["skiptrace_source_cost", "contact"] == 0.5 * ledger["linked_by"]["contact"] > 0
    assert found["skiptrace_step_cpu_seconds", "link"] == ledger["timings"]["link"]["cpu_seconds"]
    assert place.stat().st_mode & 0o777 == 0o644
    assert [file.name for file in tmp_path.iterdir()] == ["skiptrace.prom"]


def test_a_run_that_failed_says_how_and_what_was_published_before(tmp_path: Path) -> None:
    metrics.write(tmp_path / "m", Ended("p", "nightly", 0, 1000.0, 2.5))
    metrics.write(tmp_path / "m", Ended("p", "nightly", 75, 2000.0, 1.0, published=500.0))
    assert values(tmp_path / "m") == {
        ("skiptrace_last_exit_code",): 75, ("skiptrace_last_end_timestamp_seconds",): 2000,
        ("skiptrace_last_duration_seconds",): 1, ("skiptrace_last_success_timestamp_seconds",): 500,
    }  # fmt: skip


def test_what_cannot_be_written_is_told_before_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    metrics.refuse_unusable(tmp_path / "m")
    with pytest.raises(ConfigError, match="names a folder that is not there"):
        metrics.refuse_unusable(tmp_path / "nowhere" / "m")
    with pytest.raises(StoreUnavailable, match=r"correct \[monitoring\] metrics"):
        metrics.write(tmp_path / "nowhere" / "m", Ended("p", "run", 0, 1.0, 1.0))
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with pytest.raises(ConfigError, match=r'pip install "skiptrace\[metrics\]"'):
        metrics.refuse_unusable(tmp_path / "m")
