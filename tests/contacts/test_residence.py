from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.contacts import rules
from skiptrace.contacts.residence import current

ADDRESS = rules.load().address
Sighting = tuple[float, int, float]  # years before as_of, address, reliability


def filtered(accounts: list[tuple[int, list[Sighting]]], address: rules.AddressRules = ADDRESS) -> list[list[float]]:
    """p_current per account, given each account's number of addresses and its sightings."""
    rows = [(n, a, t, r) for n, (_, seen) in enumerate(accounts) for t, a, r in sorted(seen, key=lambda s: -s[0])]
    columns = [np.array([row[k] for row in rows], kind) for k, kind in enumerate((np.int64, np.int64, float, float))]
    counts = np.array([count for count, _ in accounts], np.int64)
    share = current(columns[0], columns[1], columns[2], columns[3], counts, address)
    assert all((share[n, count:] == 0).all() for n, count in enumerate(counts))
    return [share[n, :count].tolist() for n, count in enumerate(counts)]


def by_hand(count: int, seen: list[Sighting]) -> list[float]:
    """The docstring, step by step, for one account."""
    known = [1 / (count + 1)] * count
    elsewhere = 1 / (count + 1)
    clock = None
    for years, address, reliability in sorted(seen, key=lambda sighting: -sighting[0]):
        if clock is not None:
            stay = math.exp(-ADDRESS.leave_per_year * (clock - years))
            leave = (sum(known) + elsewhere) * (1 - stay)
            known = [p * stay + leave * (1 - ADDRESS.to_elsewhere) / count for p in known]
            elsewhere = elsewhere * stay + leave * ADDRESS.to_elsewhere
        rest = (1 - reliability) / 2
        known = [p * (reliability if number == address else rest) for number, p in enumerate(known)]
        elsewhere *= rest
        total = sum(known) + elsewhere
        known, elsewhere = [p / total for p in known], elsewhere / total
        clock = years
    decay = math.exp(-ADDRESS.leave_per_year * (clock or 0.0))
    return [p * decay for p in known]


def histories(count: int) -> st.SearchStrategy[tuple[int, list[Sighting]]]:
    # Distinct moments: the order of sightings of one moment is the caller's to settle.
    sighting = st.tuples(st.floats(0, 30), st.integers(0, count - 1), st.floats(0.01, 0.99))
    seen = st.lists(sighting, min_size=1, max_size=6, unique_by=lambda s: s[0])
    return st.tuples(st.just(count), seen)


accounts = st.lists(st.integers(1, 4).flatmap(histories), min_size=1, max_size=4)


@given(accounts)
def test_the_filter_is_the_loop_that_the_docstring_tells(told: list[tuple[int, list[Sighting]]]) -> None:
    for found, (count, seen) in zip(filtered(told), told, strict=True):
        assert found == pytest.approx(by_hand(count, seen), abs=1e-12)


@given(accounts)
def test_the_known_addresses_never_sum_to_more_than_one(told: list[tuple[int, list[Sighting]]]) -> None:
    for found in filtered(told):
        assert min(found) >= 0
        assert sum(found) <= 1 + 1e-12


@given(histories(3), st.floats(0.5, 20))
def test_chances_decay_as_as_of_moves_on(told: tuple[int, list[Sighting]], later: float) -> None:
    (now,) = filtered([told])
    (then,) = filtered([(told[0], [(years + later, address, r) for years, address, r in told[1]])])
    assert then == pytest.approx([p * math.exp(-ADDRESS.leave_per_year * later) for p in now], abs=1e-12)
    assert sum(then) < sum(now)


def test_a_fresh_reliable_sighting_beats_an_old_one() -> None:
    ((old, fresh),) = filtered([(2, [(6.0, 0, 0.95), (0.2, 1, 0.95)])])
    assert fresh > 0.6 > old


def test_several_sightings_of_the_day_outweigh_one_of_a_stale_file() -> None:
    ((home, stale),) = filtered([(2, [(3.0, 0, 0.95), (2.0, 0, 0.95), (1.0, 0, 0.95), (0.9, 1, 0.5)])])
    assert home > stale


def test_a_sighting_of_one_third_says_nothing() -> None:
    ((first, second),) = filtered([(2, [(1.0, 0, 0.95)])])
    assert filtered([(2, [(1.0, 0, 0.95), (1.0, 1, 1 / 3)])])[0] == pytest.approx([first, second])


def test_accounts_do_not_touch_each_other() -> None:
    one, two = (1, [(2.0, 0, 0.9)]), (3, [(5.0, 2, 0.7), (1.0, 0, 0.95)])
    assert filtered([one, two, one]) == [filtered([one])[0], filtered([two])[0], filtered([one])[0]]


def test_who_never_leaves_stays() -> None:
    ((home,),) = filtered([(1, [(25.0, 0, 0.9)])], replace(ADDRESS, leave_per_year=0.0))
    assert home == pytest.approx(0.9 / (0.9 + 0.05))


def test_no_accounts_no_chances() -> None:
    none = np.zeros(0, np.int64)
    assert current(none, none, none.astype(float), none.astype(float), none, ADDRESS).shape == (0, 0)
