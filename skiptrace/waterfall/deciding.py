"""The decision of a stage on a board: source, propensity, and for those who get none the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from skiptrace.schema.waterfall import STOP_REASONS
from skiptrace.waterfall.assigning import NOBODY, affordable, assign
from skiptrace.waterfall.board import Board
from skiptrace.waterfall.lots import lots
from skiptrace.waterfall.offers import Offer, Policy
from skiptrace.waterfall.threshold import threshold

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]
_TINY = 1e-9
_FIRST_SHARE, _FEWEST = 0.01, 25
"""A first order takes this share of the budget at most, but asks so many times, that something is learned."""
_CHEAPEST = 10.0


@dataclass(frozen=True)
class Decided:
    """Per account: the offer's place (`assigning.NOBODY`: none), what is reserved, gain per price (what is paid for first), the chance
    with which it was asked, whether it was dealt at random, and whether the account goes through the fixed order."""

    chosen: Whole
    reserve: Floats
    rank: Floats
    propensity: Floats
    explored: Flags
    held_out: Flags


def decide(board: Board, answered: Whole, offers: Sequence[Offer], policy: Policy, stage: int) -> Decided:
    """The decision. `answered`: answers that each offer is known by, int64 [s]. An account that is to be asked is, with the chance
    `policy.explore`, asked a source dealt from all that it may be asked: so every one of them had a chance that is known."""
    rows, ratio = np.arange(len(board.spent)), board.ratio
    budget, bars = policy.budget, max(policy.least, _TINY)
    ordered = lots(board.hashed, policy.seed, "held out") < policy.held_out
    aside = np.full(len(rows), NOBODY, np.int64)
    if ordered.any():
        aside, reserved = _in_order(board, ordered, offers, policy)
        budget -= float(reserved.sum())
        ratio[ordered] = 0.0
    stages = max(1, policy.stages - stage + 1)
    bar = threshold(ratio, board.worths.both, board.worths.price, board.after, budget, stages, bars)
    if stages == 1:  # the best is what gives most for the money while there are stages to come; at the last, what leaves most over
        score = np.maximum(board.worths.gain - bar * board.worths.price, _TINY)
    else:
        score = ratio
    best = assign(np.where(ratio >= bar, score, 0.0), _room(answered, offers, policy))
    asked = best != NOBODY
    rank = np.where(asked, ratio[rows, np.maximum(best, 0)], 0.0)
    explored = asked & (lots(board.hashed, policy.seed, f"explored at {stage}") < policy.explore)
    dealt, chance = _dealt(board, lots(board.hashed, policy.seed, f"dealt at {stage}"), offers)
    chosen = np.where(explored, dealt, best)
    by_lot = policy.explore * chance[rows, np.maximum(chosen, 0)]
    propensity = np.where(chosen == best, 1 - policy.explore + by_lot, by_lot)
    chosen, propensity = np.where(ordered, aside, chosen), np.where(ordered, 1.0, propensity)
    at = np.maximum(chosen, 0)
    gain, price = board.worths.gain[rows, at], board.worths.price[rows, at]
    # What is held out has its share already and is paid first; a source's minimum order is of both together.
    chosen, kept = affordable(chosen, np.where(ordered, np.inf, rank), gain, price, offers, policy.budget, bar)
    return Decided(chosen, kept, rank, propensity, explored, ordered)


def reasons(board: Board, decided: Decided, policy: Policy) -> NDArray[np.int64]:
    """Place in STOP_REASONS of why an account is not asked: int64 [n]; of one that is asked it means nothing."""
    worth_it = (board.ratio >= max(policy.least, _TINY)).any(1) | decided.held_out
    tests = {
        "held": board.held, "reached": board.reached, "waiting": board.waiting, "exhausted": ~board.allowed.any(1),
        "ceiling": ~board.fits.any(1), "not_worth_it": ~worth_it, "budget": np.ones(len(board.spent), np.bool_),
    }  # fmt: skip
    found: Whole = np.stack([tests[name] for name in STOP_REASONS], axis=1).argmax(1)
    return found


def _room(answered: Whole, offers: Sequence[Offer], policy: Policy) -> Whole:
    """Requests that each offer may get: few while little is known of it, but enough for its minimum order."""
    most = np.asarray([max(offer.most, _TINY) for offer in offers])
    first = np.clip(_FIRST_SHARE * policy.budget / most, _FEWEST, policy.first_order)
    minimum = np.ceil(np.asarray([offer.minimum_order for offer in offers]) / most)
    room: Whole = np.minimum(np.maximum(np.maximum(first, policy.growth * answered), minimum), 1 << 40).astype(np.int64)
    return room


def _dealt(board: Board, lot: Floats, offers: Sequence[Offer]) -> tuple[Whole, Floats]:
    """(one of the sources that fit by lot, 0 where none does; the chance of each): so that each gets as much money as another, but a
    cheaper one no more than _CHEAPEST times as many asks as the dearest."""
    most = np.asarray([offer.most for offer in offers])
    floor = max(float(most.max(initial=0.0)) / _CHEAPEST, _TINY)
    weight = board.fits / np.maximum(most, floor)
    chance = weight / np.maximum(weight.sum(1, keepdims=True), _TINY)
    running = np.cumsum(weight, axis=1)
    dealt: Whole = np.argmax(running > (lot * running[:, -1])[:, None], axis=1)
    return dealt, chance


def _in_order(board: Board, ordered: Flags, offers: Sequence[Offer], policy: Policy) -> tuple[Whole, Floats]:
    """(source, reserve) of accounts that go through the fixed order, within their share of the whole budget, accounts in file order."""
    names = [offer.name for offer in offers]
    chosen = np.full(len(ordered), NOBODY, np.int64)
    for name in reversed(policy.order):
        at = names.index(name)
        chosen[ordered & board.fits[:, at]] = at
    whole = policy.budget + float(board.spent.sum())
    share = min(policy.held_out * whole - float(board.spent[ordered].sum()), policy.budget)
    rank = -np.arange(len(ordered), dtype=np.float64)
    gain = np.full(len(ordered), np.inf)
    plain = [replace(offer, minimum_order=0.0) for offer in offers]
    return affordable(chosen, rank, gain, np.zeros(len(ordered)), plain, max(share, 0.0), 0.0)
