from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from skiptrace.reach.fitting import Lessons, fit
from skiptrace.reach.learned import LEAD, Learned, refit
from skiptrace.reach.scorecards import load
from skiptrace.reach.teaching import load as rules

CARD = next(card for card in load() if card.channel == "voice")
PRIOR = rules().prior
NAMES = [name for name, _ in CARD.features]
SEEN, STATUS = NAMES.index("seen_years"), NAMES.index("status")


def invented(n: int, seed: int, level: float = -2.0, slope: float = 1.0, per_band: float = -0.3) -> Lessons:
    """Attempts whose chance falls with the years since the last sighting and rises with the shipped log-odds."""
    rng = np.random.default_rng(seed)
    said = np.stack([rng.integers(0, len(bands) + 1, n) for _, bands in CARD.features], axis=1)
    shipped = rng.normal(0, 0.7, n)
    odds = level + slope * shipped + per_band * np.maximum(said[:, SEEN] - 1, 0)
    reached = rng.random(n) < 1 / (1 + np.exp(-odds))
    return Lessons(shipped, rng.normal(0, 0.3, n), said, reached, np.arange(n), np.arange(n))


def points(learned: Learned, name: str) -> np.ndarray:
    return np.array(dict(learned.points)[name])


def stated(learned: Learned, lessons: Lessons) -> np.ndarray:
    return refit(learned, lessons.shipped, lessons.current, lessons.said).odds


def test_many_attempts_teach_what_made_them() -> None:
    found = fit(invented(80_000, 1), CARD, PRIOR)
    assert found.slope == pytest.approx(1.0, abs=0.12)
    steps = np.diff(points(found, "seen_years"))
    assert steps[:5] == pytest.approx(-0.3, abs=0.12)  # few of the oldest are reached, so their steps are less sure
    assert steps.mean() == pytest.approx(-0.3, abs=0.06)
    assert np.abs(points(found, "status")).max() < 0.15
    assert found.outcomes == 80_000
    fresh = invented(40_000, 2)
    p = 1 / (1 + np.exp(-stated(found, fresh)))
    assert p.mean() == pytest.approx(fresh.reached.mean(), abs=0.01)


def test_without_attempts_the_card_stays_what_it_is() -> None:
    none = fit(invented(4, 1), CARD, replace(PRIOR, intercept=1e-3))
    z = np.linspace(-3, 3, 9)
    told = refit(none, z, np.zeros(9), np.ones((9, len(NAMES)), np.int64))
    assert told.odds == pytest.approx(z, rel=0.15, abs=0.05)


def test_few_attempts_move_little_and_are_not_sure() -> None:
    few, many = fit(invented(200, 1), CARD, PRIOR), fit(invented(20_000, 1), CARD, PRIOR)
    assert np.abs(points(few, "line_type")).max() < 0.2
    fresh = invented(500, 9)
    errors = [refit(one, fresh.shipped, fresh.current, fresh.said).error for one in (few, many)]
    assert (errors[0] > errors[1]).all()
    assert errors[0].mean() > 1.5 * errors[1].mean()


@pytest.mark.parametrize("per_band", [0.5, -0.5])
def test_no_data_can_turn_an_order_round(per_band: float) -> None:
    found = fit(invented(6_000, 4, per_band=per_band), CARD, PRIOR)
    for name, direction in CARD.ordered:
        assert (np.diff(points(found, name)) * direction >= 0).all(), name
        assert points(found, name)[0] == 0
    assert found.slope >= 0
    assert found.current >= 0
    if per_band > 0:
        assert points(found, "seen_years") == pytest.approx(0, abs=1e-9)


def test_no_band_gains_more_than_its_bound() -> None:
    lessons = invented(3_000, 5)
    odd = lessons.said[:, STATUS] == 2
    lessons = replace(lessons, reached=lessons.reached | odd)
    found = fit(lessons, CARD, replace(PRIOR, band=50.0, bound=0.7))
    assert points(found, "status")[1] == pytest.approx(0.7)
    assert max(np.abs(values).max() for name, values in found.points if name not in dict(CARD.ordered)) <= 0.7 + 1e-12


def test_the_fit_is_where_the_cost_is_least() -> None:
    """Against plain gradient steps on the same objective, written out."""
    lessons = invented(600, 6)
    found = fit(lessons, CARD, PRIOR)
    columns = [np.ones(600), lessons.shipped, lessons.current]
    for place, (_, bands) in enumerate(CARD.features):
        columns += [(lessons.said[:, place] == band) * 1.0 for band in range(1, len(bands) + 1)]
    x, y = np.stack(columns, axis=1), lessons.reached * 1.0

    def cost(learned: Learned) -> float:
        theta = np.array([learned.intercept, learned.slope, learned.current, *(v for _, values in learned.points for v in values)])
        odds, worth = x @ theta, 0.0
        worth += ((theta[0] / PRIOR.intercept) ** 2 + ((theta[1] - 1) / PRIOR.slope) ** 2 + (theta[2] / PRIOR.current) ** 2) / 2
        for name, values in learned.points:
            ordered = name in dict(CARD.ordered)
            steps = np.diff(values) if ordered else np.array(values)
            worth += float((steps**2).sum()) / (PRIOR.step if ordered else PRIOR.band) ** 2 / 2
        return float((np.logaddexp(0, odds) - y * odds).sum()) + worth

    best = cost(found)
    for change in (0.02, -0.02):
        assert cost(replace(found, intercept=found.intercept + change)) > best
        assert cost(replace(found, slope=found.slope + change)) > best
        for name in ("status", "line_type", "origin"):
            for band in range(len(points(found, name))):
                moved = points(found, name)
                moved[band] += change
                other = tuple((n, tuple(moved.tolist()) if n == name else v) for n, v in found.points)
                assert cost(replace(found, points=other)) > best


def test_what_the_features_leave_open_is_noticed() -> None:
    lessons = invented(30_000, 7)
    assert fit(lessons, CARD, PRIOR).lack == pytest.approx(PRIOR.lack["voice"], abs=0.12)
    waves = np.sin(6 * lessons.shipped) * 1.2
    rng = np.random.default_rng(1)
    wavy = replace(lessons, reached=rng.random(30_000) < 1 / (1 + np.exp(2 - lessons.shipped - waves)))
    assert fit(wavy, CARD, PRIOR).lack > 2 * PRIOR.lack["voice"]
    assert len(fit(lessons, CARD, PRIOR).covariance) == LEAD + sum(len(bands) for _, bands in CARD.features)
