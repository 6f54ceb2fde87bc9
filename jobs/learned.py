"""The match model of a run: the one that the project has, or one that is learned from this run's deliveries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jobs import labels, learn, models
from jobs.prepare import Options, Prepared
from jobs.review import recalibrated
from jobs.runner import Receipt
from jobs.sharded import Sharded
from jobs.whole import Whole
from skiptrace.store.places import Place


def match_model(
    prepared: Prepared, options: Options, linking: Whole | Sharded, one: Callable[..., Receipt], known: dict[str, Any] | None = None,
    answers: dict[str, Any] | None = None,
) -> Place:  # fmt: skip
    """The match model; the first run of a project learns it, with `known` pairs (LABELS) where there are some, and then it is set right
    by `answers` of people (LABELS), as a model of its own. A run over a part of the portfolio decides for no later one. one: runs a
    single task of a step, by its name, its function and arguments."""
    setup, key, as_of = prepared.setup, prepared.model_key, prepared.setup.as_of.isoformat()
    private, model = setup.private, models.model_file(setup.private, prepared.model_key)
    if not model.is_file():
        told = labels.known(one("learn-labels", "jobs.labels:of_records", labels=known)) if known else None
        pairs, among, unaided = linking.learn(), linking.learn_reference(), options.unaided
        first = models.fit_records(private, key, lambda: learn.counted(pairs), lambda: learn.counted(among), as_of, unaided, told)
        persons = linking.learn_persons(first)
        if known:
            told = labels.known(one("learn-known", "jobs.labels:of_persons", labels=known, entities=linking.resolve(first)))
        models.fit(private, key, first, lambda: learn.counted(persons), as_of, unaided, told)
    if answers:
        learned, key = model, recalibrated.key_of(key, answers)
        model = models.model_file(private, key)
        if not model.is_file():
            given = {"labels": answers, "model_file": str(learned), "entities": linking.resolve(learned)}
            recalibrated.make(model, learned, one("learn-answers", "jobs.review.recalibrated:judge", **given))
    if options.limit is None:
        models.adopt(private, key)
    return model
