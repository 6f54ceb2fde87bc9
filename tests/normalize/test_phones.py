from __future__ import annotations

import subprocess
import sys

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.columns import lift
from skiptrace.normalize import phones
from skiptrace.normalize.phone_table import phone_table
from skiptrace.normalize.phones import PHONE_FIELDS, normalize_phones, parse
from tests.bench.normalize_phones import differences, messy_values


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


# --- columns at memory speed equal the texts read one by one ----------------------------------------------------------


def assert_columns_equal_texts(values: pa.Array | pa.ChunkedArray) -> None:
    found = normalize_phones(values, few=0)
    found.validate(full=True)
    expected = lift(values, parse, PHONE_FIELDS)
    assert found.schema == PHONE_FIELDS
    for name in PHONE_FIELDS.names:
        wrong = [
            (text, ours, theirs)
            for text, ours, theirs in zip(
                values.to_pylist(), found.column(name).to_pylist(), expected.column(name).to_pylist(), strict=True
            )
            if ours != theirs
        ]
        assert (name, wrong[:5]) == (name, [])


PIECES = st.sampled_from([
    "tel:", "Cell ", "PHONE", "fax.", "x", " ext", "Ext. ", "extn", " extension ", "#", ":", "+", "+1", "1", "011", "206", "310",
    "2671234", "2062671234", "555", "5550134", "911", "9999999", ".0", "0", "7", "-", ".", "(", ")", "/", " ", "  ", "\t", "\n", "\r",
    ",", ";", "|", " or ", "&", "@", "\xa0", "\xad", "\u200b", "\u202a", "\u2013", "\u2212", "\ufeff", "\u202f", "é", "２", "😀", "\x00",
])  # fmt: skip


@given(st.lists(st.one_of(st.none(), st.lists(PIECES, max_size=12).map("".join)), min_size=1, max_size=80))
def test_pieces_of_numbers(texts: list[str | None]) -> None:
    assert_columns_equal_texts(pa.array(texts, pa.string()))


@given(st.lists(st.text("0123456789()+-. xX/,;#@a\n", max_size=24), min_size=1, max_size=60))
def test_signs_of_numbers(texts: list[str]) -> None:
    assert_columns_equal_texts(pa.array(texts, pa.string()))


@given(st.lists(st.integers(0, 99_999_999_999), min_size=1, max_size=60))
def test_integers_of_any_length(numbers: list[int]) -> None:
    assert_columns_equal_texts(pa.array([str(number) for number in numbers]))


def test_messy_files() -> None:
    assert_columns_equal_texts(pa.array(messy_values(22_000, seed=3)))


def test_messy_files_against_the_library_alone() -> None:
    counts, share = differences(messy_values(4_000, seed=4))
    assert set(counts.values()) == {0}
    assert share > 0.5


def test_chunks_slices_and_nulls() -> None:
    texts = [*messy_values(300, seed=5), None, "", "2062671234"]
    column = pa.chunked_array([pa.array(texts), pa.array([], pa.string()), pa.array(texts).slice(7, 50), pa.nulls(9, pa.string())])
    assert_columns_equal_texts(column)


def test_batches_join_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phones, "BATCH", 64)
    assert_columns_equal_texts(pa.array(messy_values(500, seed=6)))


@pytest.mark.parametrize("values", [[], [None, None], ["", " "], ["unknown"], ["2062671234"], [None, "2062671234 x5"]])
def test_small_columns(values: list[str | None]) -> None:
    assert_columns_equal_texts(pa.array(values, pa.string()))


@pytest.mark.parametrize("kind", [pa.int64(), pa.float64(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_columns_of_other_types(kind: pa.DataType) -> None:
    numbers = [2062671234, None, 12, 8003569377, 12062671234]
    values = (
        pa.array([None if each is None else str(each) for each in numbers]).cast(kind) if kind != pa.float64() else pa.array(numbers, kind)
    )
    assert normalize_phones(values, few=0).equals(normalize_phones(values))
    assert normalize_phones(values, few=0).column("e164").to_pylist()[::3] == ["+12062671234", "+18003569377"]


def test_no_column_raises(strange: str) -> None:
    found = normalize_phones(pa.array([strange, "2062671234"]), few=0)
    assert found.slice(0, 1).equals(lift(pa.array([strange]), parse, PHONE_FIELDS))
    assert found.column("e164").to_pylist()[1] == "+12062671234"


@pytest.mark.parametrize("few", [0, 10])
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("206-267-1234 / 206-267-1235", "two_values"),
        ("ann@example.com", "wrong_kind_email"),
        ("1-800-FLOWERS", "not_a_phone"),
        ("\x00\x00", "not_a_phone"),
        ("😀", "not_a_phone"),
        ("9" * 10_000_000, "too_long"),
    ],
)
def test_bad_input_has_a_reason_in_columns(text: str, reason: str, few: int) -> None:
    found = normalize_phones(pa.array([text]), few=few).to_pylist()[0]
    assert (found["e164"], found["valid"], found["reason"]) == (None, False, reason)


@pytest.mark.parametrize("few", [0, 10])
@pytest.mark.parametrize("mark", ["\u200f", "\u202e", "\u2066", "\ufeff"])
def test_direction_marks_do_not_hide_a_number(mark: str, few: int) -> None:
    assert normalize_phones(pa.array([f"{mark}206-267{mark}-1234"]), few=few).column("e164").to_pylist() == ["+12062671234"]


@pytest.mark.parametrize("few", [0, 10])
def test_bytes_that_are_no_text_do_not_raise(few: int) -> None:
    data = b"unknown\xff2062671234"
    array = pa.StringArray.from_buffers(2, pa.array([0, 8, 18], pa.int32()).buffers()[1], pa.py_buffer(data))
    found = normalize_phones(array, few=few)
    assert found.column("reason").to_pylist() == ["not_a_phone", None]
    assert found.column("e164").to_pylist() == [None, "+12062671234"]


def test_where_other_lengths_are_valid_the_library_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    table = phone_table()._replace(ten_only=False)
    monkeypatch.setattr(phones, "phone_table", lambda: table)
    monkeypatch.setattr(phones, "parse", lambda text: asked.append(text) or parse(text))
    normalize_phones(pa.array(["267-1234", "2062671234", "20626712345", ""]), few=0)
    assert asked == ["267-1234", "20626712345"]


def test_few_numbers_do_not_wait_for_the_compiler() -> None:
    program = (
        "import sys, pyarrow as pa\n"
        "from skiptrace.normalize.phones import normalize_phones\n"
        "assert normalize_phones(pa.array(['2062671234'] * 5_000)).num_rows == 5_000\n"
        "sys.exit('numba' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("text", ["212\ufffd555-0123", "(212) 555-0123\ufffd", "212-555-\x000123"])
def test_a_number_beside_a_broken_character_is_refused(text: str) -> None:
    assert (parse(text).e164, parse(text).reason) == (None, "not_a_phone")
    assert normalize_phones(pa.array([text]), few=0)["reason"].to_pylist() == ["not_a_phone"]
