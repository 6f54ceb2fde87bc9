"""`make bench-waterfall`: which source to ask next, for whom, and when to stop, on simulated portfolios whose truth is known.

    make bench-waterfall [ONLY=quality,speed,crashed] [SEEDS="1 2 3 4 5"] [ACCOUNTS=6000] [BIG=1000000] [PROJECTS=26]

A market is eight vendors drawn from a seed (`jobs/demo/vendors.py`): cheap and dear, fresh and stale, copies of each other, one that knows
almost everybody and is mostly wrong. In each, four portfolios come one after the other, with budgets of 3, 6, 10 or 20 % of what it
would cost to ask all of them for everybody; the policy starts from the shipped priors, knows nothing of the vendors, and keeps its log.
What counts is balance with a right party that became reachable by what was bought. It is compared with the best fixed order, chosen in
hindsight by that truth from all 109,600 (`waterfall_orders.py`), of accounts in file order and, told apart, by balance; and with the same
policy led by a behaviour learned from 12,000 other accounts that every vendor was asked for, with every outcome known, that explores
nothing: the oracle. Before each portfolio the frontier says what the budget will bring.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from jobs.demo.vendors import Vendor, market
from jobs.demo.vendors_book import book
from skiptrace.schema import ASKS
from skiptrace.waterfall.behaviour import Behaviour
from skiptrace.waterfall.frontier import frontier
from skiptrace.waterfall.learning import learn
from skiptrace.waterfall.offers import Policy
from skiptrace.waterfall.priors import load
from tests.bench.report import Figure, print_bench
from tests.bench.waterfall_crashed import crashed_figures
from tests.bench.waterfall_orders import best_orders
from tests.bench.waterfall_play import FIRST, STEP, play, price_of
from tests.bench.waterfall_speed import speed

PORTFOLIOS, SHARES = 4, (0.03, 0.06, 0.10, 0.20)
TEACHING = 12_000


@dataclass(frozen=True)
class Result:
    """One portfolio: what each way of asking added in balance; whether the frontier's intervals held; shares of the budget."""

    market: int
    number: int
    budget: float
    policy: float
    file_order: float
    by_balance: float
    oracle: float
    contacts_within: bool
    balance_within: bool
    paid: float


def main(environ: Mapping[str, str] = os.environ) -> list[Figure]:
    """Play and print; returns the figures."""
    only = set(filter(None, environ.get("ONLY", "").split(",")))
    seeds, accounts = [int(seed) for seed in (environ.get("SEEDS") or "1 2 3 4 5").split()], int(environ.get("ACCOUNTS") or 6000)
    figures: list[Figure] = []
    if not only or "quality" in only:
        started = time.process_time()
        results = [result for seed in seeds for result in portfolios(seed, accounts)]
        figures += summary(results)
        figures.append(Figure("quality_cpu", round(time.process_time() - started), "CPU-s", 600, at_most=True))
    if not only or "speed" in only:
        figures += speed(int(environ.get("BIG") or 1_000_000))
    if not only or "crashed" in only:
        figures += crashed_figures()
    print_bench("waterfall", figures)
    return figures


