from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from skiptrace.reach import fairness, training
from skiptrace.reach.lessons import COVERED, LESSONS, of_channel
from skiptrace.reach.scorecards import load
from skiptrace.reach.teaching import load as rules

VOICE = next(card for card in load() if card.channel == "voice")
RULES = rules()
DAY = 86_400


def table(n: int, seed: int, spread: float = 1.0, level: float = -1.5, worth: float = 1.0) -> pa.Table:
    """LESSONS of voice: a share of `spread` in the shipped log-odds is true, two attempts per consumer."""
    rng = np.random.default_rng(seed)
    z = rng.normal(0, 1, n)
    p = 1 / (1 + np.exp(-(level + worth * spread * z)))
    said = [[int(rng.integers(0, len(bands) + 1)) for _, bands in VOICE.features] for _ in range(n)]
    return pa.table({
        "channel": pa.repeat("voice", n), "consumer_id": [f"c{row // 2:05d}" for row in range(n)],
        "occurred_at": pa.array(rng.integers(0, 80, n) * DAY, pa.int64()).cast(pa.timestamp("s", "UTC")),
        "source": ["dialer" if row % 3 else "texts" for row in range(n)],
        "area": [("WA", "OR", None)[row % 3] for row in range(n)], "debt_years": pa.array([row % 9 for row in range(n)], pa.int32()),
        "shipped": z, "current": z / 2, "in_force": 1 / (1 + np.exp(-z)), "said": said, "reached": rng.random(n) < p,
    }).cast(LESSONS.arrow)  # fmt: skip


def covered() -> pa.Table:
    rows = [{"channel": "voice", "area": "WA", "debt_years": 3, "accounts": 40, "with_use": 30},
            {"channel": "voice", "area": "WA", "debt_years": 0, "accounts": 10, "with_use": 10},
            {"channel": "mail", "area": "WA", "debt_years": 0, "accounts": 99, "with_use": 0}]  # fmt: skip
    return pa.Table.from_pylist(rows, COVERED.arrow)


def verdict(some: pa.Table) -> training.Verdict:
    (found,) = training.train(some, covered(), (VOICE,), RULES)
    return found


def test_what_is_better_is_published_with_its_figures() -> None:
    found = verdict(table(3_000, 1))
    assert found.learned is not None
    assert found.learned.outcomes == 3_000
    report = found.report
    assert report["learned"]["log_loss"]["value"] < report["in_force"]["log_loss"]["value"]
    assert set(report["by_source"]) == {"dialer", "texts"}
    assert sum(one["learned"]["attempts"] for one in report["by_source"].values()) == report["judged_on"] < 0.5 * 3_000
    assert found == verdict(table(3_000, 1))


def test_what_is_worse_is_not() -> None:
    better = table(3_000, 2)
    truth = 1 / (1 + np.exp(1.5 - better["shipped"].to_numpy()))
    force = better.set_column(LESSONS.names.index("in_force"), "in_force", pa.array(truth))
    # what is in force knows the truth, and the features tell nothing of it
    blind = force
    for number, name in enumerate(("shipped", "current")):
        chance = np.random.default_rng(number).normal(0, 1, 3_000)
        blind = blind.set_column(LESSONS.names.index(name), name, pa.array(chance))
    found = verdict(blind)
    assert found.learned is None
    assert found.worse
    assert "worse than the scorecard in force" in str(found.why_not)


@pytest.mark.parametrize(("n", "level"), [(60, -1.0), (400, -9.0)])
def test_too_few_outcomes_teach_nothing(n: int, level: float) -> None:
    found = verdict(table(n, 3, level=level))
    assert (found.learned, found.worse) == (None, False)
    assert "too few outcomes" in str(found.why_not)
    assert verdict(LESSONS.empty()).report["attempts"] == 0


def test_no_consumer_and_no_day_is_on_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(training, "fit", lambda lessons, card, prior: seen.append(lessons) or "fitted")
    monkeypatch.setattr(training, "chances", lambda learned, lessons: seen.append(lessons) or np.full(len(lessons), 0.5))
    lessons, _ = of_channel(table(400, 4), "voice")
    rows, _ = training._judged(lessons, VOICE, RULES)
    assert len(seen) == 2 * training.FOLDS
    for taught, judged in zip(seen[::2], seen[1::2], strict=True):
        assert not set(taught.consumer.tolist()) & set(judged.consumer.tolist())
        assert taught.moment.max() < judged.moment.min()
    assert sorted(rows.tolist()) == sorted(set(rows.tolist()))


def test_attempts_of_one_moment_are_split_by_people_alone() -> None:
    some = table(1_000, 5)
    one = some.set_column(2, "occurred_at", pa.array(np.zeros(1_000, np.int64)).cast(pa.timestamp("s", "UTC")))
    assert verdict(one).report["judged_on"] == 1_000


def test_the_order_of_lessons_does_not_matter() -> None:
    some = table(900, 6)
    mixed = some.take(pa.array(np.random.default_rng(2).permutation(900)))
    assert verdict(mixed) == verdict(some)


def test_groups_are_areas_and_ages_of_debt() -> None:
    some = table(1_200, 7)
    _, rows = of_channel(some, "voice")
    p = np.full(1_200, 0.3)
    report = fairness.report(rows, p, rows["reached"].to_numpy(zero_copy_only=False), covered(), "voice")
    assert set(report) == {"area", "debt_years"}
    areas = {one["group"]: one for one in report["area"]}
    assert set(areas) == {"WA", "OR", fairness.UNKNOWN}
    assert (areas["WA"]["accounts"], areas["WA"]["coverage"]) == (50, 0.8)
    assert areas["OR"]["coverage"] is None
    assert areas["WA"]["difference"] == pytest.approx(0.3 - areas["WA"]["reached"])
    debts = [one["group"] for one in report["debt_years"]]
    assert sorted(debts) == sorted(["under 1 year", "1 year", "2 to 3 years", "4 to 6 years", "7 years and more"])
    few = fairness.report(rows.slice(0, 20), p[:20], np.zeros(20, bool), covered(), "voice")
    assert all(one["stated"] is None for one in few["area"])


def test_a_learned_card_in_force_is_what_is_judged_against() -> None:
    first = verdict(table(3_000, 1))
    assert first.learned is not None
    card = replace(VOICE, learned=first.learned)
    (again,) = training.train(table(3_000, 1), covered(), (card,), RULES)
    # it has seen all of these: the shipped one is the rival, and nothing got worse
    assert again.report["against"] == training.SHIPPED
    assert again.learned == first.learned
    early = replace(VOICE, learned=replace(first.learned, until=70 * DAY))
    (later,) = training.train(table(3_000, 1), covered(), (early,), RULES)
    assert later.report["against"] == training.IN_FORCE
    assert 0 < later.report["judged_on"] < again.report["judged_on"]
