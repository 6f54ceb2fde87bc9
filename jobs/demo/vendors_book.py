"""A portfolio that vendors are asked about, with the truth: who is reached by what is known already, and what each vendor would answer.

Columns of accounts are drawn directly; nothing is linked or scored. Every vendor's answer for every account is settled beforehand, so that
policies are compared on the same portfolio, and chance falls the same way for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jobs.demo.vendors import NOBODY, Vendor
from jobs.demo.words import Flags, Random, Whole, stream
from skiptrace.schema import WATERFALL_FACTS, conform
from skiptrace.schema.waterfall import ASKED, MISSING

Floats = NDArray[np.float64]
TRIED, ANSWERED = 0.45, 0.85
"""Of answers, the share that is tried before the next stage; of the right ones that are tried, the share that reaches somebody."""
_LACK = (0.35, 0.3, 0.15, 0.35, 0.6)
_RECOVERY, _HELD = 0.03, 0.05


@dataclass(frozen=True)
class Book:
    """`facts`: WATERFALL_FACTS before anybody was asked. Of each account: `reachable` without any vendor (bool [n]). Of each account and
    vendor, [n, v]: `hit`; `right`, the answer leads to the right party; `score`, the chance that a scorer gives the answer; `voice`, whose
    compilation it is (the vendor's own place, or that of the one it was copied from); `reached` and `refuted`: an attempt before the next
    stage proves it right, or wrong."""

    facts: pa.Table
    reachable: Flags
    hit: Flags
    right: Flags
    score: Floats
    voice: Whole
    reached: Flags
    refuted: Flags

    @property
    def balance(self) -> Floats:
        """What is owed."""
        found: Floats = self.facts["balance"].to_numpy()
        return found


def book(vendors: Sequence[Vendor], accounts: int, seed: int) -> Book:
    """A portfolio of so many accounts. Portfolios of one market differ as a whole, too: in how visible people are, and how long gone."""
    rng = stream(seed, "book")
    visible = rng.normal(rng.normal(0, 0.15), 1, accounts)
    gone = rng.exponential(900 * np.exp(rng.normal(0, 0.15)), accounts)  # days since the consumer last changed address and number
    sparse = rng.normal(0, 0.7, accounts)  # tapes that lack one field lack others, too
    lack = np.stack([rng.random(accounts) < _share(share, sparse) for share in _LACK], axis=1)
    age = rng.gamma(3.0, 400.0, accounts).astype(np.int64) + 120
    seen = np.minimum(rng.exponential(500, accounts) * np.exp(-0.4 * visible), 6000).astype(np.int64)
    never = rng.random(accounts) < 0.15
    balance = np.round(np.minimum(rng.lognormal(7.0, 1.0, accounts), 60_000), 2)
    p = np.clip(rng.beta(0.7, 5.0, accounts), 0.001, 0.95)
    facts = conform(pa.table({
        "account_id": pa.array([f"{seed}-{at:07d}" for at in rng.permutation(accounts)]), "balance": balance,
        "worth": np.round(_RECOVERY * balance, 6), "missing": (lack << np.arange(len(MISSING))).sum(1).astype(np.uint8),
        "debt_age_days": pa.array(age, pa.int32(), mask=rng.random(accounts) < 0.05),
        "last_evidence_days": pa.array(seen, pa.int32(), mask=never), "asked": pa.array([[]] * accounts, ASKED), "p_any": p,
        "held": pa.array(["bankruptcy" if one else None for one in rng.random(accounts) < _HELD], pa.string()), "spent": np.zeros(accounts),
    }), WATERFALL_FACTS)  # fmt: skip
    hit, right, voice = _answers(vendors, visible, gone, lack, age, rng)
    score = _scores(vendors, right, hit, rng)
    copied = voice != np.arange(len(vendors))
    luck, luckier = rng.random(hit.shape), rng.random(hit.shape)
    every = np.arange(accounts)[:, None]
    score, luck, luckier = (np.where(copied, one[every, voice], one) for one in (score, luck, luckier))
    tried = hit & (luck < TRIED)
    return Book(facts, rng.random(accounts) < p, hit, right, score, voice, tried & right & (luckier < ANSWERED), tried & ~right)


def _answers(
    vendors: Sequence[Vendor], visible: Floats, gone: Floats, lack: Flags, age: Whole, rng: Random
) -> tuple[Flags, Flags, Whole]:
    rows = len(visible)
    hit, right = np.zeros((rows, len(vendors)), np.bool_), np.zeros((rows, len(vendors)), np.bool_)
    voice = np.tile(np.arange(len(vendors)), (rows, 1))
    for at in sorted(range(len(vendors)), key=lambda at: (vendors[at].copies != NOBODY, at)):
        one = vendors[at]
        odds = one.level + one.visible * visible - lack @ np.asarray(one.lacking) - one.neither * (lack[:, 0] & lack[:, 1])
        hit[:, at] = rng.random(rows) < _logistic(odds - one.old * (age - 1200) / 365)
        fresh = gone > rng.exponential(one.lag, rows)
        sure = one.accuracy * np.where(lack[:, 0] & lack[:, 1], 0.75, 1.0)
        right[:, at] = hit[:, at] & fresh & (rng.random(rows) < sure)
        if one.copies != NOBODY:
            taken = rng.random(rows) < one.copied
            hit[taken, at], right[taken, at] = hit[taken, one.copies], right[taken, one.copies]
            voice[taken, at] = voice[taken, one.copies]
    return hit, right, voice


def _scores(vendors: Sequence[Vendor], right: Flags, hit: Flags, rng: Random) -> Floats:
    """What a scorer makes of each answer: it knows how often a vendor is right, or thinks so, and a little of the answer itself."""
    share = (right.sum(0) + 1) / (hit.sum(0) + 2)
    odds = np.log(share / (1 - share)) + np.asarray([one.exaggerated for one in vendors])
    told = np.where(right, 0.8 * (1 - share), -0.8 * share)
    return _logistic(odds + told + rng.normal(0, 0.5, right.shape))


def _share(share: float, sparse: Floats) -> Floats:
    return _logistic(np.log(share / (1 - share)) + sparse)


def _logistic(odds: Floats) -> Floats:
    chance: Floats = 1 / (1 + np.exp(-odds))
    return chance

