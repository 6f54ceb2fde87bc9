from __future__ import annotations

import datetime as dt
from collections import Counter

import numpy as np

from jobs.review.answers import Answer
from jobs.review.asking import likely, questions, rows_of, tally
from tests.jobs.review.generated import Generated, answers_to
from tests.jobs.review.test_bands import made

NOW = dt.datetime(2026, 7, 1, tzinfo=dt.UTC).isoformat()


def test_the_same_run_asks_the_same_and_goes_on_where_answers_end(generated: Generated) -> None:
    frame = generated.frame("run")
    first = questions(frame, {}, 30)
    assert first == questions(frame, {}, 30)
    assert first[:10] == questions(frame, {}, 10)
    then = questions(frame, answers_to(first, generated.truth), 30)
    assert len({one.pair for one in (*first, *then)}) == 60
    assert {one.pair for one in questions(generated.frame("another"), {}, 30)} != {one.pair for one in first}


def test_most_is_asked_where_most_is_uncertain_and_every_band_is_asked(generated: Generated) -> None:
    frame = generated.frame("run")
    asked = Counter(one.band for one in questions(frame, {}, 60))
    assert len(asked) == np.count_nonzero(frame.sizes)
    rate = {edge: asked[edge] / size for edge, size in zip(frame.edges, frame.sizes.tolist(), strict=True) if size}
    assert min(rate[0.2], rate[0.5], rate[0.8]) > max(rate[0.0], rate[0.99], rate[0.999])


def test_whoever_stops_early_has_been_asked_about_what_is_linked_and_what_is_not(generated: Generated) -> None:
    linked = [one.band >= 0.8 for one in questions(generated.frame("run"), {}, 10)]
    assert 0 < sum(linked) < 10


def test_one_common_pattern_is_not_asked_twenty_times_over() -> None:
    frame = made([0.6] * 430, [1] * 400 + list(range(2, 32)))
    kinds = [int(one.record_id[1:]) < 400 for one in questions(frame, {}, 20)]
    assert 0 < sum(kinds) < 15  # 400 of 430 pairs are of one pattern, and would be 19 of 20 questions


def test_every_answer_counts_as_asked_and_only_those_that_tell_move_a_band() -> None:
    frame = made([0.6] * 6, list(range(6)))
    asked = questions(frame, {}, 3)
    said = {one.pair: Answer(one, says, "x", NOW, 0) for one, says in zip(asked, ("same", "other", "unsure"), strict=True)}
    said[("9999", "header", "R")] = next(iter(said.values()))
    known, same, told = tally(frame, said)
    assert (known.sum(), same.sum(), told.sum()) == (3, 1, 2)
    assert set(rows_of(frame, said)) == {one.pair for one in asked}
    assert len(questions(frame, said, 50)) == 3
    band = int(frame.band[0])
    assert 0.5 < likely(frame, same, told)[band] < 0.6


def test_nothing_is_asked_where_all_was_answered() -> None:
    frame = made([0.3, 0.9], [1, 2])
    asked = questions(frame, {}, 9)
    assert len(asked) == 2
    assert questions(frame, answers_to(asked, {one.pair: True for one in asked}), 9) == []
