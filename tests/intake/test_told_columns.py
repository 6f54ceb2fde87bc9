"""A first row without a header is a person's row: what messages tell of it is how many columns there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from skiptrace.errors import SkiptraceError
from skiptrace.intake import delivery
from skiptrace.intake.told_columns import NO_HEADER, difference, is_header, nearest
from tests.intake.deliveries import AS_OF, portfolio

PERSON = ["ACC-X", "ALBERT", "MACALLISTER", "WA"]


def test_a_name_that_the_mapping_finds_makes_a_header() -> None:
    assert is_header(["Acct", "dob"], {"acct"})
    assert is_header(["column_1", "column_2"], set())
    assert not is_header(PERSON, {"acct"})


def test_columns_are_listed_where_they_are_surely_names() -> None:
    assert nearest("knd", ["Acct", "kind"], {"acct"}) == 'did you mean "kind"? its columns: Acct, kind'
    assert nearest("x", ["Acct", "a\nb"], {"acct"}) == "its columns: Acct"
    assert nearest("x", [f"column_{n}" for n in range(1, 50)], set()).endswith("column_40, …")


def test_a_row_of_values_is_told_by_its_length() -> None:
    assert nearest("first_name", PERSON, set()) == f"none of its 4 columns has a name of the mapping: {NO_HEADER}"


def test_files_differ_by_names_where_both_have_a_header_and_by_number_elsewhere() -> None:
    assert difference(["id", "n"], ["id", "extra"], "id") == "without n; with extra"
    assert difference(["id", "state"], PERSON, "id") == f"without 2 columns; with 4 columns: {NO_HEADER}"
    assert difference(["ACC-Y", "JOANN", "WA"], PERSON, "upper(wages)") == f"without 2 columns; with 3 columns: {NO_HEADER}"


@pytest.mark.parametrize("other", ["acct,first,last,state\n1,ANN,LEE,WA\n", None])
def test_no_value_of_a_tape_without_a_header_is_told(tmp_path: Path, other: str | None) -> None:
    """The tape alone, and beside one of the month before that had its header."""
    (tmp_path / "tape-2.csv").write_text(",".join(PERSON) + "\nACC-Y,BERTHA,MACALLISTER,OR\n")
    if other:
        (tmp_path / "tape-1.csv").write_text(other)
    spec = portfolio({"account_id": "acct", "first_name": "first", "last_name": "last"}).model_copy(update={"path": "*.csv"})
    with pytest.raises(SkiptraceError) as caught:
        delivery.survey(spec, tmp_path, AS_OF, 1000, "portfolio")
    assert [value for value in PERSON if value in str(caught.value)] == []
    assert NO_HEADER in str(caught.value)
