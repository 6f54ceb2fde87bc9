from __future__ import annotations

import numpy as np

from jobs.demo.nights_life import known_by, live
from jobs.demo.points import FORMER_MOBILE, MOBILE, RIGHT
from jobs.demo.records import World

PACE = 200.0


def test_a_day_changes_what_it_says_and_nothing_else(world: World) -> None:
    day = world.people.as_of + 1
    after, happened = live(world, day, 300, 3, PACE)
    assert (
        min(map(len, (happened.moved, happened.died, happened.married, happened.renumbered, happened.disconnected, happened.remailed))) > 0
    )
    people = after.people
    stayed = np.setdiff1d(np.arange(len(people)), happened.moved)
    assert (people.address[stayed] == world.people.address[stayed]).all()
    assert (people.address[happened.moved, 1] == world.people.address[happened.moved, 0]).all()
    assert (people.since[happened.moved, 0] == day).all()
    assert not np.isnat(people.died[happened.died]).any()
    assert (after.points.phone[happened.renumbered, FORMER_MOBILE] == world.points.phone[happened.renumbered, MOBILE]).all()
    assert (after.points.state[happened.renumbered, FORMER_MOBILE] != RIGHT).all()
    assert (after.points.state[happened.disconnected, MOBILE] != RIGHT).all()
    assert (people.last[happened.married] != world.people.last[happened.married]).any()


def test_the_same_day_of_the_same_seed_is_the_same_and_nothing_is_changed_in_place(world: World) -> None:
    before = world.people.address.copy(), world.points.phone.copy(), world.points.email.copy()
    one, other = (live(world, world.people.as_of + 1, 300, 3, PACE)[0] for _ in range(2))
    assert (one.people.address == other.people.address).all()
    assert (one.points.phone == other.points.phone).all()
    assert list(map(list, one.points.email)) == list(map(list, other.points.email))
    for was, now in zip(before, (world.people.address, world.points.phone, world.points.email), strict=True):
        assert (was == now).all()


def test_a_source_hears_of_a_death_later(world: World) -> None:
    after, happened = live(world, world.people.as_of + 1, 300, 3, PACE)
    delay = np.full(len(after.people), 30)
    assert np.isnat(known_by(after, delay).people.died[happened.died]).all()
    assert not np.isnat(known_by(after, delay * 0).people.died[happened.died]).any()
