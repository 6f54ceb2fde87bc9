from __future__ import annotations

import typing

import pyarrow as pa

from skiptrace.schema import counts
from skiptrace.schema.table import Privacy

COUNTS = counts(("name", "dob"))


def test_the_table_is_well_formed() -> None:
    assert len(set(COUNTS.names)) == len(COUNTS.names)
    assert all(column.sentence.endswith(".") and column.privacy in typing.get_args(Privacy) for column in COUNTS.columns)
    assert all(pa.types.is_list(column.type) and pa.types.is_struct(column.type.value_type) for column in COUNTS.columns)
    assert not any(column.nullable for column in COUNTS.columns)


def test_only_the_pair_that_may_be_shown_says_whose_it_is() -> None:
    keys = {column.name for column in COUNTS.columns if "account_id" in [field.name for field in column.type.value_type]}
    assert keys == {"typical"} == {column.name for column in COUNTS.columns if column.privacy == "key"}


def test_sums_are_exact() -> None:
    kinds = {str(field.type) for column in COUNTS.columns if column.name != "typical" for field in column.type.value_type}
    assert kinds == {"string", "bool", "int32", "int64", "decimal128(38, 2)", "decimal128(38, 9)"}


def test_a_typical_pair_has_a_level_and_a_weight_of_each_comparison() -> None:
    fields = [field.name for field in COUNTS.arrow.field("typical").type.value_type]
    assert fields[-4:] == ["level_name", "weight_name", "level_dob", "weight_dob"]
