"""The fixed orders that a policy is compared with: every order of every choice of vendors, in two manners and by two sequences of accounts.

*wide*: all accounts are sent to the first vendor, those that it did not reach to the second, and so on, until the money is gone.
*deep*: each account goes through all vendors of the order until it is reached, then the next account, until the money is gone.
Accounts stand in file order, or by balance, the highest first. All orders of one to eight vendors are tried (109,600), which is possible
because whether an account is reached depends on who was asked, not on the order: 256 sets say all. Orders are given an advantage: they
spend to the last cent without setting anything aside, pay no minimum order, and the best of them is chosen in hindsight, by the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from jobs.demo.vendors_book import Book
from skiptrace.waterfall.offers import Offer
from tests.bench.waterfall_play import Hand, price_of

MANNERS = ("wide", "deep")


@dataclass(frozen=True)
class Best:
    """The best order of a manner: what it adds in balance, and which."""

    balance: float
    order: tuple[int, ...]


def best_orders(book: Book, offers: Sequence[Offer], budget: float, target: float, by_balance: bool) -> dict[str, Best]:
    """The best order of each manner by the balance that becomes reachable."""
    count = len(offers)
    keep = np.flatnonzero(~book.facts["held"].is_valid().to_numpy() & (book.facts["p_any"].to_numpy() < target))
    if by_balance:
        keep = keep[np.argsort(-book.balance[keep], kind="stable")]
    hand = Hand(book, [offer.name for offer in offers])
    reached, right = np.zeros((1 << count, len(keep)), np.bool_), np.zeros((1 << count, len(keep)), np.bool_)
    for subset in range(1 << count):
        asked = np.tile([(subset >> at) & 1 == 1 for at in range(count)], (len(book.hit), 1))
        reached[subset] = (hand.p_any(asked) >= target)[keep]
        right[subset] = ((asked & book.right).any(1) & ~book.reachable)[keep]
    cost = np.stack([
        price_of(offers, np.full(len(book.hit), at), book.hit[:, at], book.reached[:, at]) for at in range(count)
    ])[:, keep]  # fmt: skip
    balance = book.balance[keep]
    found = {}
    for manner, walk in (("wide", _wide), ("deep", _deep)):
        value, order = walk(cost, reached, right, balance, budget)
        found[manner] = Best(float(value), tuple(int(at) for at in order if at >= 0))
    return found


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _wide(
    cost: NDArray[np.float64], reached: NDArray[np.bool_], right: NDArray[np.bool_], balance: NDArray[np.float64], budget: float
) -> tuple[float, NDArray[np.int64]]:
    count, rows = cost.shape
    best, best_order = -1.0, np.full(count, -1, np.int64)
    order, spent = np.full(count + 1, -1, np.int64), np.zeros(count + 1)
    subset = np.zeros(count + 1, np.int64)
    depth = 0
    while depth >= 0:
        order[depth] += 1
        if depth == count or order[depth] == count:
            order[depth] = -1
            depth -= 1
            continue
        at, before = order[depth], subset[depth]
        if before >> at & 1:
            continue
        after, money, cut = before | 1 << at, spent[depth], rows
        for row in range(rows):
            if not reached[before, row]:
                if money + cost[at, row] > budget:
                    cut = row
                    break
                money += cost[at, row]
        value = 0.0
        for row in range(rows):
            if right[after if row < cut and not reached[before, row] else before, row]:
                value += balance[row]
        if value > best:
            best = value
            best_order[:] = -1
            best_order[: depth + 1] = order[: depth + 1]
        if cut == rows and depth + 1 < count:
            depth += 1
            subset[depth], spent[depth], order[depth] = after, money, -1
    return best, best_order


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _deep(
    cost: NDArray[np.float64], reached: NDArray[np.bool_], right: NDArray[np.bool_], balance: NDArray[np.float64], budget: float
) -> tuple[float, NDArray[np.int64]]:
    count, rows = cost.shape
    best, best_order = -1.0, np.full(count, -1, np.int64)
    order, subset = np.full(count + 1, -1, np.int64), np.zeros(count + 1, np.int64)
    each = np.zeros((count + 1, rows))  # what an account costs by the order so far
    held = np.zeros((count + 1, rows), np.int64)  # whom it was sent to by then
    cut = np.full(count + 1, rows, np.int64)
    depth = 0
    while depth >= 0:
        order[depth] += 1
        if depth == count or order[depth] == count:
            order[depth] = -1
            depth -= 1
            continue
        at, before = order[depth], subset[depth]
        if before >> at & 1:
            continue
        money, value, end = 0.0, 0.0, cut[depth]
        for row in range(cut[depth]):
            price, asked = each[depth, row], held[depth, row]
            if asked == before and not reached[before, row]:
                price += cost[at, row]
                asked = before | 1 << at
            each[depth + 1, row], held[depth + 1, row] = price, asked
            if money + price > budget:
                end = row
                break
            money += price
            if right[asked, row]:
                value += balance[row]
        if value > best:
            best = value
            best_order[:] = -1
            best_order[: depth + 1] = order[: depth + 1]
        if depth + 1 < count:
            depth += 1
            subset[depth], cut[depth], order[depth] = before | 1 << at, end, -1
    return best, best_order