def portfolios(seed: int, accounts: int) -> Iterable[Result]:
    """The portfolios of one market, in their order."""
    vendors = market(seed)
    offers = [vendor.offer for vendor in vendors]
    names = [offer.name for offer in offers]
    log, knowing = ASKS.empty(), oracle(vendors, seed)
    for number in range(PORTFOLIOS):
        found = book(vendors, accounts, seed * 1000 + number)
        everything = sum(
            float(price_of(offers, np.full(accounts, at), found.hit[:, at], found.reached[:, at]).sum()) for at in range(len(offers))
        )
        policy = Policy(budget=SHARES[(seed + number) % len(SHARES)] * everything, seed=f"{seed} {number}")
        said = frontier(
            found.facts, learn(log, load(), names), offers, policy, [policy.budget], FIRST.replace(day=FIRST.day + STEP)
        ).to_pylist()[0]
        played = play(found, offers, policy, log, lambda asks: learn(asks, load(), names))
        best = play(found, offers, replace(policy, explore=0.0, first_order=1 << 40), log, lambda asks: knowing)
        orders = [
            max(one.balance for one in best_orders(found, offers, policy.budget, policy.target, way).values()) for way in (False, True)
        ]
        contacts, balance = float(played.added.sum()), float(found.balance[played.added].sum())
        result = Result(
            seed, number + 1, policy.budget, balance, orders[0], orders[1], float(found.balance[best.added].sum()),
            said["contacts_low"] <= contacts <= said["contacts_high"], said["balance_low"] <= balance <= said["balance_high"],
            max(played.paid, best.paid) / policy.budget,
        )  # fmt: skip
        print(
            f"market {seed} portfolio {number + 1}: budget {policy.budget:7.0f}  over file order {balance / orders[0] - 1:+.1%}"
            f"  over order by balance {balance / orders[1] - 1:+.1%}  of the oracle {balance / result.oracle:.1%}"
            f"  contacts {contacts:.0f}, said {said['contacts_low']:.0f} to {said['contacts_high']:.0f}"
            f"  balance {balance / 1e3:.0f}k, said {said['balance_low'] / 1e3:.0f}k to {said['balance_high'] / 1e3:.0f}k", flush=True,
        )  # fmt: skip
        log = pa.concat_tables([log, played.asks])
        yield result


def oracle(vendors: tuple[Vendor, ...], seed: int) -> Behaviour:
    """What the vendors truly do: every account of another book was sent to all, in an order of chance, and all outcomes are known."""
    offers = [replace(vendor.offer, minimum_order=0.0) for vendor in vendors]
    names = [offer.name for offer in offers]
    whole = book(vendors, TEACHING, seed * 1000 + 999)
    nothing = learn(ASKS.empty(), load(), names)
    told = replace(whole, reached=np.zeros_like(whole.reached), refuted=np.zeros_like(whole.refuted))
    everybody = Policy(budget=1e12, least=0.0, explore=1.0, first_order=1 << 40, target=1.0, stages=len(offers), seed="oracle")
    asks = play(told, offers, everybody, ASKS.empty(), lambda asks: nothing).asks
    row = pa.compute.index_in(asks["account_id"], whole.facts["account_id"].combine_chunks()).to_numpy()
    at = pa.compute.index_in(asks["source"], pa.array(names)).to_numpy()
    right = whole.right[row, at] & (asks["p_after"].to_numpy() > asks["p_before"].to_numpy())  # a copy of what was heard adds nothing
    hit = asks["hit"].to_numpy(zero_copy_only=False)
    outcome = pa.array(right, pa.bool_(), mask=~hit)
    place = asks.schema.get_field_index("reached")
    return learn(asks.set_column(place, asks.schema.field(place), pa.chunked_array([outcome])), load(), names)


def summary(results: list[Result]) -> list[Figure]:
    """The figures of all portfolios."""
    over_file = [one.policy / one.file_order - 1 for one in results]
    over_balance = [one.policy / one.by_balance - 1 for one in results]
    late = [one.policy / one.oracle for one in results if one.number == PORTFOLIOS]
    within = [one.contacts_within for one in results], [one.balance_within for one in results]
    return [
        Figure("portfolios", len(results), "portfolios", 20),
        Figure("over_best_file_order_mean", round(float(np.mean(over_file)), 4), "share", 0.25),
        Figure("over_best_file_order_least", round(min(over_file), 4), "share", -0.02),
        Figure("over_best_order_by_balance_mean", round(float(np.mean(over_balance)), 4), "share"),
        Figure("over_best_order_by_balance_least", round(min(over_balance), 4), "share", -0.02),
        Figure("of_oracle_after_three", round(float(np.mean(late)), 4), "share", 0.95),
        Figure("of_oracle_after_three_least", round(min(late), 4), "share"),
        Figure("of_oracle_at_first", round(float(np.mean([r.policy / r.oracle for r in results if r.number == 1])), 4), "share"),
        Figure("frontier_contacts_within", round(float(np.mean(within[0])), 4), "share", 0.85),
        Figure("frontier_balance_within", round(float(np.mean(within[1])), 4), "share", 0.85),
        Figure("most_of_budget_paid", round(max(one.paid for one in results), 6), "share", 1.0, at_most=True),
    ]


if __name__ == "__main__":
    main()
