from __future__ import annotations

from pathlib import Path

import pytest

from skiptrace.errors import DataRefused
from skiptrace.intake.reading import describe, read, read_rows
from skiptrace.project.limits import Limits
from tests.intake.files import written


def test_values_become_text_as_they_are_written(tmp_path: Path) -> None:
    content = b'{"id": "007", "balance": 1.50, "flag": true, "n": 12345678901234567890}\n'
    content += b'{"id": "", "phones": ["1", "2"], "x": {"y": null}}\n'
    file = written(tmp_path, content, "tape.jsonl")
    shape = describe(file)
    assert shape.columns.names == ["id", "balance", "flag", "n", "phones", "x"]
    assert read(file, slice(0, 2), form=shape.form).to_pylist() == [
        {"id": "007", "balance": "1.50", "flag": "true", "n": "12345678901234567890", "phones": None, "x": None},
        {"id": None, "balance": None, "flag": None, "n": None, "phones": '["1","2"]', "x": '{"y":null}'},
    ]


@pytest.mark.parametrize(
    "line",
    [b"{", b"[1]", b"1", b'{"a": 1, "a": 2}', b'{"a": NaN}', b'{"a": "\\ud800"}', b'{"": 1}', b'{"a": ' + b"[" * 100_000 + b"}", b"\xff"],
)
def test_a_line_that_is_not_one_object_is_rejected(tmp_path: Path, line: bytes) -> None:
    file = written(tmp_path, b'{"a": "1"}\n' + line + b"\n\n" + b'{"a": "2"}\n', "tape.ndjson")
    rows = read_rows(file, slice(0, 3), limits=Limits(bad_rows=0.5))
    assert rows.table.to_pydict() == {"a": ["1", "2"]}
    assert [(bad["row"], bad["line"]) for bad in rows.bad.to_pylist()] == [(2, 2)]
    assert rows.bad["reason"][0].as_py() in ("not_json", "undecodable")
    with pytest.raises(DataRefused, match="line 2"):
        describe(file)
