import re

import numpy as np

from jobs.demo import addresses
from jobs.demo.records import World
from jobs.demo.words import stream


def test_one_line_is_upper_case_with_city_state_and_zip(world: World) -> None:
    book = world.people.book
    rows = np.arange(500)
    for line in book.one_line(world.words, rows):
        assert re.fullmatch(r"(\d+ [^,]+|PO BOX \d+), [A-Z ]+, [A-Z]{2} \d{5}", line)


def test_the_same_place_is_written_in_several_ways(world: World) -> None:
    book = world.people.book
    row = int(np.flatnonzero((book.unit != "") & (book.direction > 0))[0])
    found = addresses.written(world.words, book, np.full(400, row), 1.0, 0.5, stream(1, "a"))
    assert len(set(found["line1"])) > 6
    assert len({line for line in found["line2"] if line is not None}) >= 4
    assert None in set(found["line2"])


def test_slips_are_rare_and_scale_with_noise(world: World) -> None:
    book, rows = world.people.book, np.arange(4000)
    clean = world.words.postal[book.place[rows]]
    found = [addresses.written(world.words, book, rows, noise, 0.5, stream(1, "a")) for noise in (0, 1, 4)]
    wrong = [(columns["postal"] != clean).mean() for columns in found]
    assert wrong[0] == 0
    assert wrong[0] < wrong[1] < wrong[2] < 0.06


def test_apartments_share_a_building_and_boxes_have_no_unit(world: World) -> None:
    book = world.people.book
    flats = np.flatnonzero(book.unit != "")
    house = [(book.place[row], book.number[row], book.street[row]) for row in flats.tolist()]
    assert len(set(house)) < 0.85 * len(house)
    assert (book.unit[book.box > 0] == "").all()
    assert 0.01 < (book.box > 0).mean() < 0.05


def test_most_moves_stay_in_the_state(world: World) -> None:
    here = np.arange(len(world.words.city)).repeat(50)
    there = addresses.next_place(world.words, here, stream(1, "move"))
    state = world.words.state_number
    assert 0.5 < (state[here] == state[there]).mean() < 0.8
    assert 0.2 < (here == there).mean() < 0.5
