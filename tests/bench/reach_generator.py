"""Uses of the sample project whose true probability is known, with what the scores know of them: what `bench-reach` learns from.

A sample project is made and linked, its points are made as a run of the day before the attempts would have had them, and every
use of `truth/uses.parquet` is laid beside it. Outcomes are then drawn from the true probability, as many as are wanted.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jobs import cluster, outcomes, publish
from jobs.demo import shares
from jobs.demo.project import AS_OF, DemoFiles, make
from jobs.pipeline import Options
from jobs.prepare import prepare
from jobs.setup import Setup, write_plan
from jobs.train_reach import Teacher
from skiptrace.reach.fitting import Lessons
from skiptrace.reach.lessons import of_channel
from skiptrace.schema.working import ATTEMPTS
from skiptrace.store.permissions import private_folder


@dataclass(frozen=True)
class Known:
    """Uses of one channel that a run knows: lessons (their `reached` means nothing yet), and the true probability of each that
    an attempt reaches the consumer (float64 [n])."""

    lessons: Lessons
    truth: np.ndarray

    def take(self, rows: np.ndarray) -> Known:
        """Some of them."""
        return Known(self.lessons.take(rows), self.truth[rows])

    def drawn(self, rng: np.random.Generator) -> Lessons:
        """One outcome for each, drawn from the truth."""
        return replace(self.lessons, reached=rng.random(len(self.truth)) < self.truth)


def known_uses(folder: Path, accounts: int, seed: int) -> dict[str, Known]:
    """By channel, every use with a known probability that a run knows, of a sample project of so many accounts."""
    files = make(folder, accounts, seed)
    prepared = prepare(folder, Options(scheduler="sync"))
    private, runs = private_folder(folder / ".skiptrace"), private_folder(folder / "runs")
    setup = replace(prepared.setup, work=private / "work" / "bench-reach")
    options = Options(scheduler="sync")
    write_plan(setup, prepared.text)
    with cluster.spread_for(prepared, options, private) as compute:
        return _known(Teacher(replace(prepared, setup=setup), options, lambda step, done, total: None, runs, compute), setup, files)


def _known(teacher: Teacher, setup: Setup, files: DemoFiles) -> dict[str, Known]:
    found = teacher.linked()
    told = pq.read_table(files.truth["uses"])
    day = AS_OF - dt.timedelta(days=shares.FILES_AGE_DAYS - 1)
    noon = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(12), dt.UTC)
    n = len(told)
    # the number of the use travels as the name of the delivery
    columns = {"occurred_at": pa.repeat(noon, n), "source": pa.array(np.arange(n)).cast(pa.string()), "reached": pa.repeat(False, n)}
    tried = pa.table({name: columns.get(name, told[name] if name in told.column_names else None) for name in ATTEMPTS.names})
    rows, _ = teacher.lessons(found, outcomes.events(setup), tried.cast(ATTEMPTS.arrow), day)
    publish.clear(setup.work)
    out = {}
    for channel in sorted(set(told["channel"].to_pylist())):
        some, table = of_channel(rows, channel)
        truth = told["p_reached"].take(pc.cast(table["source"], pa.int64())).to_numpy()
        out[channel] = Known(some, truth)
    return out
