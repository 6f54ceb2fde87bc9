import numpy as np

from jobs.demo import words
from jobs.demo.population import CHILD, HEAD, JUNIOR, NONE, SENIOR, SPOUSE, populate
from jobs.demo.records import World


def test_households_hold_the_hard_cases(world: World) -> None:
    people = world.people
    junior = np.flatnonzero(people.suffix == JUNIOR)
    assert len(junior) > 3
    for row in junior.tolist():
        head = people.head[row]
        assert (people.first[row], people.last[row]) == (people.first[head], people.last[head])
        assert people.suffix[head] == SENIOR
    twins = (people.household[1:] == people.household[:-1]) & (people.born[1:] == people.born[:-1])
    assert twins.sum() > 3
    spouse = people.role == SPOUSE
    assert 0.7 < (people.last[spouse] == people.last[people.head[spouse]]).mean() < 0.95


def test_children_are_younger_than_heads(world: World) -> None:
    people = world.people
    child = people.role == CHILD
    assert (people.born[child] > people.born[people.head[child]]).all()
    assert (people.role[people.head] == HEAD).all()


def test_addresses_are_newest_first_and_nobody_lives_in_the_future(world: World) -> None:
    people = world.people
    assert (people.since[:, :-1] >= people.since[:, 1:]).all()
    assert (people.since[:, 0] < people.as_of).all()
    assert people.address.max() < len(people.book.place)
    stays = ~people.left_home
    assert (people.address[stays, 0] == people.address[people.head[stays], 0]).all()
    assert (people.address[~stays, 0] != people.address[people.head[~stays], 0]).all()


def test_the_slot_at_a_day_is_the_home_of_that_day(world: World) -> None:
    people = world.people
    rows = np.arange(len(people))
    assert (people.slot_at(rows, np.full(len(people), people.as_of)) == 0).all()
    assert (people.slot_at(rows, people.since[:, 1]) == 1)[people.since[:, 1] > people.since[:, 2]].all()
    before = people.since[:, 0] - np.timedelta64(1, "D")
    assert (people.slot_at(rows, before) >= 1).all()


def test_deaths_lie_before_as_of_and_are_about_three_in_a_hundred_adults(world: World) -> None:
    people = world.people
    dead = ~np.isnat(people.died)
    assert (people.died[dead] < people.as_of).all()
    assert 0.015 < dead[people.adults()].mean() < 0.045


def test_earlier_surnames_have_a_day_and_differ(world: World) -> None:
    people = world.people
    named = people.earlier_last != NONE
    assert (named == ~np.isnat(people.renamed)).all()
    assert (people.earlier_last[named] != people.last[named]).all()
    assert people.hyphenated.sum() > 20
    assert not people.hyphenated[~named].any()


def test_the_same_stream_gives_the_same_people() -> None:
    as_of = np.datetime64("2026-06-30", "D")
    first, again, other = (populate(words.load(), 200, as_of, words.stream(seed, "p")) for seed in (1, 1, 2))
    assert (first.born == again.born).all()
    assert (first.address == again.address).all()
    assert len(first) != len(other) or (first.born != other.born).any()
