"""CPU seconds and memory from a portfolio to its links, on generated sets: beside the peer, and at full size.

    SPEED=100000x1000000    accounts x records of the comparison with the peer
    BIG=1                   the same without the peer on 1,000,000 x 10,000,000 (BIG_SIZE=)
    CACHE=/path             where generated sets are kept (default: a temporary folder)

A first run reads the reference and is not measured. Every other is made in one process that has linked a small set of
the same kind before, so that nothing is imported, compiled or loaded while it lasts. CPU seconds are those of the
tasks, as their receipts say. Without an index, the index, the model, the persons of the reference and the links are
made; with one, all of these but the links are there. The peer's seconds are those it reports of training and
prediction: its normalising is left out, and so is ours; what the whole steps cost stands beside. Finding consumers
within the portfolio is no part of the comparison, the peer does nothing like it. Memory is the most that the one
process had until the links were there.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench import linkage_measure as measure
from tests.bench.linkage_peer import run_peer
from tests.bench.linkage_product import make_project, run, run_warm, tasks, work_links
from tests.bench.linkage_projects import generated
from tests.bench.linkage_quality import Sheet
from tests.bench.linkage_truth import judge, load_truth
from tests.bench.report import Figure

TIMES = 3
SHARE_WITH_INDEX, SHARE_WITHOUT = 0.1, 0.5
LEARNING = ("learn", "learn-reference", "resolve", "learn-persons")
"""Kinds of task that a project's first run has and later ones lack, all else being the same."""
READING = ("survey", "verdict", "intake")
"""Those that read the portfolio."""
PEER_RULES = "tight8"
"""The peer's cheaper rule set, and at size its better one."""
BIG_SIZE = "1000000x10000000"
FEW = 10_000
"""Accounts of a night in which few have changed."""
BIG_TARGETS = {
    "index": 120.0, "index_peak_memory": 4_000, "entities": 240.0, "link": 40.0, "link_peak_memory": 3_000, "few_changed": 1.0,
    "f1": 0.972, "recall_at_p999": 0.84,
}  # fmt: skip
"""Of that size, and of no other."""

Steps = Mapping[str, Any]


@contextmanager
def _cache(environ: Mapping[str, str]) -> Iterator[Path]:
    if environ.get("CACHE"):
        yield Path(environ["CACHE"])
    else:
        with tempfile.TemporaryDirectory(prefix="skiptrace-bench-") as folder:
            yield Path(folder)


def _size(text: str) -> tuple[int, int]:
    accounts, _, records = text.partition("x")
    return int(accounts), int(records)


def _small(environ: Mapping[str, str], cache: Path, scratch: Path) -> Path:
    """A small project of the same kind, to be run before each measured one."""
    data, reason = generated(environ, cache, 2_000, 20_000)
    if data is None:  # the large set was made by the same program just before
        raise RuntimeError(reason)
    return make_project(data, scratch / "small")


class _Project:
    """A project whose reference has been read by a run of its own, and whose runs are repeated."""

    def __init__(self, data: Path, folder: Path, accounts: int, small: Path) -> None:
        self.folder, self._limit, self._small = make_project(data, folder), accounts, small
        self.failure = run(self.folder, "--to", "intake").failure()

    def anew(self, *gone: str) -> Steps | None:
        """Timings of a run after parts of what earlier runs left were removed; `index` takes all that rests on it too."""
        for name in gone:
            shutil.rmtree(self.folder / name if name == "runs" else self.folder / ".skiptrace" / name, ignore_errors=True)
        return self._run()

    def again(self) -> Steps | None:
        """Timings of a further run on the same portfolio that finds everything made: a limit that limits nothing makes
        it another run."""
        self._limit += 1
        return self._run(self._limit)

    def some(self, accounts: int) -> Steps | None:
        """Timings of a run on the first accounts of the same portfolio."""
        return self._run(accounts)

    def _run(self, limit: int = 0) -> Steps | None:
        self.failure = self.failure or run_warm(self._small, self.folder, limit).failure()
        return None if self.failure else tasks(self.folder)


def _cpu(steps: Steps, *kinds: str) -> float:
    """CPU seconds of these kinds of task."""
    return float(sum(steps[kind]["cpu_seconds"] for kind in kinds if kind in steps))


def _median_cpu(runs: list[Steps | None], *kinds: str) -> float | None:
    known = [_cpu(steps, *kinds) for steps in runs if steps is not None]
    return round(statistics.median(known), 2) if known and len(known) == len(runs) else None


def _megabytes(runs: list[Steps | None], kind: str) -> float | None:
    known = [steps[kind]["peak_bytes"] for steps in runs if steps is not None]
    return round(statistics.median(known) / 1e6) if known and len(known) == len(runs) else None


