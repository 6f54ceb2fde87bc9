from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from skiptrace.reach.learned import Z_LIMIT, Learned, from_plain, refit

SIZE = 3 + 2 + 3
ROOT = np.random.default_rng(2).normal(0, 0.1, (SIZE, SIZE))
LEARNED = Learned(
    "key", -0.5, 0.8, 0.1, (("a", (0.3, -0.4)), ("b", (0.0, 0.1, 0.2))), ((-1.0, -0.5), (1.0, 0.7)),
    tuple(tuple(row) for row in (ROOT @ ROOT.T).tolist()), 0.2, 700, 9,
)  # fmt: skip


def test_it_survives_json() -> None:
    assert from_plain(json.loads(json.dumps(LEARNED.plain()))) == LEARNED


@pytest.mark.parametrize(
    "change",
    [{"knots": [[1, 0], [0, 1]]}, {"knots": [[0, 1], [1, 0]]}, {"covariance": [[1.0]]}, {"points": 3}, {"intercept": None}, {"slope": "x"}],
)
def test_what_is_no_refit_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        from_plain({**LEARNED.plain(), **change})
    with pytest.raises(KeyError):
        from_plain({name: value for name, value in LEARNED.plain().items() if name != "lack"})


def test_a_row_by_hand() -> None:
    told = refit(LEARNED, np.array([0.6]), np.array([0.2]), np.array([[2, 3]]))
    line = -0.5 + 0.8 * 0.6 + 0.1 * 0.2 - 0.4 + 0.2
    assert told.odds[0] == pytest.approx(line + np.interp(line, [-1, 1], [0.5, -0.3]))
    assert told.added.tolist() == [[-0.4, 0.2]]
    x = np.array([1, 0.6, 0.2, 0, 1, 0, 0, 1])
    assert told.error[0] == pytest.approx(np.sqrt(x @ ROOT @ ROOT.T @ x + 0.2**2))


def test_no_band_adds_nothing_and_no_value_runs_away() -> None:
    none = refit(LEARNED, np.zeros(1), np.zeros(1), np.zeros((1, 2), np.int64))
    assert none.added.tolist() == [[0.0, 0.0]]
    far = [refit(LEARNED, np.array([z]), np.zeros(1), np.zeros((1, 2), np.int64)).odds[0] for z in (Z_LIMIT, 500.0)]
    assert far[0] == far[1]


def test_chances_rise_with_the_shipped_ones() -> None:
    z = np.linspace(-5, 5, 200)
    for knots in (LEARNED.knots, ()):
        told = refit(replace(LEARNED, knots=knots), z, np.zeros(200), np.zeros((200, 2), np.int64))
        assert (np.diff(told.odds) >= 0).all()
