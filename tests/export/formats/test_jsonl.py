from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.errors import DataRefused
from skiptrace.export.formats import jsonl

CELL = st.one_of(st.none(), st.text(st.characters(codec="utf-8"), max_size=6), st.sampled_from(['"', "\\", "\\u0041", "a\nb", "\x01"]))


@given(cells=st.lists(st.tuples(CELL, CELL), max_size=8))
def test_every_cell_comes_back(tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str | None, str | None]]) -> None:
    path = tmp_path_factory.mktemp("j") / "x.jsonl"
    columns = list(zip(*cells, strict=True)) or [(), ()]
    table = pa.table([pa.array(column, pa.string()) for column in columns], names=["a", 'b"c'])
    writer = jsonl.Writer(path, table.column_names, jsonl.OPTIONS)
    writer.add(table)
    writer.close()
    assert writer.size == path.stat().st_size
    found = [tuple(row.values()) for piece in jsonl.read(path, jsonl.OPTIONS, table.column_names) for row in piece.to_pylist()]
    assert found == cells


def test_a_line_with_other_names_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_text('{"a": "1"}\n{"b": "1"}\n')
    with pytest.raises(DataRefused, match="other names"):
        list(jsonl.read(tmp_path / "x", jsonl.OPTIONS, ["a"]))
    assert [key for key, _, _ in jsonl.check({"spreadsheet_safe": 1})] == ["spreadsheet_safe"]
