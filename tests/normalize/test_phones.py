from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.normalize.phones import PHONE_FIELDS, normalize_phones, parse


@pytest.mark.parametrize(
    "text",
    [
        "2062671234",
        "(206) 267-1234",
        "206-267-1234",
        "206.267.1234",
        "+1 206 267 1234",
        "1-206-267-1234",
        "12062671234",
        "2062671234.0",
        "tel:+1-206-267-1234",
        "Phone: 206 267 1234",
        "２０６２６７１２３４",
        "206/267-1234",
        "206–267–1234",
    ],
)
def test_forms_of_one_number(text: str) -> None:
    phone = parse(text)
    assert (phone.e164, phone.valid, phone.reason) == ("+12062671234", True, None)
    assert (phone.kind, phone.region, phone.zones, phone.flags) == (
        "fixed_or_mobile",
        "US",
        ("America/Los_Angeles",),
        (),
    )


@pytest.mark.parametrize("text", ["206-267-1234 x12", "206-267-1234 ext. 12", "2062671234x12", "(206)267-1234#12"])
def test_extensions(text: str) -> None:
    assert parse(text)[:2] == ("+12062671234", "12")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("206 267 1234 / 206 267 1235", "two_values"),
        ("2062671234 2062671235", "two_values"),
        ("206-267-1234 or 206-267-1235", "two_values"),
        ("206-267-1234\n206-267-1235", "two_values"),
        ("ann@example.com", "wrong_kind_email"),
        ("1-800-FLOWERS", "not_a_phone"),
        ("unknown", "not_a_phone"),
        ("267-1234", "no_area_code"),
        ("12", "too_short"),
        ("206267123456789", "too_long"),
        ("7871234567", "invalid_number"),
        ("206-167-1234", "invalid_number"),
        ("", None),
        ("   ", None),
    ],
)
def test_what_is_no_number_has_a_reason(text: str, reason: str | None) -> None:
    phone = parse(text)
    assert (phone.e164, phone.valid, phone.kind, phone.zones, phone.reason) == (None, False, None, (), reason)


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("9999999999", ("repeated",)),
        ("0000000000", ("repeated",)),
        ("1234567890", ("placeholder",)),
        ("212-555-1212", ("placeholder",)),
        ("212-911-2345", ("n11",)),
        ("212-958-1234", ("placeholder",)),
        ("411-267-1234", ("n11",)),
    ],
)
def test_numbers_that_reach_nobody_are_refused_and_flagged(text: str, flags: tuple[str, ...]) -> None:
    phone = parse(text)
    assert (phone.e164, phone.flags, phone.reason) == (None, flags, "invalid_number")


@pytest.mark.parametrize(
    ("text", "e164", "kind", "flags"),
    [
        ("206-555-0134", "+12065550134", "fixed_or_mobile", ("fictional",)),
        ("800-356-9377", "+18003569377", "toll_free", ("toll_free",)),
        ("900-234-5678", "+19002345678", "premium", ("premium",)),
        ("206-976-1234", "+12069761234", "fixed_or_mobile", ("premium",)),
        ("206-999-9999", "+12069999999", "fixed_or_mobile", ("repeated",)),
    ],
)
def test_odd_numbers_are_kept_and_flagged(text: str, e164: str, kind: str, flags: tuple[str, ...]) -> None:
    phone = parse(text)
    assert (phone.e164, phone.kind, phone.flags, phone.reason) == (e164, kind, flags, None)


def test_other_countries() -> None:
    assert parse("604-267-1234")[:5] == ("+16042671234", None, True, "fixed_or_mobile", "CA")
    assert parse("+44 20 8765 4321")[:5] == ("+442087654321", None, True, "fixed", "GB")


def test_a_number_can_stand_in_several_zones() -> None:
    assert len(parse("701-328-2121").zones) == len(set(parse("701-328-2121").zones)) > 0
    assert len(parse("800-356-9377").zones) > 10


def test_columns_keep_rows_and_nulls() -> None:
    table = normalize_phones(pa.array([2062671234, None, 12]))
    assert table.schema == PHONE_FIELDS
    assert table["e164"].to_pylist() == ["+12062671234", None, None]
    assert table["reason"].to_pylist() == [None, None, "too_short"]
    assert table["zones"].to_pylist() == [["America/Los_Angeles"], None, []]


def test_no_text_raises(strange: str) -> None:
    assert parse(strange).e164 is None


@given(st.text("0123456789()+-. xX/,;#@a", max_size=30))
def test_a_number_or_a_reason(text: str) -> None:
    phone = parse(text)
    assert phone.valid == (phone.e164 is not None)
    assert phone.e164 is not None or phone.reason is not None or not text.strip()


@given(st.integers(2_000_000_000, 9_999_999_999))
def test_the_result_reads_back(number: int) -> None:
    phone = parse(str(number))
    if phone.e164 is not None:
        assert parse(phone.e164) == phone
