from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.reach.learned import LEAD, Learned
from skiptrace.reach.scorecards import Band, Scorecard, load, order_rules
from skiptrace.reach.scoring import LEAST, MOST, NINETY, score, scorecards_hash
from skiptrace.schema import CHANNELS, CONTACT_POINTS
from skiptrace.vocabulary import LINE_TYPES, POINT_STATUSES, WRONG_STATUSES
from tests.reach.tables import points

CARDS = load()
CARD = {card.channel: card for card in CARDS}
ORDER = order_rules()
AS_OF = dt.date(2026, 6, 30)


def scored(*rows: dict[str, Any], cards: tuple[Scorecard, ...] = CARDS) -> list[dict[str, Any]]:
    table = score(points(*rows), cards, ORDER, AS_OF)
    assert table.schema.equals(CHANNELS.arrow)
    found: list[dict[str, Any]] = table.to_pylist()
    return found


def one(channel: str, **point: Any) -> dict[str, Any]:
    (row,) = [row for row in scored({"kind": CARD[channel].kinds[0], **point}) if row["channel"] == channel]
    return row


def logit(p: float) -> float:
    return math.log(p) - math.log1p(-p)


def works(card: Scorecard, point: dict[str, Any]) -> float:
    """p(the channel works), from the file: base plus the first band of each feature that holds."""
    total = card.base
    for feature, bands in card.features:
        if feature in card.quiet:
            continue
        value = point[feature]
        for band in bands:
            if band.is_ is not None:
                holds = value == band.is_
            elif band.has is not None:
                holds = band.has in value
            else:
                holds = value < band.below
            if holds:
                total += band.points
                break
    return 1 / (1 + math.exp(-total))


chance = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 1.0, 1e-9, 1 - 1e-12]))
point = st.fixed_dictionaries(
    {
        "account_id": st.sampled_from(["A1", "A2", "A3"]),
        "kind": st.sampled_from(["phone", "email", "address"]),
        "p_right_party": chance,
        "p_current": chance,
        "status": st.sampled_from(POINT_STATUSES),
        "line_type": st.sampled_from(LINE_TYPES),
        "shared_by": st.integers(0, 9),
        "independent_sources": st.integers(0, 6),
        "flags": st.lists(st.sampled_from(["role", "disposable", "no_number", "other"]), unique=True),
        "point_kind": st.sampled_from([None, "street", "incomplete", "general_delivery"]),
    }
)


def numbered(some: list[dict[str, Any]]) -> list[dict[str, Any]]:
    some = sorted(some, key=lambda row: row["account_id"])
    return [{**row, "point_id": f"p{n}", "rank": n + 1} for n, row in enumerate(some)]


@given(st.lists(point, max_size=6).map(numbered))
def test_reasons_sum_to_the_odds_of_the_product_of_three_factors(some: list[dict[str, Any]]) -> None:
    by_id = {row["point_id"]: row for row in some}
    rows = scored(*some)
    for row in rows:
        given_ = by_id[row["point_id"]]
        assert sum(reason["points"] for reason in row["reasons"]) == pytest.approx(logit(row["p_reach"]), abs=1e-9)
        right, current = (min(max(given_[name], LEAST), MOST) for name in ("p_right_party", "p_current"))
        expected = right * current * works(CARD[row["channel"]], given_)
        assert row["p_reach"] == pytest.approx(max(expected, LEAST**2), rel=1e-9)
        assert 0 < row["p_reach_low"] <= row["p_reach"] <= row["p_reach_high"] < 1
        assert all(reason["text"] for reason in row["reasons"])
        weights = [abs(reason["points"]) for reason in row["reasons"]]
        assert weights == sorted(weights, reverse=True)
        assert {"right_party", "current", "channel"} <= {reason["code"] for reason in row["reasons"]}
    keys = [(row["account_id"], row["channel"], row["rank"]) for row in rows]
    assert keys == sorted(keys)
    for account, channel in {key[:2] for key in keys}:
        group = [row for row in rows if (row["account_id"], row["channel"]) == (account, channel)]
        wrong = [by_id[row["point_id"]]["status"] in WRONG_STATUSES for row in group]
        first = 2 if wrong[0] else 1  # nobody is first where every point was proved wrong
        assert [row["rank"] for row in group] == list(range(first, first + len(group)))
        order = [(bad, -row["p_reach"]) for bad, row in zip(wrong, group, strict=True)]
        assert order == sorted(order)


def test_a_kind_of_point_is_scored_on_its_channels() -> None:
    rows = scored({"kind": "phone", "p_current": 0.1}, {"kind": "email", "point_id": "e"}, {"kind": "address", "point_id": "a"})
    assert [(row["channel"], row["point_id"]) for row in rows] == [
        ("email", "e"),
        ("mail", "a"),
        ("portal", "e"),
        ("portal", "p-1"),
        ("sms", "p-1"),
        ("voice", "p-1"),
    ]
    assert {row["decision"] for row in rows} == {"stopped"}  # nothing is permitted before it is screened


