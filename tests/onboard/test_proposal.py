"""Mappings proposed from headers and values together."""

from __future__ import annotations

import pytest

from skiptrace.onboard.proposal import Proposal, propose, quoted
from skiptrace.project.fields import fields_of
from tests.onboard.tapes import people, shapes

KNOWN = frozenset(fields_of("portfolio"))


def proposed(*pairs: tuple[str, str]) -> Proposal:
    """The proposal for a tape of (header, what it holds)."""
    held = people()
    columns = {header: held[what] for header, what in pairs}
    return propose(list(columns), shapes(columns), KNOWN, "account_id")


def test_a_plain_tape_needs_no_question() -> None:
    found = proposed(
        ("Acct No", "id"),
        ("FName", "first"),
        ("MI", "middle"),
        ("LName", "last"),
        ("Birth Date", "born"),
        ("Social Security Number", "ssn"),
        ("Address 1", "line"),
        ("Apt", "unit"),
        ("City", "city"),
        ("ST", "state"),
        ("Zip", "zip"),
        ("Home Phone", "phone"),
        ("Email", "email"),
        ("Current Bal", "balance"),
        ("Precinct", "precinct"),
    )
    assert {name: one.columns for name, one in found.mapped.items()} == {
        "account_id": ("Acct No",),
        "first_name": ("FName",),
        "middle_name": ("MI",),
        "last_name": ("LName",),
        "dob": ("Birth Date",),
        "ssn": ("Social Security Number",),
        "address_line1": ("Address 1",),
        "address_line2": ("Apt",),
        "city": ("City",),
        "state": ("ST",),
        "postal_code": ("Zip",),
        "phone": ("Home Phone",),
        "email": ("Email",),
        "balance": ("Current Bal",),
    }
    assert all(one.sure for one in found.mapped.values())
    assert found.unused == ["Precinct"]


def test_an_address_is_put_together_of_its_parts() -> None:
    found = proposed(
        ("id", "id"), ("HOUSE_NUM", "house"), ("STREET_NAME", "street"), ("STREET_TYPE", "type"), ("CITY", "city"), ("ZIP", "zip")
    )
    one = found.mapped["address_line1"]
    assert one.expressions == ("nullif(concat_ws(' ', HOUSE_NUM, STREET_NAME, STREET_TYPE), '')",)
    assert one.sure


def test_where_somebody_lives_goes_before_where_mail_goes() -> None:
    both = proposed(
        ("id", "id"),
        ("Mail Address", "line"),
        ("Mail City", "city"),
        ("Residential Address", "line"),
        ("Residential City", "city"),
        ("Zip", "zip"),
    )
    assert both.mapped["address_line1"].columns == ("Residential Address",)
    assert both.mapped["city"].columns == ("Residential City",)
    mail = proposed(("id", "id"), ("Mail Address", "line"), ("Mail City", "city"), ("Mail Zip", "zip"))
    assert [mail.mapped[name].columns for name in ("address_line1", "city", "postal_code")] == [
        ("Mail Address",),
        ("Mail City",),
        ("Mail Zip",),
    ]


@pytest.mark.parametrize(("header", "what", "name"), [("Phone", "zip", "phone"), ("SSN", "phone", "ssn"), ("Zip", "line", "postal_code")])
def test_a_header_that_its_values_belie_is_a_question(header: str, what: str, name: str) -> None:
    found = proposed(("id", "id"), (header, what))
    assert not found.mapped[name].sure


def test_nobody_elses_number_or_address_is_taken() -> None:
    found = proposed(("id", "id"), ("Employer Phone", "phone"), ("Spouse SSN", "ssn"), ("Attorney City", "city"), ("Fax", "phone"))
    assert set(found.mapped) == {"account_id"}


def test_a_co_borrower_has_columns_of_their_own() -> None:
    found = proposed(
        ("id", "id"), ("First Name", "first"), ("CoBorrower First Name", "first"), ("CoBorrower Phone", "phone"), ("Co City", "city")
    )
    assert found.mapped["co_first_name"].columns == ("CoBorrower First Name",)
    assert found.mapped["co_phone"].columns == ("CoBorrower Phone",)
    assert found.mapped["first_name"].columns == ("First Name",)
    assert "phone" not in found.mapped


def test_several_phones_are_all_taken() -> None:
    assert proposed(("id", "id"), ("Home Phone", "phone"), ("Cell Phone", "phone")).mapped["phones"].columns == ("Cell Phone", "Home Phone")


def test_the_row_id_is_one_that_no_two_rows_share() -> None:
    assert proposed(("Account", "last"), ("Reference Number", "id")).mapped["account_id"].columns == ("Reference Number",)
    assert (
        not proposed(
            ("Account", "last"),
        )
        .mapped["account_id"]
        .sure
    )


@pytest.mark.parametrize(
    ("column", "text"), [("zip", "zip"), ("ZIP", "ZIP"), ("First Name", '"First Name"'), ("order", '"order"'), ('a"b', '"a""b"')]
)
def test_names_in_sql(column: str, text: str) -> None:
    assert quoted(column) == text
