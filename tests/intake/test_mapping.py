from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.errors import ConfigError
from skiptrace.intake.mapping import Mapped, apply, check, compile_mapping
from skiptrace.intake.records import BAD
from tests.intake.deliveries import portfolio, source

DELIVERY = pa.table({
    "Acct": ["001", "002", "003", "004"],
    "dob": ["06/30/1980", "not a date", None, "13/13/1980"],
    "zip": pa.array([1002, 98101, None, 5], pa.int64()),
    "amount": [1.5, float("nan"), None, 2.0],
    "seen": pa.array([dt.datetime(2026, 1, 1, 23, 30)] * 4, pa.timestamp("us", "America/New_York")),
    "kind": pa.array(["a", "b", "a", None]).dictionary_encode(),
    "home phone": ["1", "2", None, "4"],
    "wages": ["9", "9", "9", "9"],
})  # fmt: skip


def mapped(columns: dict[str, Any], table: pa.Table = DELIVERY, first_row: int = 1, **more: Any) -> Mapped:
    compiled = compile_mapping(table.schema, portfolio(columns, **more), "skiptrace.toml", "portfolio")
    numbers = pa.array(range(first_row, first_row + table.num_rows), pa.int64())
    return apply(compiled, table, numbers, "portfolio", "tape.csv", BAD.empty_table())


def said(columns: dict[str, Any], **more: Any) -> list[str]:
    return [str(p) for p in check(DELIVERY.schema, portfolio(columns, **more), "skiptrace.toml", "portfolio")]


def rejects(found: Mapped) -> list[tuple[int, str | None, str]]:
    return [(row["row"], row["column"], row["reason"]) for row in found.rejects.to_pylist()]


def test_a_bare_name_is_taken_as_it_is_in_any_capitals() -> None:
    found = mapped({"account_id": "ACCT", "city": "kind", "open_date": "seen", "phone": '"home phone"'})
    assert found.table["account_id"].to_pylist() == ["001", "002", "003", "004"]
    assert found.table.schema.field("city").type == pa.string()
    assert found.table["phone"].to_pylist() == ["1", "2", None, "4"]


def test_an_error_is_a_reject_of_the_value_and_null_is_not() -> None:
    found = mapped({"account_id": "acct", "dob": "strptime(dob, '%m/%d/%Y')"}, first_row=11)
    assert found.table["dob"].to_pylist() == [dt.datetime(1980, 6, 30), None, None, None]
    assert rejects(found) == [(12, "dob", "expression_failed"), (14, "dob", "expression_failed")]
    assert found.rows.to_pylist() == [11, 12, 13, 14]


def test_expressions_that_share_a_part_fail_row_by_row_too() -> None:
    shared = "strptime(dob, '%m/%d/%Y')"
    found = mapped({
        "account_id": "acct", "dob": f"{shared}::DATE", "open_date": shared,
        "balance": f"year({shared}) + month({shared})",
        "charge_off_date": f"CASE WHEN {shared} IS NULL THEN NULL ELSE {shared} END",
    })  # fmt: skip
    assert found.table["balance"].to_pylist() == [1986, None, None, None]
    assert len(rejects(found)) == 2 * 4


def test_several_expressions_and_lists_stay_apart() -> None:
    found = mapped({"account_id": "acct", "phones": ['"home phone"', '[wages, "home phone"]']})
    assert found.table.column_names == ["account_id", "phones.1", "phones.2"]
    assert found.table["phones.2"].to_pylist()[0] == ["9", "1"]


def test_where_keeps_rows_that_are_true_and_counts_the_others() -> None:
    found = mapped({"account_id": "acct"}, where="zip > 100 AND kind = 'a'")
    assert found.table["account_id"].to_pylist() == ["001"]
    assert (found.rows_in, found.filtered, found.rows.to_pylist()) == (4, 3, [1])
    failing = mapped(
        {"account_id": "acct", "dob": "strptime(dob, '%m/%d/%Y')"},
        where="strptime(dob, '%m/%d/%Y') > DATE '1970-01-01'",
    )
    assert (failing.filtered, failing.rows.to_pylist()) == (1, [1])
    assert rejects(failing) == [(2, None, "where_failed"), (4, None, "where_failed")]


def test_an_empty_partition_maps_to_an_empty_table() -> None:
    found = mapped({"account_id": "acct", "dob": "strptime(dob, '%m/%d/%Y')"}, DELIVERY.slice(0, 0), where="zip > 1")
    assert (found.table.num_rows, found.rows.to_pylist(), found.rejects.num_rows) == (0, [], 0)


def test_columns_that_nobody_reads_are_listed() -> None:
    columns = {"account_id": "acct", "phone": "list_transform([\"home phone\"], lambda wages: wages || 'x')"}
    compiled = compile_mapping(DELIVERY.schema, portfolio(columns, where="delivery.ZIP > 1"), "f", "p")
    assert compiled.references == ("Acct", "zip", "home phone", "wages")
    assert compiled.ignored == ("dob", "amount", "seen", "kind")