def test_the_interval_narrows_with_independent_sources() -> None:
    few, many = one("voice", independent_sources=1), one("voice", independent_sources=9)
    assert few["p_reach"] == many["p_reach"]
    error = NINETY * CARD["voice"].spread
    assert logit(few["p_reach"]) - logit(few["p_reach_low"]) == pytest.approx(error)
    assert logit(many["p_reach_high"]) - logit(many["p_reach"]) == pytest.approx(error / 3)
    assert one("voice", independent_sources=0)["p_reach_low"] == few["p_reach_low"]


def test_grades_follow_the_limits() -> None:
    for channel in CARD:
        for p in np.linspace(0.01, 1, 12):
            row = one(channel, p_current=float(p), p_right_party=0.999)
            expected = next(name for name, least in ORDER.grades if row["p_reach"] >= least)
            assert row["grade"] == expected
    assert one("mail", p_current=1.0, p_right_party=1.0)["grade"] == "A"
    assert one("mail", p_current=0.01)["grade"] == "F"


def test_the_first_band_that_holds_counts() -> None:
    bands = (Band(-3.0, "throw-away", has="disposable"), Band(-2.0, "office", has="role"))
    card = replace(CARD["email"], features=(("flags", bands),))
    both, role, plain = scored(
        {"kind": "email", "point_id": "1", "flags": ["disposable", "role"], "p_current": 0.1},
        {"kind": "email", "point_id": "2", "flags": ["role"], "p_current": 0.2},
        {"kind": "email", "point_id": "3", "p_current": 0.3},
        cards=(card,),
    )[::-1]
    texts = [[reason["text"] for reason in row["reasons"] if reason["code"] == "flags"] for row in (both, role, plain)]
    assert texts == [["throw-away"], ["office"], []]


def test_reasons_say_the_two_chances_in_words() -> None:
    texts = {reason["code"]: reason["text"] for reason in one("voice", p_right_party=0.87, p_current=0.999)["reasons"]}
    assert texts["right_party"] == "The point is this person's with a probability of 87 %."
    assert texts["current"] == "It is current with a probability of 99 %."
    assert texts["channel"] == CARD["voice"].base_text


def test_equal_chances_rank_by_the_rank_of_the_point() -> None:
    rows = scored({"point_id": "x", "rank": 2}, {"point_id": "y", "rank": 1}, cards=(CARD["voice"],))
    assert [row["point_id"] for row in rows] == ["y", "x"]


def taught(card: Scorecard, seed: int) -> Scorecard:
    """The card with what some outcomes might have taught it."""
    rng = np.random.default_rng(seed)
    values = tuple((name, tuple(rng.normal(0, 1, len(bands)).tolist())) for name, bands in card.features)
    size = LEAD + sum(len(bands) for _, bands in values)
    root = rng.normal(0, 0.1, (size, size))
    knots = ((-2.0, -1.0), (0.5, 0.0), (2.0, 3.0))
    return replace(card, learned=Learned(card.key, -1.0, 0.7, 0.2, values, knots, tuple(map(tuple, (root @ root.T).tolist())), 0.1, 9, 0))


@given(st.lists(point, max_size=6).map(numbered), st.integers(0, 5))
def test_learned_reasons_sum_and_no_learning_makes_a_wrong_point_first(some: list[dict[str, Any]], seed: int) -> None:
    by_id = {row["point_id"]: row for row in some}
    for row in scored(*some, cards=tuple(taught(card, seed) for card in CARDS)):
        assert sum(reason["points"] for reason in row["reasons"]) == pytest.approx(logit(row["p_reach"]), abs=1e-6)
        assert 0 < row["p_reach_low"] < row["p_reach"] < row["p_reach_high"] < 1
        assert [abs(r["points"]) for r in row["reasons"]] == sorted((abs(r["points"]) for r in row["reasons"]), reverse=True)
        if by_id[row["point_id"]]["status"] in WRONG_STATUSES:
            assert row["rank"] > 1


def test_quiet_features_are_told_only_where_they_have_points() -> None:
    shipped = {reason["code"] for reason in one("voice")["reasons"]}
    assert not shipped & set(CARD["voice"].quiet)
    (row,) = scored({"last_seen": AS_OF}, cards=(taught(CARD["voice"], 1),))
    assert {"rank", "seen_years", "independent_sources", "outcomes"} < {reason["code"] for reason in row["reasons"]}


def test_no_points_no_uses() -> None:
    assert score(CONTACT_POINTS.empty(), CARDS, ORDER, AS_OF).num_rows == 0


def test_the_hash_changes_with_every_figure_and_condition() -> None:
    card = CARD["voice"]
    name, bands = card.features[-1]
    other_limit = replace(bands[0], below=2.0)
    changed = [
        replace(card, base=card.base + 0.1),
        replace(card, version=card.version + 1),
        replace(card, spread=card.spread + 0.1),
        replace(card, features=(*card.features[:-1], (name, (other_limit, *bands[1:])))),
        replace(card, features=(*card.features[:-1], (name, bands[::-1]))),
    ]
    hashes = {scorecards_hash((one_card,)) for one_card in (card, *changed)}
    assert len(hashes) == 1 + len(changed)
    assert scorecards_hash((card,)) == scorecards_hash((replace(card),))
