from __future__ import annotations

import pytest

from skiptrace.errors import DataRefused
from skiptrace.export.evaluation import evaluate, named_columns
from skiptrace.export.rows import exportable_uses
from tests.report.sample import AS_OF, tables

USES = exportable_uses(tables(30), AS_OF)


def test_every_word_that_is_a_column_is_named() -> None:
    assert named_columns(["coalesce(Phone, email)", "'rank of'", "nothing"]) == {"phone", "email", "rank"}


def test_expressions_are_filled_row_by_row_in_order() -> None:
    found = evaluate("x", USES, {"a b": "account_id", "c": "rank + 1"})
    assert found["a b"].to_pylist() == USES["account_id"].to_pylist()
    assert found["c"].to_pylist() == [rank + 1 for rank in USES["rank"].to_pylist()]
    assert evaluate("x", USES.slice(0, 0), {"a": "account_id"}).num_rows == 0
    assert evaluate("x", USES, {}).column_names == []


def test_a_column_whose_expression_fails_is_named_and_its_value_is_not() -> None:
    with pytest.raises(DataRefused, match="column day") as caught:
        evaluate("x", USES, {"id": "account_id", "day": "first_name::DATE"})
    assert not [name for name in USES["first_name"].to_pylist() if name in str(caught.value)]
    with pytest.raises(DataRefused, match="one value per row"):
        evaluate("x", USES, {"a": "unnest([1, 2])"})
