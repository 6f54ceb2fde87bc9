from __future__ import annotations

from skiptrace.export.formats import formats


def test_every_format_module_is_found_by_being_there() -> None:
    assert list(formats()) == ["csv", "excel", "jsonl", "parquet"]
