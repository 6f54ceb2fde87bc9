from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from jobs.review.answers import Answer, Pair, Question
from jobs.review.asking import questions
from jobs.review.bands import Frame
from jobs.review.gauge import NEAR, estimate, gauge, weights
from tests.jobs.review.generated import Generated, answers_to
from tests.jobs.review.test_bands import made

SEEDS = 120


def true_figures(generated: Generated, frame: Frame) -> tuple[float, float]:
    linked = frame.accepted[frame.band]
    return float(generated.true[linked].mean()), float((generated.true & linked).sum() / generated.true.sum())


@pytest.mark.parametrize("count", [60, 200])
def test_an_oracles_answers_hold_the_true_precision_and_recall_in_nine_of_ten_samples(generated: Generated, count: int) -> None:
    precision, recall, values = list[bool](), list[bool](), list[float]()
    for seed in range(SEEDS):
        frame = generated.frame(f"run-{seed}")
        mine, theirs = estimate(frame, answers_to(questions(frame, {}, count), generated.truth)).measured
        assert mine is not None
        assert theirs is not None
        true_precision, true_recall = true_figures(generated, frame)
        precision.append(mine.low <= true_precision <= mine.high)
        recall.append(theirs.low <= true_recall <= theirs.high)
        values.append(mine.value)
    assert np.mean(precision) >= 0.9
    assert np.mean(recall) >= 0.9
    assert np.mean(values) == pytest.approx(true_precision, abs=0.01)  # nor does it lean to one side


def test_bands_hold_their_true_share(generated: Generated) -> None:
    held = list[bool]()
    for seed in range(20):
        frame = generated.frame(f"run-{seed}")
        for band in gauge(frame, answers_to(questions(frame, {}, 150), generated.truth)).bands:
            share = generated.true[(frame.probability >= band.begins) & (frame.probability < (band.ends if band.ends < 1 else 2))].mean()
            held.append(band.low <= share <= band.high)
    assert np.mean(held) >= 0.95


def test_answers_about_all_pairs_leave_nothing_open(generated: Generated) -> None:
    frame = generated.frame("run")
    found = gauge(frame, answers_to(questions(frame, {}, len(frame.keys)), generated.truth))
    assert found.precision is not None
    assert found.recall is not None
    assert (found.precision.low, found.precision.high) == pytest.approx((found.precision.value,) * 2)
    assert (found.precision.value, found.recall.value) == pytest.approx(true_figures(generated, frame), abs=1e-6)
    assert (found.enough, found.precision.two_points_by, found.recall.halved_by) == (True, 0, 0)


def test_it_says_how_many_more_are_needed_and_asking_them_is_enough(generated: Generated) -> None:
    frame = generated.frame("run")
    few = gauge(frame, answers_to(questions(frame, {}, 40), generated.truth))
    assert few.precision is not None
    assert few.recall is not None
    assert few.precision.halved_by is not None
    assert few.precision.two_points_by is not None
    assert 0 < few.precision.halved_by < few.precision.two_points_by
    assert not few.enough
    asked = answers_to(questions(frame, {}, 40), generated.truth)
    asked |= answers_to(questions(frame, asked, few.precision.halved_by), generated.truth)
    then = gauge(frame, asked)
    assert then.precision is not None
    before, after = few.precision.high - few.precision.low, then.precision.high - then.precision.low
    assert after == pytest.approx(before / 2, rel=0.35)
    assert (then.precision.two_points_by == 0) == (after / 2 <= NEAR)


def test_who_is_unsure_is_counted_and_says_nothing(generated: Generated) -> None:
    frame = generated.frame("run")
    said = answers_to(questions(frame, {}, 30), generated.truth)
    asked = questions(frame, said, 6)
    unsure = {one.pair: Answer(one, "unsure", "x", "", 0) for one in asked}
    found, without = gauge(frame, said | unsure), gauge(frame, said)
    assert (found.answers, found.unsure, sum(band.unsure for band in found.bands)) == (30, 6, 6)
    assert found.precision == without.precision


def test_no_answers_are_an_open_question(generated: Generated) -> None:
    found = gauge(generated.frame("run"), {})
    assert found.precision is not None
    assert (found.answers, found.enough, found.precision.low) == (0, False, 0.0)
    assert all(band.share is None for band in found.bands)


def test_answers_of_an_earlier_run_keep_the_weight_of_their_own_sample(generated: Generated) -> None:
    """A model that changed moved pairs to other bands; what was asked often there does not speak for all that are there now."""
    frame = generated.frame("one")
    first = answers_to(questions(frame, {}, 120), generated.truth)
    moved = replace(frame, run_id="two", probability=np.full(len(frame.keys), 0.9), band=np.full(len(frame.keys), frame.edges.index(0.8)))
    found = gauge(moved, first)
    (band,) = found.bands
    assert band.share == pytest.approx(generated.true.mean(), abs=0.08)
    assert np.mean([one.says == "same" for one in first.values()]) < generated.true.mean() - 0.15
    assert band.low < generated.true.mean() < band.high


def test_of_the_run_itself_chances_add_up_to_its_answers(generated: Generated) -> None:
    frame = generated.frame("run")
    size = int(frame.sizes[frame.edges.index(0.5)])
    said = {pair: one for pair, one in answers_to(questions(frame, {}, 300), generated.truth).items() if one.question.band == 0.5}
    assert size / 4 < len(said) < size
    assert sum(weights(frame, said).values()) == pytest.approx(size, rel=0.1)


def test_an_answer_weighs_what_its_question_stands_for() -> None:
    def one(account: str, run: str, chance: float) -> tuple[Pair, Answer]:
        question = Question(account, "s", "r", run, 0.5, chance)
        return question.pair, Answer(question, "same", "x", "", 0)

    said = dict([one("1", "a", 0.01), one("2", "a", 0.04), one("3", "b", 0.5), one("4", "b", 0.9)])
    found = weights(made([0.6] * 3, [1, 2, 3], "c"), said)
    assert found[("1", "s", "r")] == pytest.approx(4 * found[("2", "s", "r")])
    assert (found[("3", "s", "r")], found[("4", "s", "r")]) == (0.5, 0.5)  # both were sure to be asked: half of the answers each run's
