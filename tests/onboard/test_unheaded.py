"""Mappings proposed from values alone."""

from __future__ import annotations

from skiptrace.onboard.proposal import Proposal
from skiptrace.onboard.unheaded import propose_unheaded
from skiptrace.project.fields import fields_of
from tests.onboard.tapes import AS_OF, people, shapes


def proposed(*held: str) -> tuple[Proposal, dict[str, str]]:
    """The proposal for a tape of such columns, and what each was found to be, by what it holds; only what is sure."""
    made = people()
    columns = {f"column_{place}": made[what] for place, what in enumerate(held, 1)}
    found = propose_unheaded(list(columns), shapes(columns), frozenset(fields_of("portfolio")), "account_id", AS_OF)
    at = dict(zip(columns, held, strict=True))
    return found, {name: "+".join(at[column] for column in one.columns) for name, one in found.mapped.items() if one.sure}


def test_values_alone_settle_much() -> None:
    _, sure = proposed(
        "id", "last", "first", "middle", "suffix", "line", "unit", "city", "state", "zip", "born", "opened", "phone", "email", "ssn"
    )
    assert sure == {
        "account_id": "id",
        "last_name": "last",
        "first_name": "first",
        "middle_name": "middle",
        "suffix": "suffix",
        "address_line1": "line",
        "address_line2": "unit",
        "city": "city",
        "state": "state",
        "postal_code": "zip",
        "dob": "born",
        "phone": "phone",
        "email": "email",
        "ssn": "ssn",
    }


def test_a_house_with_a_street_beside_it() -> None:
    _, sure = proposed("id", "last", "first", "house", "street", "city", "zip")
    assert (sure["address_line1"], sure["postal_code"]) == ("house+street", "zip")


def test_the_first_and_earliest_dates_are_births_where_sexes_stand_beside_them() -> None:
    """Dates of one range: nothing but their place tells which is which."""
    assert proposed("last", "first", "sex", "lived", "lived", "id")[1]["dob"] == "lived"
    assert proposed("last", "first", "lived", "id")[1]["dob"] == "lived"
    assert "dob" not in proposed("last", "first", "lived", "lived", "id")[1]
    assert "dob" not in proposed("last", "first", "sex", "opened", "opened", "id")[1]


def test_a_town_a_state_and_a_zip_side_by_side_need_not_be_full() -> None:
    found, sure = proposed("id", "last", "first", "house", "street", "rare city", "rare state", "rare zip", "city")
    assert (sure["city"], sure["state"], sure["postal_code"]) == ("rare city", "rare state", "rare zip")
    assert found.mapped["address_line1"].columns == ("column_4", "column_5")


def test_what_values_leave_open_is_a_question() -> None:
    found, sure = proposed("last", "first", "opened", "opened", "ssn4", "precinct")
    assert "dob" not in sure
    assert not found.mapped["dob"].sure
    assert not {"ssn4", "postal_code", "phone"} & set(sure)


def test_bare_digits_are_no_phone_and_no_number() -> None:
    made = people()
    bare = [value.translate(str.maketrans("", "", "() -")) for value in made["phone"]]
    digits = [value.replace("-", "") for value in made["ssn"]]
    columns = {"column_1": bare, "column_2": digits}
    found = propose_unheaded(list(columns), shapes(columns), frozenset(fields_of("portfolio")), "account_id", AS_OF)
    assert not {name for name, one in found.mapped.items() if one.sure} & {"phone", "phones", "ssn"}
