"""Patterns: levels in one integer and back, counts that equal a Counter however large, and weights that are the model's."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.linkage import patterns as module
from skiptrace.linkage.model import weigh
from skiptrace.linkage.patterns import Tally, pack, unpack, weigh_each, weights
from skiptrace.linkage.rules import load
from tests.linkage.people_tables import plain_model

SIZES = [len(comparison.levels) for comparison in load().comparisons]
ROWS = st.lists(st.tuples(*(st.integers(-1, size - 1) for size in SIZES)), max_size=30)


def vectors(rows: list[tuple[int, ...]]) -> np.ndarray:
    return np.array(rows, np.int8).reshape(-1, len(SIZES))


@given(ROWS)
def test_levels_are_packed_and_unpacked_again(rows: list[tuple[int, ...]]) -> None:
    codes = pack(vectors(rows))
    assert np.array_equal(unpack(codes, len(SIZES)), vectors(rows))
    assert unpack(codes, len(SIZES)).dtype == np.int8


@given(ROWS)
def test_equal_vectors_and_only_these_have_equal_codes_in_their_own_order(rows: list[tuple[int, ...]]) -> None:
    codes = pack(vectors(rows)).tolist()
    assert len(set(codes)) == len(set(rows))
    assert [a < b for a, b in pairwise(codes)] == [a < b for a, b in pairwise(rows)]
    assert all(code >= 0 for code in codes)


@given(st.lists(st.lists(st.integers(0, 40), max_size=30), max_size=5), st.sampled_from([1, 2, 4, 64]))
def test_a_tally_equals_a_counter_far_beyond_its_room(blocks: list[list[int]], room: int) -> None:
    tally, turned = Tally(room), Tally(room)
    for block in blocks:
        tally.add(np.array(block, np.int64))
    for block in blocks[::-1]:
        turned.add(np.array(block[::-1], np.int64))
    wanted = Counter(code for block in blocks for code in block)
    for codes, counts in (tally.found(), turned.found()):
        assert codes.tolist() == sorted(wanted)
        assert dict(zip(codes.tolist(), counts.tolist(), strict=True)) == wanted


@given(st.lists(st.dictionaries(st.integers(0, 40), st.integers(1, 99), max_size=12), max_size=4), st.sampled_from([1, 4, 64]))
def test_counts_of_several_tallies_add_up(parts: list[dict[int, int]], room: int) -> None:
    tally, wanted = Tally(room), Counter[int]()
    for part in parts:
        tally.add_counts(np.array(list(part), np.int64), np.array(list(part.values()), np.int64))
        wanted.update(part)
    codes, counts = tally.found()
    assert codes.tolist() == sorted(wanted)
    assert dict(zip(codes.tolist(), counts.tolist(), strict=True)) == wanted


def test_more_patterns_than_a_new_tally_has_room_for() -> None:
    codes = np.random.default_rng(1).integers(0, 1 << 36, 3 * module._ROOM // 2)
    tally = Tally()
    tally.add(np.concatenate([codes, codes[:1000]]))
    distinct, counts = np.unique(np.concatenate([codes, codes[:1000]]), return_counts=True)
    assert np.array_equal(tally.found()[0], distinct)
    assert np.array_equal(tally.found()[1], counts)


@given(ROWS)
def test_weights_are_the_models(rows: list[tuple[int, ...]]) -> None:
    levels, model = vectors(rows), plain_model()
    codes, straight = pack(levels), weigh(model, levels)
    assert weights(model, codes) == pytest.approx(straight.weight, abs=1e-9)
    each = weigh_each(model, codes)
    assert np.array_equal(each.weight, straight.weight)
    assert np.array_equal(each.parts, straight.parts)
    assert np.array_equal(each.posterior, straight.posterior)
    assert np.array_equal(each.levels, levels)


def test_each_pattern_is_weighed_once_and_given_to_its_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def counted(model, patterns):  # type: ignore[no-untyped-def]
        seen.append(len(patterns))
        return weigh(model, patterns)

    monkeypatch.setattr(module, "weigh", counted)
    high, low = [size - 1 for size in SIZES], [0] * len(SIZES)
    assert len(weigh_each(plain_model(), pack(np.array([high, low, high, high], np.int8))).weight) == 4
    assert seen == [2]
