"""`conform` is the check at each hand-over: the shape promised, or an error that names table and column."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest

from skiptrace.errors import ContractError
from skiptrace.schema import Column, Table, conform

SPEC = Table(
    "things", "Things.",
    (
        Column("id", pa.string(), "Its id.", "key", nullable=False),
        Column("count", pa.int32(), "How many."),
        Column("day", pa.date32(), "When."),
        Column("words", pa.list_(pa.string()), "Words.", nullable=False),
    ),
    key=("id",),
)  # fmt: skip
GOOD = {"id": ["a", "b"], "count": [1, None], "day": [dt.date(2026, 6, 30), None], "words": [["x"], []]}


def test_columns_come_in_the_order_and_types_promised() -> None:
    turned = pa.table({name: GOOD[name] for name in reversed(GOOD)})
    found = conform(turned, SPEC)
    assert found.schema == SPEC.arrow
    assert found.to_pydict() == GOOD
    assert conform(found, SPEC).equals(found)


def test_values_keep_their_rows_through_chunks_and_slices() -> None:
    whole = conform(pa.table(GOOD), SPEC)
    cut = pa.concat_tables([whole.slice(1), whole.slice(0, 1)])
    assert conform(cut, SPEC)["id"].to_pylist() == ["b", "a"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"count": pa.array([1, 2**40])}, "column count is int64, not int32"),
        ({"count": pa.array([1.5, 2.0])}, "column count is double, not int32"),
        ({"count": pa.array(["1", "x"])}, "column count is string, not int32"),
        ({"day": pa.array([["x"], ["y"]])}, "column day is"),
        ({"id": pa.array(["a", None])}, "column id holds 1 NULL"),
        ({"words": pa.array([None, None], pa.list_(pa.string()))}, "column words holds 2 NULL"),
    ],
)
def test_what_loses_data_or_lacks_it_is_refused(change: dict[str, pa.Array], told: str) -> None:
    with pytest.raises(ContractError, match=told) as caught:
        conform(pa.table({**conform(pa.table(GOOD), SPEC).to_pydict(), **change}), SPEC)
    assert "table things" in str(caught.value)
    assert caught.value.exit_code == 1


@pytest.mark.parametrize("change", [{"count": pa.array([1.0, 2.0])}, {"count": pa.array(["1", "2"])},
                                    {"id": pa.array(["a", "b"]).dictionary_encode()}, {"count": pa.nulls(2)}])  # fmt: skip
def test_a_cast_that_keeps_everything_is_done(change: dict[str, pa.Array]) -> None:
    assert conform(pa.table({**GOOD, **change}), SPEC).schema == SPEC.arrow


def test_missing_unknown_and_doubled_columns_are_named() -> None:
    with pytest.raises(ContractError, match=r"missing \['day'\], unknown \['dag'\]"):
        conform(pa.table(GOOD).rename_columns(["id", "count", "dag", "words"]), SPEC)
    with pytest.raises(ContractError, match=r"missing \['words'\], unknown nothing"):
        conform(pa.table(GOOD).drop_columns(["words"]), SPEC)
    with pytest.raises(ContractError, match=r"\['id'\] stand there twice"):
        conform(pa.table(GOOD).append_column("id", pa.array(["c", "d"])), SPEC)


def test_the_error_holds_no_value() -> None:
    with pytest.raises(ContractError) as caught:
        conform(pa.table({**GOOD, "count": ["SECRET", "1"]}), SPEC)
    assert "SECRET" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_an_empty_table_has_the_shape() -> None:
    assert SPEC.empty().schema == SPEC.arrow
    assert SPEC.empty().num_rows == 0
    assert conform(SPEC.empty(), SPEC).schema == SPEC.arrow


def test_further_columns_stand_at_the_end_and_the_table_itself_stays() -> None:
    more = SPEC.with_columns(Column("cost", pa.decimal128(14, 2), "Its cost."))
    assert more.names == (*SPEC.names, "cost")
    assert (more.name, more.key, len(SPEC.columns)) == ("things", ("id",), 4)
    table = pa.table({**GOOD, "cost": [Decimal("1.50"), None]})
    assert conform(table, more)["cost"].to_pylist() == [Decimal("1.50"), None]


def test_nullability_stands_in_the_arrow_schema() -> None:
    assert [field.nullable for field in SPEC.arrow] == [False, True, True, False]
