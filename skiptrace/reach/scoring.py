"""Scoring uses: p(reach) = p(the point is this person's) x p(it is current) x p(the channel works on it).

The reasons are the steps of that product on the scale of log-odds: the first is the log-odds that the point belongs to
the person, each further one the change that the next factor makes. Where outcomes taught the channel, what a band gained is
added to its reason, and the rest is a reason of its own. They sum to the log-odds of p_reach exactly.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import number
from skiptrace.grouping import begins, ranks
from skiptrace.ids import digest
from skiptrace.reach.features import feature
from skiptrace.reach.learned import refit
from skiptrace.reach.scorecards import OrderRules, Scorecard
from skiptrace.schema import CHANNELS, conform
from skiptrace.vocabulary import WRONG_STATUSES as WRONG

LEAST, MOST = 1e-6, 1 - 1e-6
NINETY = 1.6448536269514722
"""Normal quantile of a two-sided 90 % interval."""
LEARNED_TEXT = "Outcomes of your own show how often this channel reaches the person."

CHUNK = 1 << 15
"""Points scored at a time: bounds memory, changes no result."""


@dataclass(frozen=True)
class _Factor:
    """One step of a score: its code, the sentences that it may say, which of them each point gets, and its log-odds. A quiet
    one is told only where it has points."""

    code: str
    sentences: tuple[str, ...]
    said: np.ndarray
    added: np.ndarray
    quiet: bool = False


def score(points: pa.Table, cards: tuple[Scorecard, ...], order: OrderRules, as_of: dt.date) -> pa.Table:
    """CHANNELS for CONTACT_POINTS (sorted by account), sorted by account, channel and rank; `decision` is 'stopped' until
    screened. `as_of` is the day to which the age of a sighting counts. Points may come without their evidence."""
    points = points.drop_columns([name for name in points.column_names if name == "evidence"])
    account = number(points["account_id"])
    ends = np.append(begins(account), len(account))
    # whole accounts: a rank is one of an account
    cuts = [0, *ends[np.unique(np.searchsorted(ends, np.arange(CHUNK, len(account) + CHUNK, CHUNK)).clip(max=len(ends) - 1))]]
    parts = [CHANNELS.empty()]
    for low, high in pairwise(np.unique(cuts).tolist()):
        some = points.slice(low, high - low).combine_chunks()
        parts.append(_ordered([_one(some, account[low:high], card, order, as_of) for card in cards]))
    return conform(pa.concat_tables(parts), CHANNELS)


def _ordered(scored: list[tuple[np.ndarray, pa.Table]]) -> pa.Table:
    """The channels of one chunk by account, channel (they come sorted) and rank."""
    table = pa.concat_tables([part for _, part in scored]).combine_chunks()
    account = np.concatenate([account for account, _ in scored])
    channel = np.repeat(np.arange(len(scored)), [len(account) for account, _ in scored])
    return table.take(pa.array(np.lexsort((table["rank"].to_numpy(), channel, account))))


def _one(
    points: pa.Table, account: np.ndarray, card: Scorecard, order: OrderRules, as_of: dt.date
) -> tuple[np.ndarray, pa.Table]:  # fmt: skip
    """(account, CHANNELS) of the points that one channel is for."""
    usable = uses_of(points, card)
    points, account = points.filter(pa.array(usable)), account[usable]
    scored = weigh(points, card, as_of)
    p, n = sigmoid(scored.odds), len(points)
    best = np.lexsort((points["rank"].to_numpy(), -p, account))
    # a point that was proved wrong is never the first to be tried, not even where it is the only one
    barred = pc.is_in(points["status"], pa.array(WRONG)).to_numpy(zero_copy_only=False)
    table = {
        "account_id": points["account_id"], "point_id": points["point_id"], "channel": pa.repeat(card.channel, n),
        "rank": pa.array(ranks(account, best, barred)), "p_reach": pa.array(p),
        "p_reach_low": pa.array(sigmoid(scored.odds - NINETY * scored.error)),
        "p_reach_high": pa.array(sigmoid(scored.odds + NINETY * scored.error)),
        "grade": _grades(p, order), "reasons": _reasons(scored.factors, scored.bits), "decision": pa.repeat("stopped", n),
    }  # fmt: skip
    return account, pa.table(table, schema=CHANNELS.arrow)


def uses_of(points: pa.Table, card: Scorecard) -> np.ndarray:
    """Which of CONTACT_POINTS are uses of a channel: bool [n]."""
    usable: np.ndarray = card.module.usable(points) & pc.is_in(points["kind"], pa.array(card.kinds)).to_numpy(zero_copy_only=False)
    return usable


@dataclass(frozen=True)
class Weighed:
    """Uses of one channel: log-odds of p_reach and their standard error, float64 [n], and `bits` [n, factors], which sum to
    the log-odds; `said` is the band of each feature that was asked for, `shipped` the log-odds before anything was learned."""

    odds: np.ndarray
    error: np.ndarray
    factors: list[_Factor]
    bits: np.ndarray
    said: np.ndarray
    shipped: np.ndarray
    current: np.ndarray


def weigh(points: pa.Table, card: Scorecard, as_of: dt.date, every: bool = False) -> Weighed:
    """Weigh the points of one channel by its scorecard, with what was learned where something was. `every`: find the bands
    of quiet features too, although they have no points yet."""
    right = np.clip(points["p_right_party"].to_numpy(), LEAST, MOST)
    current = np.clip(points["p_current"].to_numpy(), LEAST, MOST)
    works = _works(points, card, as_of, every or card.learned is not None)
    steps = [right, right * current]
    total = np.zeros(len(points))
    for factor in works:
        total = total + factor.added
        steps.append(np.clip(right * current / (1 + np.exp(-total)), LEAST**2, MOST))
    odds = [np.log(p) - np.log1p(-p) for p in steps]
    factors = [
        _chances("right_party", "The point is this person's with a probability of {} %.", right),
        _chances("current", "It is current with a probability of {} %.", current),
        *works,
    ]
    bits = np.stack([odds[0], *(after - before for before, after in pairwise(odds))], axis=1)
    shipped, chance = odds[-1], np.log(current) - np.log1p(-current)
    said = np.stack([factor.said for factor in works[1:]], axis=1) if len(works) > 1 else np.zeros((len(points), 0), np.int64)
    if card.learned is None:
        sources = points["independent_sources"].to_numpy()
        error = card.spread / np.sqrt(np.maximum(sources, 1))
        return Weighed(shipped, error, factors, bits, said, shipped, chance)
    taught = refit(card.learned, shipped, chance, said)
    bits[:, len(factors) - len(works) + 1 :] += taught.added
    rest = taught.odds - bits.sum(axis=1)
    factors.append(_Factor("outcomes", (LEARNED_TEXT,), np.zeros(len(points), np.int64), rest))
    return Weighed(taught.odds, taught.error, factors, np.column_stack([bits, rest]), said, shipped, chance)


def sigmoid(odds: np.ndarray) -> np.ndarray:
    """Probability of log-odds."""
    p: np.ndarray = 1 / (1 + np.exp(-odds))
    return p


def _works(points: pa.Table, card: Scorecard, as_of: dt.date, every: bool) -> list[_Factor]:
    """The base and each feature; sentence 0 is '', where no band holds. Quiet features only where `every` is asked for."""
    found = [_Factor("channel", (card.base_text,), np.zeros(len(points), np.int64), np.full(len(points), card.base))]
    for name, bands in card.features:
        if name in card.quiet and not every:
            continue
        said = np.zeros(len(points), np.int64)
        column = feature(points, name, as_of)
        for place, band in enumerate(bands, 1):
            # the first band that holds counts; files list the gravest first
            said[band.holds(column) & (said == 0)] = place
        added = np.array([0.0, *(band.points for band in bands)])[said]
        found.append(_Factor(name, ("", *(band.text for band in bands)), said, added, name in card.quiet))
    return found


def _chances(code: str, sentence: str, p: np.ndarray) -> _Factor:
    percent = np.clip(np.round(p * 100).astype(np.int64), 1, 99)
    return _Factor(code, tuple(sentence.format(n) for n in range(100)), percent, p)


def _reasons(factors: list[_Factor], points: np.ndarray) -> pa.ListArray:
    """Reasons per row: those with a sentence or with points, heaviest first; ties keep the order of the factors."""
    n, k = points.shape
    first = np.append(0, np.cumsum([len(factor.sentences) for factor in factors]))
    sentences = [text for factor in factors for text in factor.sentences]
    text = np.stack([factor.said for factor in factors], axis=1) + first[:-1] if n else np.zeros((0, k), np.int64)
    empty = np.array([not sentence for sentence in sentences], bool)
    silent = (empty[text] | np.array([factor.quiet for factor in factors], bool)) & (points == 0)
    order = np.argsort(np.where(silent, np.inf, -np.abs(points)), axis=1, kind="stable")
    at = (np.arange(n)[:, None] * k + order)[~np.take_along_axis(silent, order, axis=1)]
    codes = pa.array([factor.code for factor in factors], pa.string())
    struct = pa.StructArray.from_arrays(
        [
            codes.take(pa.array(at % k)),
            pa.array(sentences, pa.string()).take(pa.array(text.ravel()[at])),
            pa.array(points.ravel()[at]),
        ],
        names=["code", "text", "points"],
    )
    offsets = np.concatenate([[0], np.cumsum((~silent).sum(axis=1))]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), struct)


def _grades(p: np.ndarray, order: OrderRules) -> pa.Array:
    """The best grade whose least p_reach is met; `order.grades` is from the highest."""
    names, least = zip(*reversed(order.grades), strict=True)
    place = np.searchsorted(np.array(least), p, side="right") - 1
    return pa.array(names, pa.string()).take(pa.array(np.maximum(place, 0)))


def scorecards_hash(cards: tuple[Scorecard, ...]) -> str:
    """Content hash of the scorecards in force, what was learned included: any change of a figure changes it."""
    return digest([[card.key, None if card.learned is None else card.learned.plain()] for card in cards])
