"""The value of information: what asking each source is expected to add to each account, and what that would cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skiptrace.schema import WATERFALL_FACTS, conform
from skiptrace.waterfall.behaviour import Behaviour
from skiptrace.waterfall.cells import Cells, cells
from skiptrace.waterfall.offers import Offer
from skiptrace.waterfall.priors import load

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Gains:
    """Per account and offer, float64 [n, offers] in currency: the expected rise of the chance of a right-party contact times what one is
    worth (`gain`), its bounds of 90 %, and the expected `price`, not taken off. `both`: chance that the request makes a contact possible
    that was not. `cells`: the accounts as small numbers, with states per offer."""

    gain: Floats
    low: Floats
    high: Floats
    price: Floats
    both: Floats
    cells: Cells


def gains(facts: pa.Table, behaviour: Behaviour, offers: Sequence[Offer]) -> Gains:
    """What each offer may add to each account of WATERFALL_FACTS, asked before or not, held or not: whether it may be asked is decided in
    `choose`. Chances are computed once for each distinct cell and history. Raises DataRefused for an offer `behaviour` does not know."""
    facts = conform(facts, WATERFALL_FACTS)
    place = behaviour.place([offer.name for offer in offers])
    found = cells(facts, behaviour.sources, load())
    distinct, row = found.patterns()
    chances = behaviour.chances(distinct)
    hit, lift = chances.hit[:, place], chances.lift[:, place]
    each = [offer.expected(hit[:, at], lift[:, at]) for at, offer in enumerate(offers)]
    price = np.stack(each, axis=1) if offers else np.zeros((len(distinct), 0))
    left = np.clip(1 - facts["p_any"].to_numpy(), 0.0, 1.0)
    scale = (left * np.maximum(facts["worth"].to_numpy(), 0.0))[:, None]
    both = chances.both[:, place][row]
    mine = Cells(found.cell, found.state[:, place], found.asked_on[:, place])
    return Gains(both * scale, chances.low[:, place][row] * scale, chances.high[:, place][row] * scale, price[row], both, mine)
