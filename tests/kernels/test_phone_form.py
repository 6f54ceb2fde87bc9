from __future__ import annotations

import pytest

from skiptrace.kernels.phone_form import (
    BLANK,
    FALLBACK,
    LABELS,
    LONGEST,
    NO_AREA_CODE,
    NULL,
    NUMBER,
    TOO_LONG,
    TOO_SHORT,
    scan_text,
)


@pytest.mark.parametrize(
    "text",
    [
        "2062671234", "(206) 267-1234", "206.267.1234", "+1 206 267 1234", "1-206-267-1234", "  12062671234\r\n",
        "2062671234.0", "+12062671234.0", "206/267-1234", "206\u2013267\u20131234", "\u202a+1\xa0206\u202f267\xa01234\u202c",
        "20 62 67 12 34", "(+1)206-267-1234", "206-267-1234,;|", "tel:+1-206-267-1234", "Cell. 206 267 1234", "FAX #2062671234",
    ],
)  # fmt: skip
def test_forms_of_one_number(text: str) -> None:
    assert scan_text(text) == (NUMBER, 2062671234, 0)


@pytest.mark.parametrize(
    ("text", "extension"),
    [
        ("2062671234x12", 112),
        ("206-267-1234 ext. 012", 1012),
        ("206-267-1234 EXTN:7", 17),
        ("206-267-1234 extension 12", 112),
        ("206-267-1234#1234567", 11234567),
        ("1 (206) 267-1234 x 5 ", 15),
    ],
)
def test_an_extension_keeps_its_zeros_behind_a_one(text: str, extension: int) -> None:
    assert scan_text(text) == (NUMBER, 2062671234, extension)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, NULL), ("", BLANK), (" \t\n", BLANK), ("\xa0", BLANK), ("267-1234", NO_AREA_CODE), ("12", FALLBACK), ("123", FALLBACK),
        ("234", TOO_SHORT), ("23456789", TOO_SHORT), ("001-206-267-1234", TOO_LONG), ("206267123456", TOO_LONG),
        ("12062671234567890", TOO_LONG), ("206267123456789012", FALLBACK), ("\u200b", FALLBACK), (",", FALLBACK), ("-", FALLBACK),
        ("310-1234", FALLBACK), ("0112062671", FALLBACK), ("+2062671234", FALLBACK), ("+44 20 8765 4321", FALLBACK),
        ("1-120-626-7123", FALLBACK), ("2062671234 2062671235", FALLBACK), ("206267/1234567890", FALLBACK), ("a@b.com", FALLBACK),
        ("206-267-1234/x12", FALLBACK), ("206-267-1234-x12", FALLBACK), ("206-267-1234 extension12", FALLBACK), ("tel206", FALLBACK),
        ("206-267-1234x12345678", FALLBACK), ("206,267,1234", FALLBACK), ("267-1234 x5", FALLBACK), ("2" + " " * LONGEST, FALLBACK),
        ("home phone 206-267-1234", FALLBACK), ("２０６２６７１２３４", FALLBACK), ("206\x00267 1234", FALLBACK), ("206 ſ 267", FALLBACK),
    ],
)  # fmt: skip
def test_what_is_no_plain_number(text: str | None, code: int) -> None:
    assert scan_text(text) == (code, 0, 0)


@pytest.mark.parametrize("label", LABELS)
def test_a_label_stands_apart_from_the_digits(label: str) -> None:
    assert scan_text(f"{label}: 206-267-1234")[0] == NUMBER
    assert scan_text(f"{label}2062671234")[0] == FALLBACK
