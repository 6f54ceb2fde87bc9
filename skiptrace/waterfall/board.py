"""All that a stage is decided by, as arrays: one row per account, one column per offer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skiptrace.waterfall.behaviour import Behaviour
from skiptrace.waterfall.cells import NEVER, SILENT, Cells
from skiptrace.waterfall.gains import Gains, gains
from skiptrace.waterfall.lots import hashes
from skiptrace.waterfall.offers import Offer, Policy
from skiptrace.waterfall.threshold import carry

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_CENTS = 1e-9
NO_DAY = np.iinfo(np.int32).max


@dataclass(frozen=True)
class Board:
    """`worths`: gains and prices. `allowed`: asking is possible and permitted; `fits`: and stays below the account's ceiling.
    `held`, `reached`, `waiting`: bool [n]. `refresh`: first day, since 1970, on which a source that was asked may be asked again, int32
    [n], NO_DAY where none will be. `after`: see `threshold.carry`. `hashed`: uint64 [n]."""

    worths: Gains
    allowed: Flags
    fits: Flags
    held: Flags
    reached: Flags
    waiting: Flags
    refresh: NDArray[np.int32]
    spent: Floats
    after: Floats
    hashed: NDArray[np.uint64]

    @property
    def ratio(self) -> Floats:
        """Expected gain per unit of expected price, 0 where the source is not asked."""
        return np.where(self.fits, self.worths.gain / np.maximum(self.worths.price, _CENTS), 0.0)


def board(
    facts: pa.Table, behaviour: Behaviour, offers: Sequence[Offer], policy: Policy, as_of: dt.date, may: Mapping[str, Flags] | None
) -> Board:
    """The board of WATERFALL_FACTS. `may`: as in `choosing.choose`."""
    worths = gains(facts, behaviour, offers)
    state, asked_on = worths.cells.state, worths.cells.asked_on
    held = pc.is_valid(facts["held"]).to_numpy()
    reached = facts["p_any"].to_numpy() >= policy.target
    waiting = (state == SILENT).any(1)
    day = (as_of - dt.date(1970, 1, 1)).days
    again = np.full(state.shape, NO_DAY, np.int64)
    for at, offer in enumerate(offers):
        if offer.refresh_days is not None:
            asked = state[:, at] != NEVER
            again[asked, at] = asked_on[asked, at].astype(np.int64) + offer.refresh_days
    allowed = (state == NEVER) | (again <= day)
    for at, offer in enumerate(offers):
        if may is not None and offer.name in may:
            allowed[:, at] &= may[offer.name]
    allowed &= ~(held | reached | waiting)[:, None]
    spent = facts["spent"].to_numpy()
    fits = allowed
    if policy.ceiling is not None:
        most = np.asarray([offer.most for offer in offers])
        fits = allowed & (spent[:, None] + most[None, :] <= policy.ceiling + _CENTS)
    refresh = np.where(again > day, again, NO_DAY).min(1, initial=NO_DAY)
    refresh = np.where(refresh > day + policy.horizon_days, NO_DAY, refresh).astype(np.int32)
    place = behaviour.place([offer.name for offer in offers])
    after = carry(behaviour, _common(worths.cells), place)
    return Board(worths, allowed, fits, held, reached, waiting, refresh, spent, after, hashes(facts["account_id"]))


def _common(cells: Cells) -> Cells:
    """The commonest cell, of equally common ones the lowest: one row; states are not looked at."""
    cell, count = np.unique(cells.cell, return_counts=True)
    best = cell[count.argmax()] if len(cell) else 0
    return Cells(np.asarray([best], np.int64), np.zeros((1, 0), np.int8), np.zeros((1, 0), np.int32))
