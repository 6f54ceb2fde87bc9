"""What people's data can say that is not so. Numbers are those of the table of hostile inputs; a flag is a reject that names column and
reason, or a flag of the value, and the account stays, matched by what else it says."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from skiptrace.errors import DataRefused
from tests.hostile.conftest import Odd
from tests.hostile.odd_people import SHARERS
from tests.intake.deliveries import portfolio, run, source


def stays(odd: Odd, account: str) -> None:
    """The account is among the tables, and found by what else it says."""
    assert odd.account[account]["linked_records"] == 1
    assert [link["record_id"] for link in odd.links[account] if link["status"] == "linked"] == ["R-alma"]


def number_is_not_used(odd: Odd, account: str, reason: str) -> None:
    assert odd.person[account]["ssn_token"] is None
    assert odd.person[account]["ssn4"] is None
    assert odd.rejects[account] == {("ssn", reason)}
    stays(odd, account)


def test_29_a_number_of_zeros_is_flagged_and_not_used(odd: Odd) -> None:
    number_is_not_used(odd, "ssn-zeros", "repeated_digits")


def test_30_123456789_is_flagged_and_not_used(odd: Odd) -> None:
    number_is_not_used(odd, "ssn-filler", "placeholder")


def test_31_a_taxpayer_number_is_flagged_as_one_and_keeps_its_token(odd: Odd) -> None:
    assert odd.person["ssn-itin"]["ssn_token"] is not None
    assert odd.person["ssn-itin"]["ssn4"] == "1234"
    assert odd.rejects["ssn-itin"] == set()
    assert "taxpayer" in odd.person["ssn-itin"]["name_flags"]
    assert "taxpayer" not in odd.person["ssn-group"]["name_flags"]
    stays(odd, "ssn-itin")


@pytest.mark.parametrize(
    ("account", "reason"), [("ssn-666", "invalid_area"), ("ssn-group", "invalid_group"), ("ssn-serial", "invalid_serial")]
)
def test_32_numbers_that_were_never_issued_are_flagged(odd: Odd, account: str, reason: str) -> None:
    number_is_not_used(odd, account, reason)


def test_33_one_number_on_five_hundred_accounts_is_flagged_and_links_nobody(odd: Odd) -> None:
    sharers = [name for name in odd.person if name.startswith("shared-")]
    assert len(sharers) == SHARERS
    assert all(odd.person[name]["ssn_token"] is None and odd.rejects[name] == {("ssn", "number_of_many")} for name in sharers)
    assert not [link for name in sharers for link in odd.links[name] if link["status"] == "linked" or link["weight_ssn"] > 0]
    assert len({odd.account[name]["consumer_id"] for name in sharers}) == SHARERS


@pytest.mark.parametrize("account", ["name-test", "name-unknown", "name-na"])
def test_34_a_name_that_fills_the_field_is_flagged_and_is_none(odd: Odd, account: str) -> None:
    person = odd.person[account]
    assert (person["first"], person["last"], person["name_kind"], person["name_flags"]) == (None, None, "unknown", ["placeholder"])
    stays(odd, account)


def test_35_estate_of_somebody_is_a_death_and_nobody_is_contacted(odd: Odd) -> None:
    assert odd.person["name-estate"]["name_flags"] == ["estate"]
    assert odd.person["name-estate"]["last"] == "QUIMBY"
    assert odd.account["name-estate"]["locate_status"] == "deceased"
    assert odd.account["name-estate"]["holds"] == ["DEC-STOP"]
    assert odd.decisions["name-estate"]
    assert {row["decision"] for row in odd.decisions["name-estate"]} == {"stopped"}


def test_36_a_business_is_flagged_and_is_no_person(odd: Odd) -> None:
    person = odd.person["name-business"]
    assert (person["first"], person["name_kind"], person["name_flags"]) == (None, "organisation", ["organisation"])


def test_37_general_delivery_is_known_as_such(odd: Odd) -> None:
    assert odd.points["address-general"]["address"]["point_kind"] == "general_delivery"


def test_38_a_box_is_known_as_such(odd: Odd) -> None:
    point = odd.points["address-box"]["address"]
    assert (point["point_kind"], point["flags"]) == ("po_box", ["po_box"])


@pytest.mark.parametrize("account", ["address-jail", "address-hospital", "address-maildrop"])
def test_39_a_jail_a_hospital_and_a_mail_drop_are_flagged(odd: Odd, account: str) -> None:
    assert "institution" in odd.points[account]["address"]["flags"]


@pytest.mark.parametrize("account", ["phone-nines", "phone-fives"])
def test_40_a_phone_of_one_digit_is_flagged_and_not_used(odd: Odd, account: str) -> None:
    assert odd.rejects[account] == {("phone", "invalid_number")}
    assert "phone" not in odd.points[account]
    stays(odd, account)


@pytest.mark.parametrize("account", ["phone-extension", "phone-letters"])
def test_41_a_phone_with_an_extension_is_the_number(odd: Odd, account: str) -> None:
    assert odd.points[account]["phone"]["value"] == "+12532671001"
    assert odd.rejects[account] == set()


def test_42_letters_that_look_latin_are_folded_and_flagged(odd: Odd) -> None:
    person = odd.person["marks-lookalike"]
    assert (person["first"], person["last"], person["name_flags"]) == ("ALMA", "QUIMBY", ["homoglyph"])


def test_43_marks_of_direction_and_of_no_width_are_stripped_and_flagged(odd: Odd) -> None:
    person = odd.person["marks-direction"]
    assert (person["first"], person["last"], person["name_flags"]) == ("ALMA", "QUIMBY", ["hidden_marks"])


@pytest.mark.parametrize(("account", "name", "other"), [("marks-emoji", "first", "QUIMBY"), ("marks-control", "last", "ALMA")])
def test_44_a_name_with_emoji_or_control_characters_is_set_aside_with_its_reason_and_the_account_stays(
    odd: Odd, account: str, name: str, other: str
) -> None:  # fmt: skip
    """A row is whole or it is not; a value that cannot be read is a reject of its own."""
    person = odd.person[account]
    assert person[name] is None
    assert other in (person["first"], person["last"])
    assert person["name_flags"] == ["unreadable"]
    assert odd.rejects[account] == {("full_name", "unreadable")}
    stays(odd, account)


@pytest.mark.parametrize(
    ("account", "reason"),
    [("dob-zeros", "placeholder"), ("dob-1900", "placeholder"), ("dob-9999", "placeholder"), ("dob-future", "implausible_birth_date")],
)
def test_45_a_birth_date_that_is_none_is_flagged_and_not_used(odd: Odd, account: str, reason: str) -> None:
    assert odd.person[account]["dob"] is None
    assert odd.rejects[account] == {("dob", reason)}
    stays(odd, account)


def test_46_moments_of_several_zones_are_one_instant_and_a_moment_that_is_none_is_flagged(tmp_path: Path) -> None:
    """A day of a tape is the day as written: a payment has a calendar day, an attempt an instant."""
    texts = ["2020-05-01T23:30:00-05:00", "2020-05-02T04:30:00Z", "2020-05-02 13:30:00+09:00", "2020-05-02 04:30:00", "never"]
    count = len(texts)
    data = {"event_id": [f"e{n}" for n in range(count)], "account_id": ["A"] * count, "channel": ["voice"] * count,
            "value": ["2532671001"] * count, "outcome_code": ["rpc"] * count, "occurred_at": texts}  # fmt: skip
    (found,) = run(tmp_path, source({name: name for name in data}, kind="dispositions"), data)
    assert set(found.events["occurred_at"].to_pylist()) == {dt.datetime(2020, 5, 2, 4, 30, tzinfo=dt.UTC)}
    assert [(row["row"], row["reason"]) for row in found.rejects.to_pylist()] == [(5, "not_a_time")]


def test_47_equal_rows_of_one_account_keep_one_and_rows_that_differ_are_all_set_aside(odd: Odd) -> None:
    assert odd.rejects["twice-equal"] == {(None, "duplicate_row")}
    stays(odd, "twice-equal")
    assert odd.rejects["twice-other"] == {(None, "conflicting_account_id")}
    assert "twice-other" not in odd.account


def test_47_a_portfolio_in_which_more_than_one_account_in_a_hundred_conflicts_is_refused(tmp_path: Path) -> None:
    data = {"account_id": [f"a{n // 2}" for n in range(10)], "last_name": [f"ROE{chr(65 + n)}" for n in range(10)]}
    with pytest.raises(DataRefused, match="share an account number"):
        run(tmp_path, portfolio({name: name for name in data}), data)


def test_48_a_row_without_account_number_is_set_aside(odd: Odd) -> None:
    assert odd.rejects[""] == {(None, "account_id_missing")}
    assert odd.ledger["counts"]["portfolio"]["rejected"]["account_id_missing"] == 1


def test_49_a_minor_is_held(odd: Odd) -> None:
    assert odd.tape["minor"]["minor"] is True
    assert odd.account["minor"]["locate_status"] == "held"
    assert odd.account["minor"]["holds"] == ["POL-MINOR"]
    assert {row["decision"] for row in odd.decisions["minor"]} == {"stopped"}