@pytest.mark.parametrize(
    ("column", "text", "what", "mend"),
    [
        ("city", "cty", 'column "cty" is not in the delivery', "its columns: Acct, dob, zip"),
        ("city", "knd", 'column "knd" is not in the delivery', 'did you mean "kind"?'),
        ("city", "uper(kind)", "does not bind: Catalog Error: Scalar Function with name uper", "correct"),
        ("city", "substr(kind)", "does not bind", "correct"),
        ("city", "kind, dob", "is of a type that cannot be used", "convert"),
        ("city", "kind) , (dob", "brackets", ""),
        ("city", "kind) FROM delivery, (delivery", "brackets", ""),
        ("city", "CASE WHEN kind", "is not one SQL expression", "check brackets"),
        ("city", "(SELECT max(kind) FROM delivery)", "must not contain a query", "one SQL expression"),
        ("city", "max(kind)", "does not bind: Binder Error: aggregates", "correct"),
        ("city", "first_value(kind) OVER ()", "must not hold a window", "one value per row"),
        ("city", "COLUMNS('k.*')", "must not hold a star", "one value per row"),
        ("city", "?", "must not hold a parameter", "one value per row"),
        ("city", "current_date::VARCHAR", "depends on the moment", "every night"),
        ("city", "now()::VARCHAR", "depends on the moment", "every night"),
        ("city", "age(seen::TIMESTAMP)::VARCHAR", "depends on the moment", "every night"),
        ("city", "random()::VARCHAR", "volatile", "correct"),
        ("city", "getenv('HOME')", "does not bind", "correct"),
        ("city", "read_text('/etc/passwd')", "does not bind", "correct"),
        ("city", "kind -- x", "no comments", "one SQL expression"),
        ("city", "'x" + "y" * 10_000 + "'", "too long", "at most"),
        ("city", "[kind]", "is a list of text, where text is needed", "convert"),
        ("city", "struct_pack(a := kind)", "is of a type that cannot be used", "convert"),
        ("postal_code", "zip", "is a whole number, where text is needed", "lpad((zip)::BIGINT::VARCHAR, 5, '0')"),
        ("co_ssn", "zip", "is a whole number, where text is needed", "lpad((zip)::BIGINT::VARCHAR, 9, '0')"),
        ("dob", "zip", "is a whole number, where text, a date or a timestamp is needed", "strptime"),
        ("portfolio_id", "amount", "is a number, where text or a whole number is needed", "(amount)::BIGINT::VARCHAR"),
        ("balance", "seen", "is a timestamp, where", "convert"),
        ("cease", "amount", "is a number, where true or false, text or a whole number", "BIGINT"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_with_place_and_mend(column: str, text: str, what: str, mend: str) -> None:
    found = said({"account_id": "acct", column: text})
    assert len(found) == 1
    assert found[0].startswith(f"skiptrace.toml: portfolio.columns.{column}: ")
    assert what in found[0]
    assert mend in found[0]


def test_all_problems_come_together_and_exit_two() -> None:
    spec = portfolio({"account_id": "nope", "phones": ["wages", "mobil"], "city": "uper(kind)"}, where="wages")
    with pytest.raises(ConfigError) as caught:
        compile_mapping(DELIVERY.schema, spec, "skiptrace.toml", "portfolio")
    assert caught.value.exit_code == 2
    assert [problem.place for problem in caught.value.problems] == [
        "portfolio.columns.account_id", "portfolio.columns.phones[2]", "portfolio.columns.city", "portfolio.where",
    ]  # fmt: skip
    assert caught.value.problems[3].what == "is text, where true or false is needed"


def test_a_literal_of_an_expression_is_not_repeated() -> None:
    (problem,) = said({"account_id": "acct", "city": "uper('ANN SECRET')"})
    assert "SECRET" not in problem


def test_a_column_that_is_always_empty_fits_anywhere() -> None:
    table = pa.table({"a": ["1"], "n": pa.nulls(1)})
    found = mapped({"account_id": "a", "dob": "n", "city": "NULL", "phones": "n", "deceased": "n"}, table)
    assert found.table["city"].to_pylist() == [None]
    assert found.table["dob"].to_pylist() == [None]


def test_days_of_instants_do_not_depend_on_the_machine() -> None:
    found = mapped({"account_id": "acct", "open_date": "seen::DATE"})
    assert found.table["open_date"].to_pylist()[0] == dt.date(2026, 1, 1)


def test_reference_columns_are_those_of_the_kind() -> None:
    spec = source({"record_id": "acct", "deceased_date": "dob"}, kind="deceased")
    assert check(DELIVERY.schema, spec, "f", "source[1]") == []


@given(st.lists(st.one_of(st.none(), st.text(alphabet="01/x", max_size=10)), max_size=8))
def test_a_value_or_a_reject_or_null_for_every_row(texts: list[str | None]) -> None:
    table = pa.table({"a": pa.array(texts, pa.string())})
    found = mapped({"account_id": "a", "balance": "a::INTEGER"}, table)
    values = found.table["balance"].to_pylist()
    failed = {row for row, _, _ in rejects(found)}
    for row, (text, value) in enumerate(zip(texts, values, strict=True), 1):
        assert (value is None) == (text is None or row in failed)
