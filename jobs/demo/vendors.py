"""Vendors of skip data as they might be: what they charge, whom they know, how late they hear of a change, and whom they copy.

A market is drawn from a seed. It is written without the model that learns from it: a vendor knows somebody by chances that hang on the
account and on how visible the person is, and shows what was right when it last heard; a copy shows what the vendor it copies shows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from jobs.demo.words import Random, stream
from skiptrace.waterfall.offers import Offer

NOBODY = -1
COUNT = 8
_KINDS = ("plain", "plain", "plain", "cheap", "premium", "fresh", "copy", "loud")
"""loud: knows almost everybody, and is mostly wrong."""


@dataclass(frozen=True)
class Vendor:
    """One vendor. `level`: log-odds that it knows an ordinary consumer; `visible`: what one unit of visibility adds; `lacking`: what each
    missing field takes away, ssn, dob, address, phone, email; `neither`: what is taken away where SSN and birth date are missing both;
    `old`: what each year of debt age takes away. `lag`: mean days until it hears of a change. `accuracy`: chance that what it shows is of
    this person. `copies`: place of the vendor that it copies, NOBODY; `copied`: share of people whom it takes over from there.
    `exaggerated`: log-odds by which scores make too much of it."""

    offer: Offer
    level: float
    visible: float
    lacking: tuple[float, ...]
    neither: float
    old: float
    lag: float
    accuracy: float
    copies: int
    copied: float
    exaggerated: float


def market(seed: int) -> tuple[Vendor, ...]:
    """Eight vendors in an order that says nothing, with at least one copy and one that hits often and is wrong."""
    rng = stream(seed, "market")
    kinds = [_KINDS[at] for at in rng.permutation(COUNT)]
    originals = [at for at, kind in enumerate(kinds) if kind != "copy"]
    found = []
    for at, kind in enumerate(kinds):
        parent = int(rng.choice([one for one in originals if kinds[one] != "loud"])) if kind == "copy" else NOBODY
        if kind == "plain" and rng.random() < 0.3:  # a second, partial copy in some markets
            others = [one for one in originals if one < at and kinds[one] in ("plain", "premium")]
            parent = int(rng.choice(others)) if others else NOBODY
        found.append(_vendor(f"vendor_{at + 1}", kind, parent, rng))
    return tuple(replace(vendor, copies=_first(found, vendor.copies)) for vendor in found)


def _first(vendors: list[Vendor], at: int) -> int:
    """Whoever compiled what a vendor shows: a copy of a copy is one of the first."""
    while at != NOBODY and vendors[at].copies != NOBODY:
        at = vendors[at].copies
    return at


def _vendor(name: str, kind: str, parent: int, rng: Random) -> Vendor:
    level = {"cheap": -1.0, "premium": 0.1, "loud": 1.0, "fresh": -1.2}.get(kind, -0.6) + rng.normal(0, 0.4)
    accuracy = {"cheap": 0.45, "premium": 0.8, "loud": 0.12, "fresh": 0.75}.get(kind, 0.6) * rng.uniform(0.85, 1.15)
    lag = {"cheap": 700.0, "premium": 250.0, "loud": 1200.0, "fresh": 60.0}.get(kind, 450.0) * rng.uniform(0.6, 1.6)
    exaggerated = rng.normal(1.0 if kind == "loud" else 0.0, 0.35)
    lacking = tuple(float(rng.uniform(0, most)) for most in (1.4, 0.5, 0.6, 0.4, 0.3))
    return Vendor(
        _offer(name, kind, rng), level, float(rng.uniform(0.3, 0.9)), lacking, float(rng.uniform(0, 1.2)), float(rng.uniform(0, 0.15)),
        lag, float(min(accuracy, 0.95)), parent, float(rng.uniform(0.6, 0.95)) if parent != NOBODY else 0.0, float(exaggerated),
    )  # fmt: skip


def _offer(name: str, kind: str, rng: Random) -> Offer:
    price = {"cheap": 0.012, "premium": 0.22, "loud": 0.06, "fresh": 0.12, "copy": 0.05}.get(kind, 0.08) * rng.uniform(0.6, 1.5)
    how, minimum = rng.random(), float(np.round(rng.uniform(3, 12))) if rng.random() < 0.4 else 0.0
    if how < 0.6:
        return Offer(name, per_record=round(price, 4), minimum_order=minimum)
    if how < 0.9:
        return Offer(name, per_hit=round(price * 2.5, 4), minimum_order=minimum)
    return Offer(name, per_record=round(price / 2, 4), per_success=round(price * 6, 4), minimum_order=minimum)
