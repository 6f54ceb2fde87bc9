from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.contacts import rules
from skiptrace.contacts.residence import current
from skiptrace.kernels.residence import LEFT, MOVED_TO, SEEN

ADDRESS = rules.load().address
Sighting = tuple[float, int, float, int]  # years before as_of, address, reliability, word


def filtered(accounts: list[tuple[int, list[Sighting]]], address: rules.AddressRules = ADDRESS) -> list[list[float]]:
    """p_current per account, given each account's number of addresses and its sightings."""
    rows = [(n, *s) for n, (_, seen) in enumerate(accounts) for s in sorted(seen, key=lambda s: -s[0])]
    kinds = (np.int64, float, np.int64, float, np.int64)
    account, years, number, reliability, word = (np.array([row[k] for row in rows], kind) for k, kind in enumerate(kinds))
    counts = np.array([count for count, _ in accounts], np.int64)
    share = current(account, number, years, reliability, word, counts, address).tolist()
    ends = np.cumsum(counts).tolist()
    return [share[end - count : end] for end, count in zip(ends, counts.tolist(), strict=True)]


def by_hand(count: int, seen: list[Sighting], address: rules.AddressRules = ADDRESS) -> list[float]:
    """The docstring, step by step, for one account."""
    known, elsewhere = [1 / (count + 1)] * count, 1 / (count + 1)
    clock, rate, since = None, address.leave_per_year, {}
    for years, number, r, word in sorted(seen, key=lambda sighting: -sighting[0]):
        if clock is not None:
            stay = math.exp(-rate * (clock - years))
            leave = (sum(known) + elsewhere) * (1 - stay)
            known = [p * stay + leave * (1 - address.to_elsewhere) / count for p in known]
            elsewhere = elsewhere * stay + leave * address.to_elsewhere
        if word == SEEN:
            known = [p * (r if n == number else (1 - r) / 2) for n, p in enumerate(known)]
            elsewhere *= max((1 - r) / 2, (1 - r) * address.missed)
        elif word == MOVED_TO:
            known = [p * (1 - r) + r * (n == number) for n, p in enumerate(known)]
            elsewhere *= 1 - r
        else:
            elsewhere += r * known[number]
            known[number] *= 1 - r
        total = sum(known) + elsewhere
        known, elsewhere = [p / total for p in known], elsewhere / total
        clock = years
        if word != LEFT and r > 1 / 3:
            since.setdefault(number, years)
        settled = number in since and since[number] - years >= address.settled_years
        rate = address.leave_per_year * (address.settled if settled else 1)
    decay = math.exp(-rate * (clock or 0.0))
    return [p * decay for p in known]


def eighths(low: float, high: float) -> st.SearchStrategy[float]:
    """Years that add up exactly, so that a shift in time changes no order and no tenure."""
    return st.integers(round(low * 8), round(high * 8)).map(lambda n: n / 8)


def histories(count: int) -> st.SearchStrategy[tuple[int, list[Sighting]]]:
    # Distinct moments: the order of sightings of one moment is the caller's to settle.
    sighting = st.tuples(eighths(0, 30), st.integers(0, count - 1), st.floats(0.01, 0.99), st.sampled_from([SEEN, SEEN, MOVED_TO, LEFT]))
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


@given(histories(3), eighths(0.5, 20))
def test_chances_decay_as_as_of_moves_on(told: tuple[int, list[Sighting]], later: float) -> None:
    (now,) = filtered([told])
    (then,) = filtered([(told[0], [(years + later, *rest) for years, *rest in told[1]])])
    slowest = ADDRESS.leave_per_year * ADDRESS.settled
    fell = sum(then) / sum(now)
    assert then == pytest.approx([p * fell for p in now], abs=1e-12)
    assert math.exp(-ADDRESS.leave_per_year * later) - 1e-9 <= fell <= math.exp(-slowest * later) + 1e-9


def test_a_fresh_reliable_sighting_beats_an_old_one() -> None:
    ((old, fresh),) = filtered([(2, [(6.0, 0, 0.95, SEEN), (0.2, 1, 0.95, SEEN)])])
    assert fresh > 0.6 > old


def test_several_sightings_of_the_day_outweigh_one_of_a_stale_file() -> None:
    ((home, stale),) = filtered([(2, [(3.0, 0, 0.95, SEEN), (2.0, 0, 0.95, SEEN), (1.0, 0, 0.95, SEEN), (0.9, 1, 0.5, SEEN)])])
    assert home > stale


def test_a_sighting_of_one_third_tells_no_known_address_from_another() -> None:
    ((first, second),) = filtered([(2, [(1.0, 0, 0.95, SEEN)])])
    ((one, two),) = filtered([(2, [(1.0, 0, 0.95, SEEN), (1.0, 1, 1 / 3, SEEN)])])
    assert one / two == pytest.approx(first / second)


def test_who_is_reported_gone_is_hardly_there() -> None:
    ((home, other),) = filtered([(2, [(3.0, 0, 0.95, SEEN), (2.0, 1, 0.6, SEEN), (1.0, 0, 0.95, LEFT)])])
    assert home < 0.1 < other
    assert sum(filtered([(2, [(3.0, 0, 0.95, SEEN), (2.0, 1, 0.6, SEEN)])])[0]) > 0.7


def test_a_filed_move_outweighs_any_number_of_older_sightings() -> None:
    ((home, new),) = filtered([(2, [*((3.0 - n / 10, 0, 0.95, SEEN) for n in range(9)), (1.0, 1, 0.95, MOVED_TO)])])
    assert new > 0.85 > 0.1 > home


def test_who_has_settled_stays_longer() -> None:
    ((long,),), ((short,),) = (filtered([(1, [(years, 0, 0.95, SEEN), (5.0, 0, 0.95, SEEN)])]) for years in (12.0, 5.1))
    assert long > short


def test_accounts_do_not_touch_each_other() -> None:
    one, two = (1, [(2.0, 0, 0.9, SEEN)]), (3, [(5.0, 2, 0.7, SEEN), (1.0, 0, 0.95, SEEN)])
    assert filtered([one, two, one]) == [filtered([one])[0], filtered([two])[0], filtered([one])[0]]


def test_who_never_leaves_stays() -> None:
    ((home,),) = filtered([(1, [(25.0, 0, 0.9, SEEN)])], replace(ADDRESS, leave_per_year=0.0))
    assert home == pytest.approx(0.9 / (0.9 + 0.1 * ADDRESS.missed))


def test_no_accounts_no_chances() -> None:
    none = np.zeros(0, np.int64)
    assert current(none, none, none.astype(float), none.astype(float), none, none, ADDRESS).shape == (0,)
