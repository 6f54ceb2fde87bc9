from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from skiptrace.intake.engine import syntax_tree
from skiptrace.sql import connect


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM read_csv('{file}')",
        "COPY (SELECT 1) TO '{file}.out'",
        "ATTACH '{file}.db'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET disabled_optimizers = ''",
        "SET TimeZone = 'Asia/Tokyo'",
    ],
)
def test_the_engine_is_shut_in(tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.csv"
    file.write_text("a\n1\n")
    connection = connect("100MB")
    with pytest.raises(duckdb.Error):
        connection.sql(text.format(file=file)).fetchall()
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.csv"]


def test_one_error_stays_in_its_row_even_in_a_shared_part() -> None:
    connection = connect("100MB")
    connection.register("t", pa.table({"s": ["1", "x", "3"]}))
    rows = connection.sql("SELECT TRY(s::INT + s::INT), TRY(s::INT * 2), TRY((s::INT) IS NULL) FROM t").fetchall()
    assert rows == [(2, 2, False), (None, None, None), (6, 6, False)]


def test_instants_are_in_one_zone_on_every_machine() -> None:
    rows = connect("100MB").sql("SELECT (TIMESTAMPTZ '2026-01-01 23:30:00-05:00')::DATE::VARCHAR").fetchall()
    assert rows == [("2026-01-02",)]


def test_text_that_does_not_parse_has_no_tree() -> None:
    connection = connect("100MB")
    assert syntax_tree(connection, "CASE WHEN") is None
    tree = syntax_tree(connection, "a + 1 ")
    assert tree is not None
    assert len(tree["statements"]) == 1
