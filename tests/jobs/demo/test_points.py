import re

import numpy as np
import phonenumbers

from jobs.demo import points, words
from jobs.demo.points import FORMER_MOBILE, LANDLINE, MOBILE, REASSIGNED, RIGHT
from jobs.demo.records import World
from jobs.demo.words import stream, texts


def test_every_number_is_fictional_and_valid(world: World) -> None:
    numbers = np.unique(world.points.phone)
    numbers = numbers[numbers > 0]
    area, exchange, line = numbers // 10_000_000, numbers // 10_000 % 1000, numbers % 10_000
    assert (exchange == 555).all()
    assert ((line >= 100) & (line < 200)).all()
    for code in np.unique(area).tolist():
        number = phonenumbers.parse(f"+1{code}5550100")
        assert phonenumbers.is_valid_number(number)
        assert phonenumbers.region_code_for_number(number) == "US"


def test_numbers_are_not_repeated_while_they_last(world: World) -> None:
    mobile = world.points.phone[:, MOBILE]
    mobile = mobile[mobile > 0]
    assert len(np.unique(mobile)) == len(mobile)


def test_large_projects_use_further_exchanges_and_small_ones_repeat(world: World) -> None:
    place = np.zeros(150_000, np.int64)
    small = points._numbers(world.words, place, points.WIDE_FROM, stream(1, "n"))
    large = points._numbers(world.words, place, points.WIDE_FROM + 1, stream(1, "n"))
    assert set((small // 10_000 % 1000).tolist()) == {555}
    assert len(np.unique(small)) == len(world.words.area_code) * 100
    assert len(np.unique(large)) == len(place)
    assert (large % 10_000 // 100 == 1).all()


def test_numbers_come_from_the_area_of_the_place_while_these_last(world: World) -> None:
    place = np.arange(len(world.words.city))
    found = points._numbers(world.words, place, 100, stream(1, "n"))
    assert (found // 10_000_000 == world.words.area_code[world.words.place_area[place]]).all()


def test_reassigned_numbers_belong_to_somebody_else(world: World) -> None:
    own = world.points
    gone = np.flatnonzero((own.state[:, FORMER_MOBILE] == REASSIGNED) & (own.phone[:, FORMER_MOBILE] > 0))
    assert len(gone) > 100
    assert np.isin(own.phone[gone, FORMER_MOBILE], own.phone[:, MOBILE]).all()
    assert (own.phone[gone, FORMER_MOBILE] != own.phone[gone, MOBILE]).all()


def test_households_share_a_landline(world: World) -> None:
    line, head = world.points.phone[:, LANDLINE], world.people.head
    assert (line[line > 0] == line[head[line > 0]]).all()
    assert len(np.unique(line[line > 0])) < 0.8 * (line > 0).sum()


def test_nothing_reaches_the_dead(world: World) -> None:
    dead = ~np.isnat(world.people.died)
    assert not world.points.right_phone(world.people)[dead].any()
    assert not world.points.right_email(world.people)[dead].any()
    right = world.points.right_phone(world.people)
    assert right.any()
    assert (world.points.state[right] == RIGHT).all()


def test_email_addresses_are_invented_lower_case_and_mostly_one_persons(world: World) -> None:
    found = [address for address in world.points.email.ravel() if address is not None]
    assert all(re.fullmatch(r"[a-z0-9._]+@([a-z]+\.)?example\.(com|net|org)", address) for address in found)
    assert 0.95 < len(set(found)) / len(found) < 1


def test_phones_are_written_in_four_ways() -> None:
    forms = set(points.formatted(texts(["2125550123", None] * 200), words.stream(1, "f")))
    assert forms == {None, "2125550123", "(212) 555-0123", "212-555-0123", "+1 212 555 0123"}


def test_before_the_mobile_was_theirs_a_source_learns_the_former_one(world: World) -> None:
    own = world.points
    rows = np.flatnonzero((own.phone[:, :2] > 0).all(axis=1))
    early = points.phone_at(world.people, own, rows, own.mobile_since[rows] - 5, stream(1, "d"), home=0.0)
    late = points.phone_at(world.people, own, rows, own.mobile_since[rows] + 5, stream(1, "d"), home=0.0)
    assert (early == FORMER_MOBILE).all()
    assert (late == MOBILE).all()


def test_e164_keeps_gaps() -> None:
    assert points.e164(np.array([2125550123, 0])).tolist() == ["+12125550123", None]
