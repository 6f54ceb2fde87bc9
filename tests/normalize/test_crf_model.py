from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import usaddress

from skiptrace.kernels.viterbi import score_plain
from skiptrace.normalize.crf_model import CrfModel


@pytest.fixture(scope="module")
def model() -> CrfModel:
    return CrfModel(usaddress.MODEL_PATH)


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the library itself prints of its model; weights with six decimals."""
    path = tmp_path_factory.mktemp("model") / "dump.txt"
    usaddress.TAGGER.dump(str(path))
    return path.read_text(encoding="utf-8")


def test_every_weight_is_the_one_that_the_library_prints(model: CrfModel, dump: str) -> None:
    labels = {name: at for at, name in enumerate(model.labels)}
    steps = re.findall(r"^  \(1\) (\S+) --> (\S+): (-?[\d.]+)$", dump, re.MULTILINE)
    states = re.findall(r"^  \(0\) (.*?) --> (\S+): (-?[\d.]+)$", dump, re.MULTILINE | re.DOTALL)
    transitions = np.zeros_like(model.weights().transitions)
    for source, label, weight in steps:
        transitions[labels[source], labels[label]] = float(weight)
    assert np.abs(transitions - model.weights().transitions).max() <= 5.1e-7
    assert (len(model.labels), len(steps), len(states)) == (29, 140, 2_465)
    printed = {(name, labels[label]): float(weight) for name, label, weight in states}
    read = {(name, int(at)): vector[at] for name, vector in model._weights.items() for at in np.flatnonzero(vector)}
    assert read.keys() <= printed.keys()
    assert all(abs(read.get(key, 0.0) - weight) <= 5.1e-7 for key, weight in printed.items())


def test_tokens_share_a_class_where_the_model_weighs_them_alike(model: CrfModel) -> None:
    assert model.class_of("Marlberg") == model.class_of("Fenstead")
    assert model.class_of("Street") != model.class_of("Marlberg")
    assert model.class_of("Marlberg,") != model.class_of("Marlberg")


def test_scores_order_labels_as_the_library_does(model: CrfModel) -> None:
    tokens = ["123", "N", "Main", "St,", "Dallas,", "TX", "75201"]
    classes = np.array([model.class_of(token) for token in tokens], np.int16)
    usaddress.TAGGER.set(usaddress.tokens2features(tokens))
    scores = score_plain(model.weights(), classes)[:, : len(model.labels)]
    transitions = model.weights().transitions[: len(model.labels), : len(model.labels)]
    for label, name in enumerate(model.labels):  # the probability of a last label follows from the sums over all paths
        forward = scores[0]
        for here in scores[1:]:
            forward = here + np.logaddexp.reduce(forward[:, None] + transitions, axis=0)
        ours = np.exp(forward[label] - np.logaddexp.reduce(forward))
        assert ours == pytest.approx(usaddress.TAGGER.marginal(name, len(tokens) - 1), abs=1e-9)


def test_a_token_on_which_the_library_fails_has_no_class(model: CrfModel) -> None:
    assert model.class_of("") == -1


def test_numbers_that_are_words_are_known(model: CrfModel) -> None:
    assert "60637-1755" in model.hyphenated_numbers()
    assert "1/2" not in model.hyphenated_numbers()


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model").write_bytes(b"no model")
    with pytest.raises(Exception, match="buffer"):
        CrfModel(tmp_path / "model")
