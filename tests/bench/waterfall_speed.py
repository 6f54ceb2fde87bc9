"""What deciding costs: a million accounts and eight sources, with a log and a history of requests behind them."""

from __future__ import annotations

import time

import numpy as np
import pyarrow as pa

from jobs.demo.vendors import market
from jobs.demo.vendors_book import book
from skiptrace.schema import ASKS
from skiptrace.waterfall.asking import asked_column
from skiptrace.waterfall.choosing import choose
from skiptrace.waterfall.learning import learn
from skiptrace.waterfall.offers import Policy
from skiptrace.waterfall.priors import load
from tests.bench.report import Figure
from tests.bench.waterfall_play import FIRST, play


def speed(accounts: int) -> list[Figure]:
    """CPU seconds of one decision: facts to CHOICES and STOPS, half of the accounts asked before."""
    vendors = market(1)
    offers = [vendor.offer for vendor in vendors]
    names = [offer.name for offer in offers]
    behaviour = learn(play(book(vendors, 3000, 7), offers, Policy(budget=400.0), ASKS.empty(),
                           lambda asks: learn(asks, load(), names)).asks, load(), names)  # fmt: skip
    facts = book(vendors, accounts, 8).facts
    rng = np.random.default_rng(9)
    state = np.where(rng.random((accounts, len(names))) < 0.12, rng.integers(1, 3, (accounts, len(names))), 0).astype(np.int8)
    days = np.where(state > 0, rng.integers(20_000, 20_500, state.shape), 0).astype(np.int32)
    place = facts.schema.get_field_index("asked")
    facts = facts.set_column(place, facts.schema.field(place), pa.chunked_array([asked_column(state, days, names)]))
    started = time.process_time()
    choices, stops = choose(facts, behaviour, offers, Policy(budget=0.15 * accounts, ceiling=2.0), FIRST)
    took = time.process_time() - started
    assert len(choices) + len(stops) == accounts
    return [
        Figure("decide_cpu", round(took, 1), f"CPU-s for {accounts:,} accounts and {len(offers)} sources", 60, at_most=True),
        Figure("decided", len(choices), "requests"),
    ]
