"""Answers set a model right that is mistaken about how common the same person is, and leave one alone that is not."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from jobs import models
from jobs.evaluation.measures import calibration
from jobs.pipeline import Options
from jobs.review.answers import ask, keep
from jobs.review.asking import questions
from jobs.review.bands import KEY, frame
from jobs.review.recalibrated import answers
from jobs.train_match import train_match
from skiptrace.errors import ConfigError
from skiptrace.linkage import rules
from skiptrace.linkage.recalibrate import Judged, probabilities, shift
from skiptrace.results import latest
from skiptrace.store.commit import read_json
from tests.jobs.projects import copy_of, run_project
from tests.jobs.review.generated import Generated

LINKED = rules.load().decision["linked"]
NOW = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)


def judged(generated: Generated, off: float) -> Judged:
    """All pairs as a model judges them that is off by so many bits."""
    links = generated.links
    person = links["person_weight"].to_numpy() + rules.load().person["own"] * links["match_weight"].to_numpy()
    margin = np.array([np.nan if bits is None else bits for bits in links["margin"].to_pylist()])
    right = Judged(person, margin, links["match_probability"].to_numpy(), generated.true)
    return Judged(person + off, margin, probabilities(right, off), generated.true)


def figures(generated: Generated, probability: NDArray[np.float64]) -> tuple[float, float, float]:
    """Precision, recall and F1 of what is linked."""
    linked = probability >= LINKED
    hits = int((linked & generated.true).sum())
    precision, recall = hits / max(linked.sum(), 1), hits / generated.true.sum()
    return precision, recall, 2 * hits / (linked.sum() + generated.true.sum())


def set_right(generated: Generated, off: float, seed: int, count: int = 100) -> NDArray[np.float64]:
    """The probabilities after an oracle answered about pairs of a model that is off."""
    wrong = judged(generated, off)
    links = generated.links.set_column(generated.links.column_names.index("match_probability"), "match_probability", [wrong.probability])
    asked = {one.pair for one in questions(replace(generated, links=links).frame(f"run-{seed}"), {}, count)}
    pairs = zip(*(links[name].to_pylist() for name in KEY), strict=True)
    rows = np.flatnonzero([pair in asked for pair in pairs])
    return probabilities(wrong, shift(Judged(*(column[rows] for column in wrong))))


def after(generated: Generated, off: float) -> NDArray[np.float64]:
    """Mean precision, recall and F1 after answers, over several samples."""
    return np.array([figures(generated, set_right(generated, off, seed)) for seed in range(6)]).mean(axis=0)


def test_a_model_that_keeps_its_word_is_left_as_it_is(generated: Generated) -> None:
    stated = judged(generated, 0).probability
    kept = replace(generated, true=np.random.default_rng(3).random(len(stated)) < stated)
    before, found = np.array(figures(kept, stated)), after(kept, 0)
    assert found == pytest.approx(before, abs=0.02)
    assert found[2] >= before[2] - 0.01


def test_probabilities_come_nearer_to_the_truth_and_no_precision_is_lost(generated: Generated) -> None:
    """The bar stays where it is, so a model that promised too much links less: recall pays for precision, and F1 hardly moves."""
    stated = judged(generated, 0).probability
    before, found = figures(generated, stated), after(generated, 0)
    assert found[0] >= before[0]
    assert found[2] >= before[2] - 0.02
    errors = [calibration(set_right(generated, 0, seed), generated.true).brier or 0 for seed in range(6)]
    assert max(errors) < (calibration(stated, generated.true).brier or 0)


@pytest.mark.parametrize(("off", "measure"), [(7.0, 0), (-7.0, 1)])
def test_a_biased_model_is_mended_to_what_an_unbiased_one_becomes(generated: Generated, off: float, measure: int) -> None:
    biased = figures(generated, judged(generated, off).probability)
    unbiased, found = after(generated, 0), after(generated, off)
    assert biased[measure] < unbiased[measure] - 0.05, "a bias that matters"
    assert found[measure] > biased[measure] + 0.7 * (unbiased[measure] - biased[measure])
    assert found[2] >= max(biased[2], unbiased[2] - 0.02)


@pytest.fixture
def answered(tiny_night: Path, tmp_path: Path) -> Path:
    """The tiny project, whose pairs were all answered by who was sure that nobody is anybody."""
    folder = copy_of(tiny_night, tmp_path / "project")
    asked = questions(frame(latest(folder)), {}, 50)
    ask(folder / ".skiptrace", asked)
    keep(folder / ".skiptrace", [(one, "other") for one in asked], "M. Quill", NOW)
    return folder


def test_learning_from_answers_makes_another_model_whose_weights_are_shifted(answered: Path) -> None:
    private = answered / ".skiptrace"
    before = models.current_key(private)
    told = answers(private)

    def learn() -> Path:
        return train_match(answered, Options(scheduler="sync"), lambda step, done, total: None, answers=told)

    file = learn()
    content, old = read_json(file), read_json(models.model_file(private, str(before)))
    said = content["records"]["provenance"]["reviewed"]
    assert (said["same"], said["different"], said["gone"]) == (0, len(told), 0)
    assert -12 <= said["shift_bits"] < -0.5
    for part in ("records", "persons"):
        odds = [one[part]["priors"]["same"] / (1 - one[part]["priors"]["same"]) for one in (content, old)]
        assert np.log2(odds[0] / odds[1]) == pytest.approx(said["shift_bits"])
        assert content[part]["comparisons"] == old[part]["comparisons"]
    assert models.current_key(private) != before
    assert not list((private / "work").iterdir())
    assert learn() == file
    before_run = latest(answered).table("links", ["match_probability"])["match_probability"].to_numpy()
    assert run_project(answered).fresh
    assert latest(answered).table("links", ["match_probability"])["match_probability"].to_numpy().mean() < before_run.mean()


def test_answers_of_pairs_that_are_gone_are_counted(answered: Path) -> None:
    header = answered / "header.csv"
    lines = header.read_text().splitlines()
    header.write_text("\n".join(line for line in lines if not line.startswith("R001")) + "\n")
    told = answers(answered / ".skiptrace")
    mine = sum(record == "R001" for record in told["record_id"].to_pylist())
    file = train_match(answered, Options(scheduler="sync"), lambda step, done, total: None, answers=told)
    said = read_json(file)["persons"]["provenance"]["reviewed"]
    assert said["gone"] >= mine > 0
    assert said["different"] == len(told) - said["gone"]


def test_who_is_unsure_teaches_nothing(tiny_night: Path, tmp_path: Path) -> None:
    folder = copy_of(tiny_night, tmp_path / "project")
    with pytest.raises(ConfigError, match="no answers"):
        answers(folder / ".skiptrace")
    one, two = questions(frame(latest(folder)), {}, 2)
    keep(folder / ".skiptrace", [(one, "unsure"), (two, "same")], "M. Quill", NOW)
    assert answers(folder / ".skiptrace").to_pylist() == [
        {"account_id": two.account_id, "source": two.source, "record_id": two.record_id, "same": True}]  # fmt: skip
