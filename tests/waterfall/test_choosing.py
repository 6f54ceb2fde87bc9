from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest

from skiptrace.errors import ConfigError
from skiptrace.schema import CHOICES, STOPS
from skiptrace.waterfall.choosing import choose
from skiptrace.waterfall.learning import learn
from skiptrace.waterfall.offers import Offer, Policy
from skiptrace.waterfall.priors import load
from tests.waterfall.tables import DAY, answers, asked, asks, facts

LEARNED = learn(asks(*answers("a", 2000, 0.5, 0.4, outcomes=0.4), *answers("b", 2000, 0.2, 0.4, outcomes=0.4)), load())
OFFERS = [Offer("a", 0.1), Offer("b", 0.1)]
POLICY = Policy(budget=100.0, explore=0.0)


def decided(table: pa.Table, policy: Policy = POLICY, offers: list[Offer] = OFFERS, **more: object) -> dict[str, str]:
    """Account → source, or the stop reason in brackets."""
    choices, stops = choose(table, LEARNED, offers, policy, DAY, **more)  # type: ignore[arg-type]
    assert choices.schema.equals(CHOICES.arrow)
    assert stops.schema.equals(STOPS.arrow)
    found = {row["account_id"]: row["source"] for row in choices.to_pylist()}
    found |= {row["account_id"]: f"[{row['stop_reason']}]" for row in stops.to_pylist()}
    assert len(found) == len(table) == len(choices) + len(stops)
    return dict(sorted(found.items()))


def test_the_source_that_gives_most_for_the_money_is_asked() -> None:
    assert list(decided(facts({})).values()) == ["a"]
    assert list(decided(facts({}), offers=[Offer("a", 1.0), Offer("b", 0.05)]).values()) == ["b"]


@pytest.mark.parametrize(
    ("row", "policy", "reason"),
    [
        ({"held": "bankruptcy", "p_any": 0.99}, POLICY, "[held]"),
        ({"p_any": 0.9}, POLICY, "[reached]"),
        ({"asked": [asked("b", None)]}, POLICY, "[waiting]"),
        ({"asked": [asked("a"), asked("b", True)]}, POLICY, "[exhausted]"),
        ({"spent": 0.95}, Policy(budget=9.0, ceiling=1.0), "[ceiling]"),
        ({"worth": 0.01}, POLICY, "[not_worth_it]"),
        ({"worth": 0.0}, POLICY, "[not_worth_it]"),
        ({}, Policy(budget=0.0), "[budget]"),
    ],
)
def test_every_account_that_is_not_asked_has_its_reason(row: dict[str, object], policy: Policy, reason: str) -> None:
    assert list(decided(facts(row), policy).values()) == [reason]


def test_an_account_may_be_kept_from_a_source() -> None:
    may = {"a": np.array([True, False])}
    assert list(decided(facts({}, {}), may=may).values()) == ["a", "b"]


def test_a_source_may_be_asked_again_after_its_days_and_the_day_is_told() -> None:
    table = facts({"asked": [asked("a", True, dt.date(2026, 5, 1))]})
    again = [Offer("a", 0.1, refresh_days=60)]
    assert list(decided(table, offers=again).values()) == ["a"]
    stops = choose(table, LEARNED, [Offer("a", 0.1, refresh_days=90)], POLICY, DAY)[1].to_pylist()
    assert stops == [{"account_id": "A00000", "stop_reason": "exhausted", "next_refresh": dt.date(2026, 7, 30), "spent": 0.0}]
    assert choose(table, LEARNED, [Offer("a", 0.1)], POLICY, DAY)[1].to_pylist()[0]["next_refresh"] is None


def many(count: int = 600) -> pa.Table:
    rng = np.random.default_rng(4)
    worths, chances = rng.lognormal(3, 1, count).tolist(), rng.beta(1, 6, count).tolist()
    return facts(*({"worth": worth, "p_any": p} for worth, p in zip(worths, chances, strict=True)))


def test_the_order_of_accounts_does_not_matter() -> None:
    table = many()
    policy = Policy(budget=20.0, explore=0.1, held_out=0.1, order=("b", "a"))
    mixed = table.take(pa.array(np.random.default_rng(5).permutation(len(table))))
    one, other = (choose(each, LEARNED, OFFERS, policy, DAY) for each in (table, mixed))
    assert one[0].equals(other[0])
    assert one[1].equals(other[1])


@pytest.mark.parametrize("budget", [0.0, 0.05, 3.0, 17.0, 1e6])
def test_reserves_stay_within_the_budget_whatever_it_is(budget: float) -> None:
    offers = [Offer("a", 0.02, per_hit=0.2, minimum_order=2.0), Offer("b", per_success=1.0)]
    choices, _ = choose(many(), LEARNED, offers, Policy(budget=budget, explore=0.2, held_out=0.2, order=("a",)), DAY)
    reserve, source = choices["reserve"].to_numpy(), np.asarray(choices["source"].to_pylist())
    bill = sum(max(reserve[source == name].sum(), least) for name, least in (("a", 2.0), ("b", 0.0)) if (source == name).any())
    assert bill <= budget + 1e-6


def test_a_tight_budget_goes_to_the_accounts_that_are_worth_most() -> None:
    choices, _ = choose(many(), LEARNED, OFFERS, Policy(budget=5.0, explore=0.0, stages=1), DAY)
    ratio = choices["gain"].to_numpy() / choices["price"].to_numpy()
    assert (np.diff(ratio) <= 1e-9).all()
    assert choices["reserve"].to_numpy().sum() == pytest.approx(5.0)


def test_a_share_is_dealt_at_random_with_chances_that_are_kept() -> None:
    choices, _ = choose(many(4000), LEARNED, OFFERS, Policy(budget=1e6, explore=0.2, first_order=10_000), DAY)
    explored = choices["explored"].to_numpy(zero_copy_only=False)
    source, chance = np.asarray(choices["source"].to_pylist()), choices["propensity"].to_numpy()
    assert explored.mean() == pytest.approx(0.2, abs=0.03)
    assert set(np.round(chance, 9)) == {0.9, 0.1}
    assert (1 / chance[source == "b"]).sum() == pytest.approx(len(choices), rel=0.15)  # each source stands for all


def test_accounts_that_are_held_out_go_through_the_order() -> None:
    choices, _ = choose(many(), LEARNED, OFFERS, Policy(budget=1e6, explore=0.0, held_out=0.3, order=("b", "a")), DAY)
    held = choices["held_out"].to_numpy(zero_copy_only=False)
    source = np.asarray(choices["source"].to_pylist())
    assert 0.2 < held.mean() < 0.4
    assert set(source[held]) == {"b"}
    assert set(source[~held]) == {"a"}


def test_a_first_order_is_small_where_little_is_known() -> None:
    unknown = learn(asks(), load(), ["a", "b"])
    choices, stops = choose(many(), unknown, OFFERS, Policy(budget=1e6, first_order=40, explore=0.0), DAY)
    assert sorted(choices["source"].value_counts().to_pylist(), key=str) == [{"values": "a", "counts": 40}, {"values": "b", "counts": 40}]
    assert set(stops["stop_reason"].to_pylist()) <= {"budget", "not_worth_it"}


def test_what_cannot_be_planned_is_refused() -> None:
    with pytest.raises(ConfigError):
        choose(facts({}), LEARNED, [Offer("a", -1.0)], POLICY, DAY)


def test_no_account_is_no_error() -> None:
    assert [len(table) for table in choose(facts(), LEARNED, OFFERS, POLICY, DAY)] == [0, 0]
