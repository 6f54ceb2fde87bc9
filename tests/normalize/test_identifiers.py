from __future__ import annotations

import hashlib
import pickle
import traceback

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.normalize.identifiers import SSN_FIELDS, normalize_ssn, parse_ssn, token

KEY = b"k" * 32


@pytest.mark.parametrize("text", ["219-09-1234", "219 09 1234", "219091234", "219.09.1234", " 219–09–1234 "])
def test_separators_do_not_count(text: str) -> None:
    parts = parse_ssn(text)
    assert parts is not None
    assert (parts.digits, parts.serial, parts.kind) == ("219091234", "1234", "ssn")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("000-12-3456", "invalid_area"),
        ("666-12-3456", "invalid_area"),
        ("900-12-3456", "invalid_area"),
        ("219-00-1234", "invalid_group"),
        ("219-09-0000", "invalid_serial"),
        ("078-05-1120", "advertised"),
        ("219-09-9999", "advertised"),
        ("457-55-5462", "advertised"),
        ("111-11-1111", "repeated_digits"),
        ("123-45-6789", "placeholder"),
        ("21909123", "not_nine_digits"),
        ("2190912345", "not_nine_digits"),
        ("2l9-09-1234", "not_nine_digits"),
        ("21909I234", "not_nine_digits"),
        ("²¹⁹⁰⁹¹²³⁴", "not_nine_digits"),
        ("XXX-XX-1234", "masked"),
        ("***-**-1234", "masked"),
        ("", None),
    ],
)
def test_invalid_numbers_have_a_reason_and_no_token(text: str, reason: str | None) -> None:
    row = normalize_ssn(pa.array([text]), None, KEY).to_pylist()[0]
    assert row["ssn_token"] is None
    assert row["kind"] is None
    assert row["reason"] == reason
    assert row["ssn4"] == ("1234" if reason == "masked" else None)
    assert parse_ssn(text) is None


@pytest.mark.parametrize(("text", "kind"), [("912-70-1234", "itin"), ("999-94-1234", "itin"), ("899-12-1234", "ssn")])
def test_kinds(text: str, kind: str) -> None:
    assert normalize_ssn(pa.array([text]), None, KEY)["kind"].to_pylist() == [kind]


@pytest.mark.parametrize("text", ["912-66-1234", "912-89-1234", "912-93-1234", "912-49-1234"])
def test_area_nine_outside_the_taxpayer_groups_is_no_number(text: str) -> None:
    assert parse_ssn(text) is None


def test_the_token_is_a_keyed_hash_in_its_own_domain() -> None:
    expected = hashlib.blake2b(b"219091234", digest_size=16, key=KEY, person=b"skiptrace-ssn").digest()
    assert token(KEY, "219091234") == expected
    assert token(b"other key", "219091234") != expected
    for bad in (b"", b"k" * 65):
        with pytest.raises(ValueError, match="token key"):
            token(bad, "219091234")


def test_the_last_four_come_from_their_own_column_first() -> None:
    ssn = pa.chunked_array([["219-09-1234", None, None, None, None, "219-09-1234", "000-12-3456"]], pa.string())
    last4 = pa.chunked_array([["9876", "0123", "123", "0000", "12a4", None, "5555"]], pa.string())
    table = normalize_ssn(ssn, last4, KEY)
    assert table.schema == SSN_FIELDS
    assert table["ssn4"].to_pylist() == ["9876", "0123", None, None, None, "1234", "5555"]
    invalid = "invalid_ssn4"
    assert table["reason"].to_pylist() == [None, None, invalid, invalid, invalid, None, "invalid_area"]
    assert normalize_ssn(None, last4, KEY)["ssn_token"].null_count == 7


def test_numbers_read_as_numbers_keep_their_digits_and_nothing_is_made_up() -> None:
    assert normalize_ssn(pa.array([219091234.0, 21909123.0]), None, KEY)["ssn4"].to_pylist() == ["1234", None]
    assert normalize_ssn(None, pa.array([1234, 123]), KEY)["ssn4"].to_pylist() == ["1234", None]


def test_a_column_is_needed() -> None:
    with pytest.raises(ValueError, match="at least one column"):
        normalize_ssn(None, None, KEY)


def test_no_text_raises(strange: str) -> None:
    assert parse_ssn(strange) is None
    assert normalize_ssn(pa.array([strange]), pa.array([strange]), KEY)["ssn_token"].null_count == 1


numbers = st.one_of(st.integers(0, 999_999_999), st.sampled_from([78051120, 123456789, 111111111, 666121234, 912701234, 900001234]))
written = st.builds(
    lambda number, form: form(f"{number:09}"),
    numbers,
    st.sampled_from(
        [
            lambda text: text,
            lambda text: f"{text[:3]}-{text[3:5]}-{text[5:]}",
            lambda text: f"{text[:3]} {text[3:5]}.{text[5:]}",
            lambda text: f"{text[:3]}x{text[3:5]}-{text[5:]}",
            lambda text: f" {text}",
            lambda text: f"XXX-XX-{text[5:]}",
            lambda text: text[:8],
            lambda text: text[:4] + "²" + text[5:],
            lambda text: text[:4] + "\0" + text[4:],
        ]
    ),
)


@given(st.lists(st.one_of(st.none(), written, st.text("0123456789- X", max_size=12)), max_size=20))
def test_columns_equal_single_numbers(texts: list[str | None]) -> None:
    table = normalize_ssn(pa.chunked_array([texts[:3], texts[3:]], pa.string()), None, KEY)
    table.validate(full=True)
    for text, row in zip(texts, table.to_pylist(), strict=True):
        parts = parse_ssn(text or "")
        assert row["ssn_token"] == (token(KEY, parts.digits) if parts else None)
        assert row["kind"] == (parts.kind if parts else None)
        if parts:
            assert (row["ssn4"], row["reason"]) == (parts.serial, None)
        else:
            assert (row["reason"] is None) == (text is None or not text.strip(" -"))


def test_no_exception_and_no_stand_in_of_a_number_tells_it() -> None:
    parts = parse_ssn("219-09-1234")
    with pytest.raises(ValueError, match="token key") as caught:
        normalize_ssn(pa.array(["219-09-1234"]), None, b"")
    assert "219091234" not in "".join(traceback.format_exception(caught.value))
    assert "219" not in f"{parts}{parts!r}"


@given(st.integers(0, 999_999_999))
def test_the_plain_number_is_in_no_output_and_no_repr(number: int) -> None:
    digits = f"{number:09}"
    parts = parse_ssn(digits)
    assert digits not in repr(parts)
    assert digits not in str(parts)
    table = normalize_ssn(pa.array([digits]), pa.array([digits[5:]]), KEY)
    assert digits.encode() not in pickle.dumps(table)
    assert (parts is None) == (table["ssn_token"].null_count == 1)
