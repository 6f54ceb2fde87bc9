from __future__ import annotations

from dataclasses import replace

import pytest

from skiptrace.errors import ConfigError
from skiptrace.waterfall.offers import MOST_SOURCES, Offer, Policy, check

POLICY = Policy(budget=10.0)


def test_the_most_is_all_prices_and_the_expected_one_goes_by_chances() -> None:
    offer = Offer("a", per_record=0.1, per_hit=1.0, per_success=4.0)
    assert offer.most == pytest.approx(5.1)
    assert offer.expected(0.5, 0.25) == pytest.approx(0.1 + 0.5 + 0.5)


def test_sensible_offers_and_a_budget_of_nothing_pass() -> None:
    check([Offer("a"), Offer("b", per_hit=1.0, budget=0.0, refresh_days=1)], replace(POLICY, budget=0.0))


@pytest.mark.parametrize(
    ("offers", "policy", "said"),
    [
        ([Offer("a"), Offer("a")], POLICY, "two sources have one name"),
        ([Offer(str(at)) for at in range(MOST_SOURCES + 1)], POLICY, "are more than"),
        ([Offer("a", per_hit=-0.01)], POLICY, "below 0"),
        ([Offer("a", minimum_order=float("nan"))], POLICY, "below 0"),
        ([Offer("a", budget=-1.0)], POLICY, "below 0"),
        ([Offer("a", refresh_days=0)], POLICY, "refresh_days"),
        ([Offer("a")], replace(POLICY, budget=float("inf")), "is below 0"),
        ([Offer("a")], replace(POLICY, explore=1.01), "is no share"),
        ([Offer("a")], replace(POLICY, stages=0), "at least 1"),
        ([Offer("a")], replace(POLICY, held_out=0.1), "without an order"),
        ([Offer("a")], replace(POLICY, order=("b",)), "names b"),
    ],
)
def test_what_says_nothing_sensible_is_refused(offers: list[Offer], policy: Policy, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check(offers, policy)
    assert said in "".join(str(problem) for problem in caught.value.problems)
