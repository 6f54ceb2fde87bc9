from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from skiptrace.intake.types import accepted, day_of, kind_of, mend_for, plain, words_for


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (pa.string(), "text"), (pa.large_string(), "text"), (pa.string_view(), "text"), (pa.int8(), "integer"),
        (pa.dictionary(pa.int8(), pa.string()), "text"), (pa.uint64(), "integer"), (pa.decimal128(38, 0), "integer"),
        (pa.decimal128(14, 2), "number"), (pa.float32(), "number"), (pa.date32(), "date"), (pa.date64(), "date"),
        (pa.timestamp("ns", "UTC"), "timestamp"), (pa.bool_(), "boolean"), (pa.null(), "none"),
        (pa.list_(pa.string()), "list"), (pa.large_list(pa.large_string()), "list"), (pa.list_(pa.null()), "list"),
        (pa.list_(pa.int64()), "other"), (pa.binary(), "other"), (pa.time64("us"), "other"),
        (pa.duration("s"), "other"),
        (pa.struct([("a", pa.string())]), "other"),
    ],
)  # fmt: skip
def test_kinds_of_arrow_types(kind: pa.DataType, name: str) -> None:
    assert kind_of(kind) == name


def test_what_is_always_null_fits_anywhere() -> None:
    assert accepted("none", ("date",))
    assert not accepted("number", ("text", "integer"))


def test_words_and_mends() -> None:
    assert words_for(("text",)) == "text"
    assert words_for(("text", "date", "timestamp")) == "text, a date or a timestamp"
    assert "lpad((zip)::BIGINT::VARCHAR, 5, '0')" in mend_for("co_postal_code", "integer", "zip")
    assert mend_for("account_id", "number", "n").startswith("write (n)::BIGINT::VARCHAR")
    assert "…" in mend_for("account_id", "number", "n" * 41)
    assert "comparison" in mend_for("where", "text", "x")


def test_variants_of_text_and_days_become_the_plain_type() -> None:
    words = pa.chunked_array([pa.array(["a", None]).dictionary_encode(), pa.array(["b"]).dictionary_encode()])
    assert plain(words).equals(pa.array(["a", None, "b"]))
    assert plain(pa.chunked_array([pa.array([["a"]], pa.large_list(pa.large_string()))])).type == pa.list_(pa.string())
    assert plain(pa.chunked_array([pa.array([dt.date(2020, 1, 2)], pa.date64())])).type == pa.date32()
    assert plain(pa.chunked_array([], pa.string())).equals(pa.array([], pa.string()))


def test_days_of_timestamps_before_and_after_the_epoch() -> None:
    moments = pa.array([dt.datetime(1969, 12, 31, 23, 59), dt.datetime(2020, 1, 2, 23, 59), None], pa.timestamp("us"))
    assert day_of(moments).to_pylist() == [dt.date(1969, 12, 31), dt.date(2020, 1, 2), None]
    late = pa.array([dt.datetime(2020, 1, 2, 23, 59)], pa.timestamp("us", "America/New_York"))
    assert day_of(late).to_pylist() == [dt.date(2020, 1, 2)]
    assert day_of(pa.array(["x"])).to_pylist() == ["x"]
