"""A policy at work on a simulated portfolio: stage after stage, with what vendors answer, until nothing is asked any more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jobs.demo.vendors_book import Book
from skiptrace.schema import ASKS, CHOICES, conform
from skiptrace.waterfall.asking import asked_column
from skiptrace.waterfall.behaviour import Behaviour
from skiptrace.waterfall.choosing import choose
from skiptrace.waterfall.offers import Offer, Policy
from skiptrace.waterfall.rehearsing import EXTRA

FIRST = dt.date(2026, 6, 1)
STEP = 7
Learn = Callable[[pa.Table], Behaviour]


@dataclass
class Played:
    """What came of it: asks (ASKS), money paid, and per account whether a right-party contact became possible that was not."""

    asks: pa.Table
    paid: float
    added: NDArray[np.bool_]
    stages: int


class Hand:
    """What is known of a portfolio while sources answer."""

    def __init__(self, book: Book, names: Sequence[str]) -> None:
        self.book, self.names = book, list(names)
        self.asked_on = np.zeros(book.hit.shape, np.int32)
        self.asked = np.zeros(book.hit.shape, np.bool_)
        self.spent = np.zeros(len(book.hit))
        self.own = book.facts["p_any"].to_numpy()

    def p_any(self, asked: NDArray[np.bool_], tried: bool = True) -> NDArray[np.float64]:
        """The chance with these sources asked; each compilation counts once, by its best score. `tried`: attempts were made."""
        book = self.book
        left = 1 - self.own
        for voice in range(len(self.names)):
            mine = asked & book.hit & (book.voice == voice)
            left = left * (1 - np.where(mine & ~(book.refuted if tried else False), book.score, 0.0).max(1))
        p = 1 - left
        return np.where((asked & book.reached).any(1), 1.0, p) if tried else p

    def facts(self) -> pa.Table:
        """WATERFALL_FACTS of now."""
        state = np.where(self.asked, np.where(self.book.hit, 2, 1), 0).astype(np.int8)
        changed = {"asked": asked_column(state, self.asked_on, self.names), "p_any": self.p_any(self.asked), "spent": self.spent}
        facts = self.book.facts
        for name, column in changed.items():
            facts = facts.set_column(facts.schema.get_field_index(name), facts.schema.field(name), pa.chunked_array([column]))
        return facts


def play(book: Book, offers: Sequence[Offer], policy: Policy, log: pa.Table, learn: Learn) -> Played:
    """Ask as the policy says. `learn` is given `log` and what was asked here so far. Minimum orders are paid where an order stays below."""
    names = [offer.name for offer in offers]
    hand, mine, paid, stage = Hand(book, names), ASKS.empty(), 0.0, 0
    place = {name: at for at, name in enumerate(names)}
    ids = book.facts["account_id"]
    while stage < policy.stages + EXTRA:
        stage += 1
        day = FIRST + dt.timedelta(days=STEP * stage)
        behaviour = learn(pa.concat_tables([log, mine]))
        facts = hand.facts()
        left = replace(policy, budget=max(policy.budget - paid, 0.0))
        choices, _ = choose(facts, behaviour, offers, left, day, stage)
        if not len(choices):
            break
        assert choices.schema.equals(CHOICES.arrow)
        row = pa.compute.index_in(choices["account_id"], ids.combine_chunks()).to_numpy().astype(np.int64)
        at = np.asarray([place[name] for name in choices["source"].to_pylist()])
        hit, reached = book.hit[row, at], book.reached[row, at]
        known = reached | book.refuted[row, at]
        cost = price_of(offers, at, hit, reached)
        for number, offer in enumerate(offers):
            if (at == number).any():
                paid += max(float(cost[at == number].sum()), offer.minimum_order)
        assert paid <= policy.budget + 1e-6
        before = facts["p_any"].to_numpy()[row]
        new = hand.asked.copy()
        new[row, at] = True
        after = np.maximum(1 - (1 - before) * (1 - _rise(hand, row, at)), before)
        taken = facts.take(pa.array(row))
        asks = {name: taken[name] for name in ("account_id", "balance", "worth", "missing", "debt_age_days", "last_evidence_days", "asked")}
        asks |= {name: choices[name] for name in ("source", "stage", "propensity", "explored", "held_out")}
        asks |= {"asked_on": pa.array([day] * len(row), pa.date32()), "price": cost, "p_before": before, "p_after": after, "hit": hit,
                 "reached": pa.array(reached, pa.bool_(), mask=~known)}  # fmt: skip
        mine = pa.concat_tables([mine, conform(pa.table(asks), ASKS)])
        hand.asked, hand.spent[row] = new, hand.spent[row] + cost
        hand.asked_on[row, at] = (day - dt.date(1970, 1, 1)).days
    added = (hand.asked & book.right).any(1) & ~book.reachable
    return Played(mine, paid, added, stage)


def _rise(hand: Hand, row: NDArray[np.int64], at: NDArray[np.int64]) -> NDArray[np.float64]:
    """The chance that an answer itself adds before it is tried: none where its compilation was heard before."""
    book = hand.book
    voice = book.voice[row, at]
    heard = (hand.asked[row] & book.hit[row] & (book.voice[row] == voice[:, None])).any(1)
    return np.where(book.hit[row, at] & ~heard, book.score[row, at], 0.0)


def price_of(offers: Sequence[Offer], at: NDArray[np.int64], hit: NDArray[np.bool_], reached: NDArray[np.bool_]) -> NDArray[np.float64]:
    """What each request costs, minimum orders apart."""
    record, each, success = (np.asarray([getattr(offer, name) for offer in offers]) for name in ("per_record", "per_hit", "per_success"))
    return record[at] + hit * each[at] + (hit & reached) * success[at]
