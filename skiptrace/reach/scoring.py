"""Scoring uses: p(reach) = p(the point is this person's) x p(it is current) x p(the channel works on it).

The reasons are the steps of that product on the scale of log-odds: the first is the log-odds that the point belongs to
the person, each further one the change that the next factor makes. They sum to the log-odds of p_reach exactly.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.ids import digest
from skiptrace.reach.scorecards import OrderRules, Scorecard
from skiptrace.schema import CHANNELS, conform

LEAST, MOST = 1e-6, 1 - 1e-6
NINETY = 1.6448536269514722
"""Normal quantile of a two-sided 90 % interval."""


def score(points: pa.Table, cards: tuple[Scorecard, ...], order: OrderRules) -> pa.Table:
    """CHANNELS for CONTACT_POINTS, sorted by account, channel and rank; `decision` is 'stopped' until screened."""
    tables = [_one(points, card, order) for card in cards]
    table = pa.concat_tables([CHANNELS.empty(), *tables])
    return conform(
        table.sort_by([("account_id", "ascending"), ("channel", "ascending"), ("rank", "ascending")]), CHANNELS
    )


def _one(points: pa.Table, card: Scorecard, order: OrderRules) -> pa.Table:
    points = points.filter(pc.equal(points["kind"], card.kind))
    points = points.filter(pa.array(card.module.usable(points)))
    right = np.clip(points["p_right_party"].to_numpy(), LEAST, MOST)
    current = np.clip(points["p_current"].to_numpy(), LEAST, MOST)
    codes, texts, factors = _works(points, card)
    steps = [right, right * current]
    works = np.zeros(len(points))
    for factor in factors:
        works = works + factor
        steps.append(np.clip(right * current / (1 + np.exp(-works)), LEAST**2, MOST))
    odds = [np.log(p) - np.log1p(-p) for p in steps]
    bits = np.stack([odds[0], *(after - before for before, after in pairwise(odds))], axis=1)
    texts = [*_chances("The point is this person's with a probability of {} %.", right), *texts]
    texts.insert(1, _chances("It is current with a probability of {} %.", current)[0])
    reasons = _reasons(["right_party", "current", *codes], texts, bits)
    p = steps[-1]
    sources = points["independent_sources"].to_numpy()
    error = NINETY * card.spread / np.sqrt(np.maximum(sources, 1))
    rank = _ranks(points["account_id"], p, points["rank"].to_numpy())
    return pa.table(
        {
            "account_id": points["account_id"],
            "point_id": points["point_id"],
            "channel": pa.array([card.channel] * len(points), pa.string()),
            "rank": pa.array(rank, pa.int32()),
            "p_reach": pa.array(p),
            "p_reach_low": pa.array(1 / (1 + np.exp(-(odds[-1] - error)))),
            "p_reach_high": pa.array(1 / (1 + np.exp(-(odds[-1] + error)))),
            "grade": _grades(p, order),
            "reasons": reasons,
            "decision": pa.array(["stopped"] * len(points), pa.string()),
        },
        schema=CHANNELS.arrow,
    )


def _works(points: pa.Table, card: Scorecard) -> tuple[list[str], list[np.ndarray], list[np.ndarray]]:
    """(codes, texts per point, points per point) of the base and of each feature; a text is '' where no band holds."""
    codes, texts, factors = (
        ["channel"],
        [np.full(len(points), card.base_text, object)],
        [np.full(len(points), card.base)],
    )
    for name, bands in card.features:
        added = np.zeros(len(points))
        text = np.full(len(points), "", object)
        open_ = np.ones(len(points), bool)
        for band in bands:
            holds = band.holds(points[name]) & open_
            added[holds] += band.points
            text[holds] = band.text
            open_ &= ~holds  # the first band that holds counts; files list the gravest first
        codes.append(name)
        texts.append(text)
        factors.append(added)
    return codes, texts, factors


def _chances(sentence: str, p: np.ndarray) -> list[np.ndarray]:
    percent = np.clip(np.round(p * 100).astype(int), 1, 99)
    known = {n: sentence.format(n) for n in np.unique(percent).tolist()}
    return [np.array([known[n] for n in percent.tolist()], object)]


def _reasons(codes: list[str], texts: list[np.ndarray], points: np.ndarray) -> pa.ListArray:
    """Reasons per row: those with a sentence, heaviest first; ties keep the order of the factors."""
    n, k = points.shape
    text = np.stack(texts, axis=1) if n else np.zeros((0, k), object)
    silent = (text == "") & (points == 0)
    order = np.argsort(np.where(silent, np.inf, -np.abs(points)), axis=1, kind="stable")
    rows = np.arange(n)[:, None]
    keep = ~silent[rows, order]
    flat_code = np.array(codes, object)[order][keep]
    struct = pa.StructArray.from_arrays(
        [
            pa.array(flat_code.tolist(), pa.string()),
            pa.array(text[rows, order][keep].tolist(), pa.string()),
            pa.array(points[rows, order][keep], pa.float64()),
        ],
        names=["code", "text", "points"],
    )
    offsets = np.concatenate([[0], np.cumsum(keep.sum(axis=1))]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), struct)


def _ranks(account: pa.ChunkedArray, p: np.ndarray, point_rank: np.ndarray) -> np.ndarray:
    """Rank within account, best p first; ties by the rank of the point. The accounts are contiguous."""
    encoded = account.combine_chunks().dictionary_encode()
    encoded = encoded if isinstance(encoded, pa.DictionaryArray) else encoded.combine_chunks()
    code = encoded.indices.to_numpy(zero_copy_only=False)
    order = np.lexsort((point_rank, -p, code))
    begins = (
        np.flatnonzero(np.append(True, code[order][1:] != code[order][:-1])) if len(order) else np.zeros(0, np.int64)
    )
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order)) - np.repeat(begins, np.diff(np.append(begins, len(order)))) + 1
    return rank


def _grades(p: np.ndarray, order: OrderRules) -> pa.Array:
    grade = np.full(len(p), order.grades[-1][0], object)
    for name, least in reversed(order.grades):
        grade[p >= least] = name
    return pa.array(grade.tolist(), pa.string())


def scorecards_hash(cards: tuple[Scorecard, ...]) -> str:
    """Content hash of the scorecards in force: any change of a figure, a condition or a sentence changes it."""
    return digest(
        [
            [c.channel, c.version, c.kind, c.base, c.base_text, c.spread]
            + [[name, [[b.points, b.text, b.is_, b.has, b.below] for b in bands]] for name, bands in c.features]
            for c in cards
        ]
    )
