"""Metrics of a run for Prometheus: a text file that a node exporter reads, replaced whole at each end of a run. Counts and seconds only."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from skiptrace.errors import ConfigError, Problem, StoreUnavailable

PREFIX = "skiptrace_"
Plain = Mapping[str, Any]


@dataclass(frozen=True)
class Ended:
    """How a run ended: the project's name, the command, exit code, when (seconds since 1970) and after how many seconds; of its tasks how
    many there were, were run and were begun again; its ledger where it is published (empty: it is not), what its sources cost where they
    have a price, and when a run of the project was published last."""

    name: str
    command: str
    code: int
    at: float
    seconds: float
    tasks: Plain = field(default_factory=dict)
    ledger: Plain = field(default_factory=dict)
    prices: Mapping[str, float] = field(default_factory=dict)
    published: float | None = None


def refuse_unusable(place: Path) -> None:
    """Raise ConfigError (exit 2) where the library is not installed, or the file's folder is not there: before a run, not after it."""
    _library("")
    if not place.parent.is_dir():
        problem = Problem("skiptrace.toml", "monitoring.metrics", "names a folder that is not there", "make it, or correct the path")
        raise ConfigError("metrics cannot be written", (problem,))


def write(place: Path, ended: Ended) -> None:
    """Replace the file. Others may read it: there is no value of a person in it. Raises StoreUnavailable (69) where the disk refuses."""
    content = _text(ended)
    try:
        handle, temporary = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}-")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), 0o644)
        os.replace(temporary, place)
    except OSError as error:
        raise StoreUnavailable(f"{place.name}: {os.strerror(error.errno or 0)} — correct [monitoring] metrics") from None


def _text(ended: Ended) -> bytes:
    registry, gauge = _library(ended.name)
    gauge("last_exit_code", "Exit code of the last run; 0 is good, 4 holds exports, 75 may be run again.", ended.code)
    gauge("last_end_timestamp_seconds", "When the last run ended, well or not.", ended.at)
    gauge("last_duration_seconds", "How long the last run took.", ended.seconds)
    if ended.published is not None:
        gauge("last_success_timestamp_seconds", "When a run was published last.", ended.published)
    for kind, count in ended.tasks.items():
        gauge("tasks", "Tasks of the last run: all, run by it, begun again because a worker had died.", count, kind=kind)
    if ended.tasks:
        gauge("tasks_resumed", "Tasks of the last run that an earlier attempt had done.", ended.tasks["all"] - ended.tasks["run"])
    if ended.ledger:
        _of_ledger(gauge, ended.ledger, ended.prices)
    return _library_text(registry)


def _of_ledger(gauge: Any, ledger: Plain, prices: Mapping[str, float]) -> None:
    for source, count in ledger.get("counts", {}).items():
        gauge("rows_in", "Rows of a delivery.", count["rows_in"], source=source)
        gauge("rows_out", "Rows of a delivery that were used.", count["rows_out"], source=source)
        for reason, rows in count["rejected"].items():
            gauge("rows_rejected", "Rows of a delivery that were rejected.", rows, source=source, reason=reason)
    for table, entry in ledger["tables"].items():
        gauge("table_rows", "Rows of a published table.", entry["rows"], table=table)
    for step, spent in ledger.get("timings", {}).items():
        gauge("step_cpu_seconds", "Processor time of a step.", spent.get("cpu_seconds", 0.0), step=step)
        gauge("peak_memory_bytes", "Memory of the largest process up to a step's end.", spent.get("peak_bytes", 0), step=step)
    gauge("warnings", "Notes of the run.", len(ledger.get("warnings", ())))
    gauge("alerts", "Alerts of the run.", ledger.get("alerts", {}).get("alerts", 0))
    for source, price in prices.items():
        cost = price * ledger.get("linked_by", {}).get(source, 0)
        gauge("source_cost", "Accounts that a source linked, times its price, in the balance's currency.", cost, source=source)


def _library(project: str) -> tuple[Any, Any]:
    """A registry, and a function that sets a gauge in it: name, sentence, value, labels."""
    try:
        from prometheus_client import CollectorRegistry, Gauge
    except ImportError:
        problem = Problem("skiptrace.toml", "monitoring.metrics", "needs prometheus-client", 'pip install "skiptrace[metrics]"')
        raise ConfigError("metrics cannot be written", (problem,)) from None
    registry, known = CollectorRegistry(), dict[str, Any]()

    def gauge(name: str, sentence: str, value: float, **labels: str) -> None:
        if name not in known:
            known[name] = Gauge(PREFIX + name, sentence, ["project", *labels], registry=registry)
        known[name].labels(project=project, **labels).set(value)

    return registry, gauge


def _library_text(registry: Any) -> bytes:
    from prometheus_client import generate_latest

    text: bytes = generate_latest(registry)
    return text
