"""Tables between steps: keyed, and an unknown death stays unknown."""

from __future__ import annotations

import pyarrow as pa
import pytest

from skiptrace.schema import Table, conform, links, working

TABLES = {name: found for name, found in vars(working).items() if isinstance(found, Table)}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_is_keyed_by_columns_that_are_never_null(name: str) -> None:
    table = TABLES[name]
    assert table.name == name.lower()
    assert table.key
    assert not any(table.arrow.field(column).nullable for column in table.key)
    assert len(set(table.names)) == len(table.names)


def test_the_tables_between_steps_are_these() -> None:
    assert {"CONSUMERS", "DEATHS", "SHARING"} <= set(TABLES)


def test_nobody_says_is_not_no() -> None:
    rows = {"account_id": ["a", "b", "c"], "deceased": [True, False, None], "deceased_date": pa.nulls(3)}
    rows |= {"reported_by": pa.nulls(3), "report_probability": pa.nulls(3)}
    assert conform(pa.table(rows), working.DEATHS)["deceased"].to_pylist() == [True, False, None]
    sensitive = {column.name for column in working.DEATHS.columns if column.privacy == "sensitive"}
    assert sensitive == {"deceased", "deceased_date", "reported_by"}


def test_several_rows_of_one_record_are_considered_and_published_as_one() -> None:
    assert working.CONSIDERED.key == ("account_id", "source", "identity")
    assert links(()).key == ("account_id", "source", "record_id")
    assert set(working.CONSIDERED.names) <= set(links(()).names)
