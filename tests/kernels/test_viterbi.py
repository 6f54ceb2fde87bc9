from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.kernels.interning import intern, new_table
from skiptrace.kernels.viterbi import Weights, decode, decode_plain, score_plain


def random_weights(seed: int, labels: int = 8, classes: int = 5) -> Weights:
    draw = np.random.default_rng(seed)
    own, after, before = (draw.normal(0, 5, (classes, labels)) for _ in range(3))
    return Weights(own, after, before, draw.normal(0, 3, (4, labels)), draw.normal(0, 4, (labels, labels)))


def decoded(weights: Weights, sequence: list[int]) -> tuple[list[int], float]:
    table = new_table(np.int16)
    classes = np.array(sequence, np.int16)
    intern(table, classes, 0, len(classes))
    labels, margins = np.zeros(len(classes), np.uint8), np.empty(1)
    decode(weights, table, 0, 1, labels, margins)
    return labels.tolist(), float(margins[0])


def path_score(weights: Weights, sequence: list[int], path: tuple[int, ...]) -> float:
    scores = score_plain(weights, np.array(sequence, np.int16))
    steps = sum(weights.transitions[a, b] for a, b in itertools.pairwise(path))
    return float(steps + sum(scores[at, label] for at, label in enumerate(path)))


@given(st.integers(0, 10_000), st.lists(st.integers(0, 4), min_size=1, max_size=30))
def test_the_compiled_decoder_equals_the_textbook(seed: int, sequence: list[int]) -> None:
    weights = random_weights(seed)
    assert decoded(weights, sequence)[0] == decode_plain(weights, np.array(sequence, np.int16))


@given(st.integers(0, 10_000), st.lists(st.integers(0, 4), min_size=1, max_size=4))
def test_path_and_margin_are_those_of_all_paths_tried(seed: int, sequence: list[int]) -> None:
    weights = random_weights(seed, labels=4)
    paths = itertools.product(range(4), repeat=len(sequence))
    every = sorted(((path_score(weights, sequence, path), path) for path in paths), reverse=True)
    labels, margin = decoded(weights, sequence)
    assert tuple(labels) == every[0][1]
    assert margin == pytest.approx(every[0][0] - every[1][0], abs=1e-9)


def test_of_equal_paths_the_first_label_wins_and_the_margin_is_nothing() -> None:
    nothing = np.zeros((1, 4))
    weights = Weights(nothing, nothing, nothing, np.zeros((4, 4)), np.zeros((4, 4)))
    assert decoded(weights, [0, 0, 0]) == ([0, 0, 0], 0.0)
    assert decode_plain(weights, np.zeros(3, np.int16)) == [0, 0, 0]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_edges_weigh_where_they_stand(size: int) -> None:
    weights = random_weights(1)
    plain = Weights(*weights[:3], np.zeros_like(weights.edges), weights.transitions)
    classes = np.zeros(size, np.int16)
    added = score_plain(weights, classes) - score_plain(plain, classes)
    edges = weights.edges
    expected = {
        1: [edges[0] + edges[1]],
        2: [edges[0] + edges[3], edges[1] + edges[2]],
        3: [edges[0], edges[2] + edges[3], edges[1]],
    }[size]
    assert np.allclose(added, expected)
