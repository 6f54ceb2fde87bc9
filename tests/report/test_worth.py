"""What sources are worth, beside the definition of a Shapley value: the mean of what one adds, over all orders."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.report.facts import summarise
from skiptrace.report.resting import ANY
from skiptrace.report.worth import SHOWN, Worth, shapley
from tests.report.by_hand import REPORT, RUN, TABLES
from tests.report.sample import RULES, SOURCES, WORDING, ledger, tables

NAMES = ["a", "b", "c", "d"]
STEPS = st.lists(st.tuples(st.frozensets(st.sampled_from(NAMES), min_size=1), st.decimals(0, 10_000, places=2)), max_size=12)


@given(STEPS)
def test_a_fair_part_is_the_mean_over_all_orders_and_parts_add_up_exactly(steps: list[tuple[frozenset[str], Decimal]]) -> None:
    def value(chosen: set[str]) -> Fraction:
        return sum((Fraction(amount) for needed, amount in steps if needed & chosen), Fraction(0))

    found, orders = shapley(NAMES, steps, 2), list(permutations(NAMES))
    assert sum(found.values()) == sum(amount for _, amount in steps)
    for name in NAMES:
        added = [value({*order[: order.index(name)], name}) - value(set(order[: order.index(name)])) for order in orders]
        assert abs(Fraction(found[name]) - sum(added, Fraction(0)) / len(orders)) <= Fraction(1, 100)


def test_what_rounding_leaves_goes_to_the_first_of_equal_names() -> None:
    assert shapley(["c", "a", "b"], [(frozenset("abc"), Decimal("0.10"))], 2) == {
        "a": Decimal("0.04"), "b": Decimal("0.03"), "c": Decimal("0.03")
    }  # fmt: skip


def test_sources_and_the_portfolio_add_up_to_all_by_channel_and_in_sum() -> None:
    assert [game.channel for game in REPORT.worth.games] == [ANY, "voice", "sms", "email", "mail"]
    for game in REPORT.worth.games:
        assert game.own.reached + sum(credit.fair.reached for credit in game.credits) == game.whole.reached
        assert game.own.balance + sum(credit.fair.balance for credit in game.credits) == game.whole.balance
        assert all(credit.last.reached <= credit.fair.reached <= credit.alone.reached for credit in game.credits)
        assert all(credit.only <= credit.accounts for credit in game.credits)


def test_what_a_channel_reaches_is_what_the_channels_say() -> None:
    expected = {one.channel: one.expected for one in REPORT.channels}
    assert {game.channel: game.whole.reached for game in REPORT.worth.games[1:]} == expected


def test_the_figure_goes_from_nothing_to_all_that_sources_add() -> None:
    bars = REPORT.worth.bars
    assert {bar.name for bar in bars} == {name for name, _ in SOURCES}
    assert bars[0].before == 0
    assert bars[-1].after == REPORT.worth.added == REPORT.worth.games[0].whole.reached - REPORT.worth.games[0].own.reached
    assert all(one.after == other.before for one, other in pairwise(bars))
    assert len(bars) <= SHOWN


def test_a_price_is_paid_for_each_account_that_is_linked() -> None:
    run = {**RUN, "sources": [{**one, **({"cost_per_record": 0.02} if one["name"] == "voter" else {})} for one in RUN["sources"]]}
    report = summarise(TABLES, run, RULES, WORDING)
    linked = next(one.linked for one in report.sources if one.name == "voter")
    assert report.worth.costs == {"voter": linked * Decimal("0.02")}
    credit = next(one for one in report.worth.games[0].credits if one.source == "voter")
    assert report.worth.price_of_one(credit) == linked * Decimal("0.02") / credit.last.reached
    assert report.worth.price_of_one(report.worth.games[0].credits[0] if report.worth.games[0].credits[0].source != "voter"
                                     else report.worth.games[0].credits[1]) is None  # fmt: skip


@pytest.mark.parametrize("accounts", [0, 1, 40])
def test_where_nothing_is_linked_the_portfolio_reaches_all(accounts: int) -> None:
    given_ = tables(accounts, linked=False)
    found = summarise(given_, ledger(given_)).worth
    assert all(not game.credits and game.own == game.whole for game in found.games)
    assert found.bars == ()
    assert (found.added, Worth().added) == (0, 0)


def test_intervals_are_around_the_values_and_those_of_one_fold_count_once() -> None:
    for game in REPORT.worth.games:
        for credit in game.credits:
            for what in ("alone", "last", "fair"):
                low, high = credit.between[what]
                value = getattr(credit, what)
                assert 0 <= low.reached <= value.reached + Decimal("1e-8")
                assert high.reached >= value.reached - Decimal("1e-8")
                assert low.balance <= value.balance + 1
                assert high.balance >= value.balance - 1
    best = REPORT.worth.games[0].credits[0]
    assert best.between["fair"][0].reached < best.fair.reached < best.between["fair"][1].reached


def test_the_price_of_a_contact_has_the_interval_of_the_contacts() -> None:
    credit = REPORT.worth.games[0].credits[0]
    worth = Worth(REPORT.worth.games, {credit.source: Decimal(50)})
    low, high = (part.reached for part in credit.between["last"])
    assert worth.prices_of_one(credit) == (50 / high, 50 / low)
    assert Worth(REPORT.worth.games).prices_of_one(credit) is None
