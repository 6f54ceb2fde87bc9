from __future__ import annotations

import itertools
import random

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.normalize.place_columns import is_given, place_kinds, read_place_columns
from skiptrace.normalize.places import Place, country_of_lines, read_place
from skiptrace.normalize.zones import states_of_zip

CITIES = ["", " ", "Seattle", "seattle", "Unknown", "Dallas, TX", "Seattle, WA 98101", "St. Louis", "é", "5", ","]
STATES = ["", " ", "WA", "Washington", "wash.", "ON", "PR", "AE", "ZZ", "tx"]
POSTAL = [
    "", " ", "98101", "98101-1234", "981011234", "98101 1234", "8101", "98101.0", "K1A 0B1", "k1a0b1", "EC1A 1BB", " 98101", "é",
    "x" * 2_000,
]  # fmt: skip
COUNTRIES = ["", " ", "US", "usa", "CA", "Canada", "PR", "GB", "nowhere"]
HINTS = [("", "", ""), ("Austin", "TX", "78701"), ("", "", "78701-1234"), ("Austin", "", ""), ("", "TX", ""), ("5", "??", "K1A")]
Row = tuple[str, str, str, str, tuple[str, str, str]]


def conflicts(place: Place) -> bool:
    possible = states_of_zip(place.zip5 or "") if place.country == "US" and place.state and place.zip5 else frozenset()
    return bool(possible) and place.state not in possible


def compare(rows: list[Row]) -> None:
    given = tuple(pa.array([row[at] for row in rows], pa.string()) for at in range(4))
    hints = tuple(pa.array([row[4][at] for row in rows], pa.string()) for at in range(3))
    kinds = place_kinds(given[1], given[2], given[3], hints)
    found = read_place_columns(kinds, given, hints)
    for at, row in enumerate(rows):
        expected = read_place(*row)
        assert (*(column[at].as_py() for column in found[:5]), bool(found.conflict[at])) == (*expected, conflicts(expected)), row


def test_columns_give_the_places_of_their_rows() -> None:
    rows: list[Row] = list(itertools.product(CITIES[:8], STATES, POSTAL, COUNTRIES, HINTS[:2]))
    compare(random.Random(1).sample(rows, 3_000))


def test_hints_fill_what_the_columns_leave_open() -> None:
    rows: list[Row] = list(itertools.product(CITIES, ["", "WA", " "], ["", "98101", " ", "K1A 0B1"], ["", "US", "CA"], HINTS))
    compare(random.Random(2).sample(rows, 1_500))


any_row = st.tuples(st.text(max_size=12), st.text(max_size=4), st.text("0159- A", max_size=11), st.text(max_size=3))


@given(st.lists(any_row, min_size=1, max_size=10))
def test_any_text_gives_the_place_of_its_row(rows: list[tuple[str, str, str, str]]) -> None:
    compare([(*row, ("", "", "")) for row in rows])


def test_many_kinds_of_rows_are_told_apart() -> None:
    postal = [f"X{number}" for number in range(3_000)]
    compare([("Town", STATES[at % len(STATES)], postal[at], f"C{at}", ("", "", "")) for at in range(3_000)])


@pytest.mark.parametrize("at", range(len(COUNTRIES)))
def test_the_country_of_the_lines_is_that_of_the_kind(at: int) -> None:
    rows = list(itertools.product(STATES, POSTAL))
    empty = pa.array([""] * len(rows), pa.string())
    columns = [pa.array([row[part] for row in rows], pa.string()) for part in (0, 1)]
    kinds = place_kinds(*columns, pa.array([COUNTRIES[at]] * len(rows), pa.string()), (empty, empty, empty))
    found = [country_of_lines(*kinds.questions[kind][:3]) for kind in kinds.rows]
    assert found == [country_of_lines(*row, COUNTRIES[at]) for row in rows]


@given(st.lists(st.text(max_size=3)))
def test_what_is_given_is_what_strip_leaves(texts: list[str]) -> None:
    assert is_given(pa.array(texts, pa.string())).tolist() == [bool(text.strip()) for text in texts]
