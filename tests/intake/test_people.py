from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from skiptrace.intake.cells import Cells
from skiptrace.intake.people import People, named, read_people
from skiptrace.intake.rejects import RejectList
from tests.intake.deliveries import AS_OF, KEY


def cells(data: dict[str, Any]) -> Cells:
    table = pa.table(data)
    return Cells(table, pa.array(range(1, table.num_rows + 1), pa.int64()), RejectList("s", "f"), AS_OF, {})


def noted(found: Cells) -> list[tuple[int, str, str]]:
    return [(row["row"], row["column"], row["reason"]) for row in found.rejects.table().to_pylist()]


def column(people: People, name: str) -> list[Any]:
    values: list[Any] = people.columns[name].to_pylist()
    return values


def test_the_prefix_tells_whose_columns_are_read() -> None:
    found = cells({"last_name": ["Roe"], "co_last_name": ["Lund"], "co_dob": ["1980-06-30"]})
    assert column(read_people(found, "", KEY), "last") == ["ROE"]
    other = read_people(found, "co_", KEY)
    assert (column(other, "last"), other.minor.to_pylist()) == (["LUND"], [False])


def test_tokens_agree_however_the_number_is_written_and_differ_by_key() -> None:
    found = cells({"ssn": ["321-54-6789", "321546789", "321 54 6788", None]})
    first, second, third, none = column(read_people(found, "", KEY), "ssn_token")
    assert first == second != third
    assert none is None
    assert column(read_people(found, "", b"x" * 32), "ssn_token")[0] != first


def test_rejects_of_numbers_name_the_column_that_was_bad() -> None:
    found = cells({"ssn": ["12", None, "321546789"], "ssn4": ["0000", "12a4", "6789"]})
    assert column(read_people(found, "", KEY), "ssn4") == [None, None, "6789"]
    assert [(row, name) for row, name, _ in noted(found)] == [(1, "ssn"), (2, "ssn4")]


def test_former_names_are_sorted_and_distinct() -> None:
    found = cells({"former_names.1": ["Zeta", None, None], "former_names.2": [["Alpha", "zeta"], ["???"], None]})
    assert column(read_people(found, "", KEY), "former_names") == [["ALPHA", "ZETA"], [], []]
    assert noted(found) == [(2, "former_names", "not_a_name")]


def test_nothing_mapped_is_nobody() -> None:
    people = read_people(cells({"city": ["x", "y"]}), "", KEY)
    assert column(people, "name_kind") == ["unknown", "unknown"]
    assert column(people, "former_names") == [[], []]
    assert people.estate.to_pylist() == [False, False]
    assert people.minor.to_pylist() == [None, None]


@pytest.mark.parametrize("name", ["full_name", "first_name", "last_name"])
def test_who_has_a_name(name: str) -> None:
    assert named(cells({f"co_{name}": ["x", " ", None]}), "co_").to_pylist() == [True, False, False]


def test_no_rows_give_no_people() -> None:
    empty = cells(
        {
            "full_name": pa.array([], pa.string()),
            "former_names": pa.array([], pa.string()),
            "ssn": pa.array([], pa.string()),
        }
    )
    people = read_people(empty, "", KEY)
    assert all(len(values) == 0 for values in people.columns.values())


def test_a_taxpayer_number_is_flagged_beside_what_the_name_shows() -> None:
    found = cells({"full_name": ["Estate of Ann Roe", "Bob Roe", "Cy Roe"], "ssn": ["912-70-1234", "912-70-1235", "321-54-6789"]})
    assert column(read_people(found, "", KEY), "name_flags") == [["estate", "taxpayer"], ["taxpayer"], []]