ALL = ("index", "entities", "models", "work", "runs")


def figures(environ: Mapping[str, str]) -> list[Figure]:
    """The comparison with the peer."""
    accounts, records = _size(environ.get("SPEED") or "100000x1000000")
    without: list[Steps | None] = []
    with_index: list[Steps | None] = []
    peer, failure, peer_failure = None, "", ""
    with _cache(environ) as cache, tempfile.TemporaryDirectory(prefix="skiptrace-bench-") as scratch:
        data, reason = generated(environ, cache, accounts, records)
        if data is None:
            failure = peer_failure = reason
        else:
            project = _Project(data, Path(scratch) / "project", accounts, _small(environ, cache, Path(scratch)))
            without = [project.anew(*ALL) for _ in range(TIMES)]
            with_index = [project.again() for _ in range(TIMES)]
            failure = project.failure
            found, peer_failure = run_peer(environ, data, Path(scratch) / "peer", PEER_RULES)
            peer = found.said if found else None
    sheet = Sheet(f"speed_{accounts}x{records}", failure, peer_failure)
    spent = None if peer is None else float(peer["train_cpu_s"] + peer["predict_cpu_s"])
    sheet.against("portfolio_to_links", _median_cpu(with_index, "link"),
                  "CPU s, index there", spent, lambda value: value * SHARE_WITH_INDEX, at_most=True)  # fmt: skip
    sheet.against("index_entities_links", _median_cpu(without, "index", *LEARNING, "link"), "CPU s, index made in the run", spent,
                  lambda value: value * SHARE_WITHOUT, at_most=True)  # fmt: skip
    sheet.peer("train_and_predict", spent, f"CPU s, {PEER_RULES}")
    sheet.peer("normalise", peer and peer["normalise_cpu_s"], "CPU s")
    sheet.peer("peak_memory", peer and peer["peak_rss_mb"], "MB")
    whole = _median_cpu(with_index, *READING, "index", "link", "consumers")
    sheet.ours("whole_index_there", whole, "CPU s, portfolio read, consumers found")
    for kind in ("index", *LEARNING, "link", "consumers"):
        sheet.ours(f"{kind}_tasks", _median_cpu(without, kind), "CPU s, index made")
    sheet.ours("peak_memory_index_there", _megabytes(with_index, "link"), "MB")
    sheet.ours("peak_memory_index_made", _megabytes(without, "link"), "MB")
    return sheet.figures


def big(environ: Mapping[str, str]) -> list[Figure]:
    """The full size: index, persons of the reference, links, quality. Once each, and only if asked for."""
    accounts, records = _size(environ.get("BIG_SIZE") or BIG_SIZE)
    made: Steps | None = None
    later: Steps | None = None
    few: Steps | None = None
    f1, recall, failure = None, None, ""
    if environ.get("BIG") != "1":
        failure = "BIG=1 not given"
    else:
        with _cache(environ) as cache, tempfile.TemporaryDirectory(prefix="skiptrace-bench-") as scratch:
            data, failure = generated(environ, cache, accounts, records)
            if data is not None:
                project = _Project(data, Path(scratch) / "project", accounts, _small(environ, cache, Path(scratch)))
                made = project.anew()
                later = project.again() if made else None
                if later is not None:
                    curve = measure.account_curve(judge(work_links(project.folder), load_truth(data)).tops)
                    f1, recall = curve.best_f1(), curve.recall_at(0.999)
                few = project.some(FEW) if later else None
                failure = project.failure
    sheet = Sheet(f"big_{accounts}x{records}", failure, "")
    targets = BIG_TARGETS if f"{accounts}x{records}" == BIG_SIZE else {}
    for label, value, unit in (
        ("index", made and _cpu(made, "index"), "CPU s"),
        ("index_peak_memory", _megabytes([made], "index"), "MB"),
        ("entities", made and round(_cpu(made, "resolve"), 2), "CPU s"),
        ("link", later and round(_cpu(later, "link"), 2), "CPU s, all else there, links written"),
        ("consumers", later and round(_cpu(later, "consumers"), 2), "CPU s"),
        ("link_peak_memory", _megabytes([later], "link"), "MB"),
        ("few_changed", few and round(_cpu(few, "link"), 2), f"CPU s, {FEW:,} accounts linked, all else there"),
    ):
        sheet.ours(label, value, unit, targets.get(label), at_most=True)
    sheet.ours("f1", f1, "share, best of accounts", targets.get("f1"))
    sheet.ours("recall_at_p999", recall, "share, accounts at precision >= 0.999", targets.get("recall_at_p999"))
    return sheet.figures
