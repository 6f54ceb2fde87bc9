from __future__ import annotations

import numpy as np
import pytest

from jobs.demo.vendors import NOBODY, market
from jobs.demo.vendors_book import Book, book
from skiptrace.schema import WATERFALL_FACTS

VENDORS = market(2)


@pytest.fixture(scope="module")
def found() -> Book:
    return book(VENDORS, 6000, 5)


def test_facts_are_as_agreed_and_of_a_seed(found: Book) -> None:
    assert found.facts.schema.equals(WATERFALL_FACTS.arrow)
    again = book(VENDORS, 6000, 5)
    assert again.facts.equals(found.facts)
    assert np.array_equal(again.right, found.right)


def test_right_and_proven_are_hits_and_nothing_is_proven_both_ways(found: Book) -> None:
    assert not (found.right & ~found.hit).any()
    assert not (found.reached & ~found.right).any()
    assert not (found.refuted & (found.right | ~found.hit)).any()


def test_a_copy_answers_as_the_vendor_it_copies(found: Book) -> None:
    at = next(at for at, vendor in enumerate(VENDORS) if vendor.copies != NOBODY)
    copied = found.voice[:, at] != at
    parent = VENDORS[at].copies
    assert copied.mean() == pytest.approx(VENDORS[at].copied, abs=0.03)
    for truth in (found.hit, found.right, found.score, found.reached, found.refuted):
        assert np.array_equal(truth[copied, at], truth[copied, parent])


def test_who_hits_most_is_not_who_is_right_most(found: Book) -> None:
    loud = int(np.argmin([vendor.accuracy for vendor in VENDORS]))
    share = found.right.sum(0) / found.hit.sum(0)
    assert share[loud] == share.min()
    assert found.hit.mean(0)[loud] > np.median(found.hit.mean(0))


def test_the_chance_of_what_is_known_already_is_kept(found: Book) -> None:
    assert found.reachable.mean() == pytest.approx(found.facts["p_any"].to_numpy().mean(), abs=0.02)
