from __future__ import annotations

import pyarrow as pa
import pytest

from skiptrace.normalize import names
from skiptrace.normalize.names import NAME_FIELDS, normalize_names, parse, parse_full


def test_columns_agree_with_single_names_and_the_parts_win() -> None:
    first = pa.chunked_array([["John", None, None, "Adult Male"]], pa.string())
    last = pa.chunked_array([["Smith", None, None, "Jones"]], pa.string())
    full = pa.chunked_array([["IGNORED, ALSO", "BROWN, ANN B", None, "Brown, Ann"]], pa.string())
    table = normalize_names(first, None, last, None, full)
    assert table.schema == NAME_FIELDS
    expected = [
        parse("John", None, "Smith", None),
        parse_full("BROWN, ANN B"),
        parse_full(""),
        parse("Adult Male", None, "Jones", None),
    ]
    assert [tuple(row.values()) for row in table.to_pylist()] == [(*name[:5], list(name.flags)) for name in expected]


def test_long_columns_are_read_by_shapes_with_the_same_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    full = pa.chunked_array([["Smith, John A", None, "ACME LLC", "José Núñez", ""], ["Smith, John A", "Unknown"]], pa.string())
    expected = normalize_names(None, None, None, None, full)
    monkeypatch.setattr(names, "COLUMNS_FROM", 0)
    monkeypatch.setattr(names, "COLUMNS_FROM_UNCOMPILED", 0)
    assert normalize_names(None, None, None, None, full).equals(expected)


def test_columns_of_names_need_a_column() -> None:
    with pytest.raises(ValueError, match="at least one column"):
        normalize_names(None, None, None, None, None)
