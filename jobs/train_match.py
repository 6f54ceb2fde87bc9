"""Learning the match model anew, on request: the steps of a run up to the index, then the model of the deliveries."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from jobs import cluster, models, publish
from jobs.locking import locked
from jobs.pipeline import Driver, Observe, Options
from jobs.prepare import prepare
from skiptrace.errors import DataRefused
from skiptrace.ids import digest
from skiptrace.project import PRIVATE, home_of
from skiptrace.store.permissions import private_folder, refuse_unsafe
from skiptrace.store.places import Place
from skiptrace.store.probe import refuse_liar


def train_match(
    folder: Path, options: Options, observe: Observe, known: pa.Table | None = None, answers: pa.Table | None = None
) -> Place:  # fmt: skip
    """Learn the match model anew from the project's deliveries, with `known` pairs (see `jobs.labels`) where there are some, set it right
    by `answers` of people (`jobs.review.recalibrated`), and make it the one of later runs; the one before stays beside it. Returns its
    file. Raises as `run`."""
    root = home_of(folder).resolve()
    refuse_liar(root / PRIVATE)
    prepared = prepare(folder, options)
    key = prepared.inputs if known is None else digest("labelled", prepared.inputs, known.to_pylist())
    refuse_unsafe(root)
    private, runs = private_folder(root / PRIVATE), private_folder(root / "runs")
    with locked(private):
        if answers is None and (file := models.model_file(private, key)).is_file():
            models.adopt(private, key)
            return file
        made = key if answers is None else digest("answers", key, answers.to_pylist())
        setup = replace(prepared.setup, run_key=made, work=private / "work" / f"learn-{made}")
        try:
            with cluster.spread_for(prepared, options, private) as compute:
                file = Driver(replace(prepared, setup=setup, model_key=key), options, observe, runs, compute).learn(known, answers)
        except DataRefused:  # other labels make another key: nobody would come back to this folder
            publish.clear(setup.work)
            raise
        publish.clear(setup.work)
        return file
