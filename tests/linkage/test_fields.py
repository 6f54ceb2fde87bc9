"""Which blocking keys a delivery can have, by the columns that it maps."""

from __future__ import annotations

import pytest

from skiptrace.kernels.record_keys import PART_NAMES
from skiptrace.linkage import fields
from skiptrace.linkage.rules import load


def names(*columns: str) -> set[str]:
    return {key.name for key in fields.usable_keys(load(), columns)}


def test_every_part_of_a_key_comes_from_some_column() -> None:
    assert set(fields._COLUMNS) == set(PART_NAMES)


@pytest.mark.parametrize("columns", [(), ("record_id", "last_seen"), ("first_name",), ("city", "state"), ("dob",), ("ssn4",)])
def test_what_says_too_little_makes_no_key(columns: tuple[str, ...]) -> None:
    assert names(*columns) == set()


def test_a_number_alone_is_a_key_and_names_need_a_second_one() -> None:
    assert names("phone") == names("phones") == {"phone"}
    assert names("ssn") == {"ssn"}
    assert "names" in names("first_name", "last_name")
    assert names("full_name") == names("first_name", "last_name")


def test_last_four_come_from_the_whole_number_too() -> None:
    assert names("ssn", "last_name") >= {"ssn", "ssn4_last"}
    assert names("ssn4", "last_name") == names("ssn", "last_name") - {"ssn"}


def test_every_key_is_usable_where_everything_is_mapped() -> None:
    everything = {column for columns in fields._COLUMNS.values() for column in columns}
    assert names(*everything) == {key.name for key in load().keys}
