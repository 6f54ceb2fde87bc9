"""What headers mean, in the ways in which tapes write them."""

from __future__ import annotations

import pytest

from skiptrace.onboard.headers import EXACT, OWNED, meanings, words_of
from skiptrace.project.fields import fields_of


@pytest.mark.parametrize("header", ["FirstName", "first_name", "FIRST-NAME", "First Name", "firstName", " first  name "])
def test_words_are_the_same_however_they_are_joined(header: str) -> None:
    assert words_of(header) == ("first", "name")


@pytest.mark.parametrize(
    ("header", "name", "whose"),
    [
        ("LNAME", "last_name", ""),
        ("DOB", "dob", ""),
        ("Acct #", "account_id", ""),
        ("SSN", "ssn", ""),
        ("Last 4 SSN", "ssn4", ""),
        ("full_phone_number", "phones", ""),
        ("RESIDENTIAL_ZIP", "postal_code", "own"),
        ("Mailing Address Zip", "postal_code", "mailing"),
        ("mailing_address_zipcode", "postal_code", "mailing"),
        ("CoBorrower First Name", "first_name", "co"),
        ("employer_city", "city", "other"),
        ("Date of Last Payment", "last_payment_date", ""),
        ("ChargeOffDate", "charge_off_date", ""),
        ("CURRENT_BALANCE", "balance", ""),
        ("spouse_ssn", "ssn", "other"),
        ("Zip Code", "postal_code", ""),
        ("E-mail", "emails", ""),
        ("Cell Phone", "phones", ""),
        ("HOME_PH", "phones", ""),
        ("Wk Phn", "phones", ""),
        ("CUR_BAL", "balance", ""),
        ("CO_DT", "charge_off_date", ""),
        ("LAST_PMT_DT", "last_payment_date", ""),
        ("ORIG_CRED", "original_creditor", ""),
        ("DECD_FLG", "deceased", ""),
        ("AKA_LAST", "former_names", ""),
        ("EMPLOYER_PH", "phones", "other"),
    ],
)
def test_headers_of_tapes(header: str, name: str, whose: str) -> None:
    best = meanings(header)[0]
    assert (best.name, best.whose) == (name, whose)


@pytest.mark.parametrize("header", ["", "PARTY", "precinct", "column_7", "Ward", "11/8/2011"])
def test_other_headers_mean_nothing(header: str) -> None:
    assert meanings(header) == []


def test_a_whole_phrase_goes_before_one_with_qualifiers() -> None:
    assert meanings("home_phone")[0].score == EXACT
    assert meanings("RESIDENTIAL_CITY")[0].score == OWNED
    assert meanings("House Number")[0].part


def test_every_listed_column_is_a_canonical_one() -> None:
    from skiptrace.normalize.words import read_lists

    known = {*fields_of("portfolio"), *fields_of("other")}
    assert set(read_lists("columns")["columns"]) <= known
