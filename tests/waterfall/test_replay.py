from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from skiptrace.schema import ESTIMATES
from skiptrace.waterfall.offers import Offer
from skiptrace.waterfall.replay import replay
from tests.waterfall.tables import asked, asks

NAMES = ("a", "b", "c")
PRICES = {"a": 0.1, "b": 0.1, "c": 0.2}
OFFERS = [Offer(name, price) for name, price in PRICES.items()]
HIT = {"a": (0.6, 0.2), "b": (0.25, 0.4), "c": (0.5, 0.45)}
LIFT = {"a": 0.4, "b": 0.3, "c": 0.5}
"""Chances by source, and of a hit by whether the SSN is there."""
EXPLORE = 0.3


def logged(seed: int, rows: int = 1500, exaggerated: float = 0.0) -> pa.Table:
    """A policy that asks a where the SSN is there and c elsewhere, and deals a share evenly; scores may make too much of b."""
    rng = np.random.default_rng(seed)
    found = []
    for at in range(rows):
        missing = int(rng.random() < 0.5)
        best = "c" if missing else "a"
        source = NAMES[rng.integers(3)] if rng.random() < EXPLORE else best
        hit = rng.random() < HIT[source][missing]
        right = hit and rng.random() < LIFT[source]
        score = min(LIFT[source] + (exaggerated if source == "b" else 0.0), 0.95) + 0.2 * (right - LIFT[source])
        found.append({
            "account_id": f"A{seed}-{at:05d}", "source": source, "missing": missing, "worth": float(rng.lognormal(3, 0.5)), "hit": hit,
            "p_before": 0.1, "p_after": 0.1 + 0.9 * score * hit, "reached": right if hit and rng.random() < 0.5 else None,
            "price": PRICES[source], "propensity": EXPLORE / 3 + (1 - EXPLORE) * (source == best), "explored": source != best,
        })  # fmt: skip
    return asks(*found)


def truth(table: pa.Table, order: tuple[str, ...] | None) -> float:
    """Expected gain per unit of money of the logged policy, or of the first source of an order, on these accounts."""
    gain = price = 0.0
    for row in table.select(["missing", "worth", "source"]).to_pylist():
        missing = row["missing"]
        if order is None:
            shares = {name: EXPLORE / 3 + (1 - EXPLORE) * (name == ("c" if missing else "a")) for name in NAMES}
        else:
            shares = {order[0]: 1.0}
        gain += sum(share * 0.9 * HIT[name][missing] * LIFT[name] * row["worth"] for name, share in shares.items())
        price += sum(share * PRICES[name] for name, share in shares.items())
    return gain / price


def row(found: pa.Table, policy: str, method: str) -> dict[str, Any]:
    return next(one for one in found.to_pylist() if (one["policy"], one["method"]) == (policy, method))


def test_intervals_hold_the_truth_of_orders_and_of_what_was_gained_over_them() -> None:
    within = {(name, method): 0 for name in ("b > a", "c > a") for method in ("ips", "snips", "dr")}
    better = 0
    seeds = range(20)
    for seed in seeds:
        table = logged(seed)
        found = replay(table, OFFERS, [("b", "a"), ("c", "a")])
        assert found.schema.equals(ESTIMATES.arrow)
        for name, method in within:
            one = row(found, name, method)
            within[name, method] += one["gain_low"] <= truth(table, tuple(name.split(" > "))) <= one["gain_high"]
        one = row(found, "b > a", "dr")
        better += one["better_low"] <= truth(table, None) / truth(table, ("b", "a")) - 1 <= one["better_high"]
    assert min(within.values()) >= 17
    assert better >= 17


def test_the_doubly_robust_interval_is_no_wider_than_plain_weights() -> None:
    found = replay(logged(1), OFFERS, [("b", "a")])
    wide = {method: row(found, "b > a", method) for method in ("ips", "dr")}
    assert wide["dr"]["gain_high"] - wide["dr"]["gain_low"] <= 1.02 * (wide["ips"]["gain_high"] - wide["ips"]["gain_low"])


def test_outcomes_take_back_what_scores_exaggerate() -> None:
    table = logged(2, 3000, exaggerated=0.5)
    one = row(replay(table, OFFERS, [("b", "a")]), "b > a", "dr")
    blind = asks(*(each | {"reached": None} for each in table.to_pylist()))
    believed = row(replay(blind, OFFERS, [("b", "a")]), "b > a", "dr")
    assert truth(table, ("b", "a")) < one["gain"] < 0.8 * believed["gain"]


def test_the_next_source_of_an_order_is_the_first_that_was_not_asked() -> None:
    rows = logged(3).to_pylist()
    after = asks(*(one | {"asked": [asked("b")]} for one in rows))
    found, plain = replay(after, OFFERS, [("b", "a")]), replay(logged(3), OFFERS, [("a",)])
    assert row(found, "b > a", "ips")["asks"] == row(plain, "a", "ips")["asks"]


def test_held_out_accounts_are_compared_and_an_order_that_was_never_asked_is_left_out() -> None:
    rows = [one | {"held_out": at % 5 == 0} for at, one in enumerate(logged(4).to_pylist())]
    found = replay(asks(*rows), [*OFFERS, Offer("z", 0.1)], [("z", "a")])
    assert row(found, "held out", "logged")["asks"] == 300
    assert {one["policy"] for one in found.to_pylist()} == {"policy", "held out"}


def test_a_log_without_answers_says_nothing() -> None:
    silent = asks(*(one | {"hit": None, "p_after": None, "reached": None} for one in logged(5, 50).to_pylist()))
    assert len(replay(silent, OFFERS, [("a", "b")])) == 0
    assert len(replay(asks(), OFFERS, [("a", "b")])) == 0
