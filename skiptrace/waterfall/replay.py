"""What the policy gained over a fixed order of sources, estimated from the log of asks.

At each ask an order would have asked its next source instead. Since a share of all asks was dealt at random, with chances that the log
keeps, the asks where both agree, weighed by these chances, stand for all (inverse propensity). The doubly robust estimate begins with what
the learned behaviour expects of the order's source, and corrects it by the asks where both agree; behaviour is learned on other accounts
than those it is used on. This compares *which source*, on the accounts that were asked; whom to ask at all is compared by accounts that are
held out for the order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skiptrace.schema import ASKS, ESTIMATES, conform
from skiptrace.waterfall.behaviour import Behaviour
from skiptrace.waterfall.cells import NEVER, cells
from skiptrace.waterfall.fitting import sigmoid
from skiptrace.waterfall.learning import learn
from skiptrace.waterfall.lots import hashes
from skiptrace.waterfall.offers import Offer
from skiptrace.waterfall.priors import load

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
LEAST = 30
"""Asks that an estimate rests on at least; below, there is none."""
FOLDS = 2
_Z = 1.959963984540054
_TINY = 1e-12
NOBODY = -1


@dataclass(frozen=True)
class _Ratio:
    """Gain per unit of money: gain and price of each ask, as far as they count. `bent` [sources]: by how much the whole gain changes with
    one sd of what scores exaggerate of a source."""

    gain: Floats
    price: Floats
    bent: Floats
    asks: int
    effective: float

    @property
    def value(self) -> float:
        return float(self.gain.sum() / max(self.price.sum(), _TINY))

    def pull(self, account: Whole) -> Floats:
        """How far each account, and what is not known of scores of each source, pull the ratio from its value, as shares of it."""
        whole = max(float(self.price.sum()), _TINY)
        each = np.bincount(account, self.gain - self.value * self.price) if len(account) else np.zeros(0)
        found: Floats = np.concatenate([each, self.bent]) / whole / max(abs(self.value), _TINY)
        return found


def replay(asks: pa.Table, offers: Sequence[Offer], orders: Sequence[Sequence[str]]) -> pa.Table:
    """ESTIMATES of ASKS: of the policy as logged, of accounts that were held out, and of each order by three methods. Prices of an order
    are those of `offers`. Asks without an answer are left out; an estimate that would rest on fewer than LEAST asks is left out, too."""
    asks = conform(asks, ASKS)
    asks = asks.filter(pc.and_(pc.is_valid(asks["hit"]), pc.is_valid(asks["p_after"])))
    asks = asks.take(pc.sort_indices(asks, [("account_id", "ascending"), ("asked_on", "ascending"), ("source", "ascending")]))
    names = sorted({*(offer.name for offer in offers), *(name for order in orders for name in order)})
    whole = learn(asks, load(), names)
    (gain, slope), price = _borne_out(asks, whole), asks["price"].to_numpy()
    account = pc.rank(asks["account_id"], tiebreaker="dense").to_numpy().astype(np.int64) - 1 if len(asks) else np.zeros(0, np.int64)
    held = asks["held_out"].to_numpy(zero_copy_only=False).astype(bool)
    bend = _Bend(asks, whole, slope)
    logged = _Ratio(gain * ~held, price * ~held, bend.of(~held), int((~held).sum()), float((~held).sum()))
    found = [("policy", "logged", logged)]
    if held.any():
        found.append(("held out", "logged", _Ratio(gain * held, price * held, bend.of(held), int(held.sum()), float(held.sum()))))
    if len(asks) and orders:
        rows = np.flatnonzero(~held)
        expected = _expected(asks, whole, offers)
        for order in orders:
            found += [(" > ".join(order), method, one) for method, one in _order(asks, rows, gain, expected, bend, order)]
    rows_of = [_row(name, method, one, logged, account) for name, method, one in found if one.asks >= LEAST]
    return conform(pa.Table.from_pylist(rows_of, schema=ESTIMATES.arrow), ESTIMATES)


class _Bend:
    """What an estimate has of the uncertainty of scores."""

    def __init__(self, asks: pa.Table, behaviour: Behaviour, slope: Floats) -> None:
        self.behaviour, self.slope = behaviour, slope
        self.source = pc.index_in(asks["source"], pa.array(behaviour.sources, pa.string())).to_numpy().astype(np.int64)

    def of(self, weight: Floats | NDArray[np.bool_]) -> Floats:
        """`_Ratio.bent` of asks with these weights."""
        size = len(self.behaviour.sources)
        return np.bincount(self.source, self.slope * weight, minlength=size) * self.behaviour.score_sd


def _borne_out(asks: pa.Table, behaviour: Behaviour) -> tuple[Floats, Floats]:
    """(rise of p_any times worth of each ask without what scores exaggerate of its source, how it changes with the latter)."""
    before, after = asks["p_before"].to_numpy(), asks["p_after"].to_numpy()
    left = np.maximum(1 - before, _TINY)
    rise = np.clip((after - before) / left, 1e-9, 1 - 1e-9)
    of = pc.index_in(asks["source"], pa.array(behaviour.sources, pa.string())).to_numpy().astype(np.int64)
    real = sigmoid(np.log(rise / (1 - rise)) - behaviour.score[of])
    scale = np.where(asks["hit"].to_numpy(zero_copy_only=False).astype(bool), left, 0.0) * asks["worth"].to_numpy()
    return real * scale, -real * (1 - real) * scale


def _expected(asks: pa.Table, whole: Behaviour, offers: Sequence[Offer]) -> tuple[Floats, Floats]:
    """(expected gain, expected price) of each ask, had it gone to each source: float64 [n, sources]. Learned on the other accounts."""
    fold = (hashes(asks["account_id"]) % np.uint64(FOLDS)).astype(np.int64)
    gain, price = np.zeros((len(asks), len(whole.sources))), np.zeros((len(asks), len(whole.sources)))
    by_name = {offer.name: offer for offer in offers}
    for one in range(FOLDS):
        mine = np.flatnonzero(fold == one)
        learned = learn(asks.filter(pa.array(fold != one)), load(), whole.sources)
        distinct, row = cells(asks.take(pa.array(mine)), learned.sources, load()).patterns()
        chances = learned.chances(distinct)
        gain[mine] = chances.both[row]
        for at, name in enumerate(learned.sources):
            if name in by_name:
                price[mine, at] = by_name[name].expected(chances.hit[:, at], chances.lift[:, at])[row]
    scale = (1 - asks["p_before"].to_numpy()) * asks["worth"].to_numpy()
    return gain * scale[:, None], price


def _order(
    asks: pa.Table, rows: Whole, gain: Floats, expected: tuple[Floats, Floats], bend: _Bend, order: Sequence[str]
) -> list[tuple[str, _Ratio]]:
    behaviour = bend.behaviour
    state = cells(asks, behaviour.sources, load()).state
    wanted = np.full(len(asks), NOBODY, np.int64)
    for name in reversed(order):
        at = behaviour.sources.index(name)
        wanted[state[:, at] == NEVER] = at
    use = np.zeros(len(asks), np.bool_)
    use[rows] = True
    use &= wanted != NOBODY
    agree = use & (bend.source == wanted)
    weight = np.where(agree, 1 / asks["propensity"].to_numpy(), 0.0)
    every, column = np.arange(len(asks)), np.maximum(wanted, 0)
    guess, price = expected[0][every, column] * use, expected[1][every, column] * use
    total = float(weight.sum())
    effective = total**2 / max(float(np.square(weight).sum()), _TINY)
    count = int(agree.sum())
    even = float(use.sum()) / max(total, _TINY)
    parts = {
        "ips": (weight * gain, weight), "snips": (even * weight * gain, even * weight), "dr": (guess + weight * (gain - guess), weight),
    }  # fmt: skip
    return [(method, _Ratio(part, price, bend.of(weights), count, effective)) for method, (part, weights) in parts.items()]


def _row(name: str, method: str, one: _Ratio, logged: _Ratio, account: Whole) -> dict[str, object]:
    pull = one.pull(account)
    half = _Z * float(np.sqrt(np.square(pull).sum())) * abs(one.value)
    out: dict[str, object] = {
        "policy": name, "method": method, "asks": one.asks, "effective": one.effective, "gain": one.value, "gain_low": one.value - half,
        "gain_high": one.value + half, "better": None, "better_low": None, "better_high": None,
    }  # fmt: skip
    if name != "policy" and one.value > 0 and logged.value > 0:
        ratio = logged.value / one.value
        wide = float(np.exp(_Z * np.sqrt(np.square(logged.pull(account) - pull).sum())))
        out |= {"better": ratio - 1, "better_low": ratio / wide - 1, "better_high": ratio * wide - 1}
    return out
