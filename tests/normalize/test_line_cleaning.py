from __future__ import annotations

import pytest

from skiptrace.normalize.line_cleaning import clean_line


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("123 N. Main St.", "123 N MAIN ST"),
        ("123 Main St.Apt 4", "123 MAIN ST APT 4"),
        ("842 39.2 Rd.", "842 39.2 RD"),
        ("123.0 Main St", "123 MAIN ST"),
        ("123-1/2 Main St", "123 1/2 MAIN ST"),
        ("123 1 2 Main St", "123 1/2 MAIN ST"),
        ("112 - 10 Bronx Rd", "112-10 BRONX RD"),
        ("12 O'Brien St", "12 OBRIEN ST"),
        ("12 U.S. 41", "12 US 41"),
        ("Private Mail Box 12", "PMB 12"),
        ("12 Main St Apt A|2", "12 MAIN ST APT AI2"),
        ("(rear) 12 Main St;", "REAR 12 MAIN ST"),
        ("", ""),
    ],
)
def test_lines(raw: str, text: str) -> None:
    found = clean_line(raw)
    assert (found.text, found.care_of, found.placeholder) == (text, False, False)
    assert clean_line(found.text).text == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("C/O Jane Roe", ""),
        ("C/O Jane Roe 12 Oak St", "12 OAK ST"),
        ("12 Oak St c/o Jane Roe Apt 4", "12 OAK ST  APT 4"),
        ("12 Oak St % Jane Roe", "12 OAK ST"),
        ("In Care Of Jane Roe, 12 Oak St", "12 OAK ST"),
        ("ATT: Jane Roe, 12 Oak St", "12 OAK ST"),
        ("c/o 2nd Street Bank, 12 Oak St", "12 OAK ST"),
        ("c/o Jane Roe P.O. Box 5", "PO BOX 5"),
        ("c/o Jane Roe General Delivery", "GENERAL DELIVERY"),
    ],
)
def test_a_care_of_is_dropped(raw: str, text: str) -> None:
    found = clean_line(raw)
    assert (found.text.split(), found.care_of) == (text.split(), True)
    assert "ROE" in found.before or "BANK" in found.before


@pytest.mark.parametrize("raw", ["UNKNOWN", "n/a", "Homeless", "TRANSIENT", "unknown, unknown", "NO FIXED ADDRESS", "***XXXX***"])
def test_a_stand_in_is_empty(raw: str) -> None:
    assert clean_line(raw)[:3] == ("", False, True)


def test_no_stand_in_inside_an_address() -> None:
    assert clean_line("12 Homeless Rd").text == "12 HOMELESS RD"
    assert clean_line("Transient Quarters").placeholder is False


def test_no_text_raises(strange: str) -> None:
    assert clean_line(strange).text.isascii()
