from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from skiptrace.errors import DataRefused
from skiptrace.export.fitting import Fitted, fit
from tests.export.profiles import column, profile_of, text_of


def _fit(folder: Path, cells: dict[str, list[object]], *columns: str, tables: str = "") -> Fitted:
    return fit(profile_of(folder, text_of(*columns, tables=tables)), pa.table(cells), text=True)


def test_free_text_is_made_to_fit_and_counted(tmp_path: Path) -> None:
    cells: dict[str, list[object]] = {"a": ["x\ty", "abcdef", "=1", None, "\ufeffz"]}
    found = _fit(tmp_path, cells, column("a", "account_id", "text", "max_chars = 4"), tables="[options]\nspreadsheet_safe = true\n")
    assert found.cells["a"].to_pylist() == ["x y", "abcd", "'=1", None, " z"]
    assert {change: dict(cells) for change, cells in found.changed.items()} == {
        "cleaned": {"a": 2}, "shortened": {"a": 1}, "neutralised": {"a": 1}}  # fmt: skip


def test_a_file_of_plain_letters_gets_plain_letters(tmp_path: Path) -> None:
    cells: dict[str, list[object]] = {"a": ["José", "札", "plain"]}
    found = _fit(tmp_path, cells, column("a", "account_id"), tables="[limits]\nprintable_ascii = true\n")
    assert found.cells["a"].to_pylist() == ["Jose", "?", "plain"]


@pytest.mark.parametrize(
    ("tables", "bad"),
    [
        ("[limits]\ncell_chars = 5\n", ["123456"]),
        ("[limits]\nprintable_ascii = true\n", ["é", "a\x07"]),
        ('[options]\nquoting = "never"\n', ["a,b", 'a"b', "a\nb"]),
        ("", ["a\rb", "\x00", "\u2028"]),
    ],
)
def test_a_key_is_never_altered_its_row_is_left_out(tmp_path: Path, tables: str, bad: list[str]) -> None:
    cells: dict[str, list[object]] = {"a": ["00123", *bad, "=x"]}
    found = _fit(tmp_path, cells, column("a", "account_id", "key"), tables=tables)
    assert found.cells["a"].to_pylist() == ["00123", "=x"]
    assert found.reasons.to_pylist() == [None, *["does_not_fit:a"] * len(bad), None]
    assert found.kept.tolist() == [True, *[False] * len(bad), True]


def test_a_row_without_a_required_cell_is_left_out(tmp_path: Path) -> None:
    cells: dict[str, list[object]] = {"a": ["x", None, ""], "b": ["1", "2", "3"]}
    found = _fit(tmp_path, cells, column("a", "account_id", "text", "required = true"), column("b", "rank", "number"))
    assert found.cells["b"].to_pylist() == ["1"]
    assert found.reasons.to_pylist() == [None, "missing:a", "missing:a"]


def test_a_broken_grammar_is_a_fault_of_the_profile_and_names_no_value(tmp_path: Path) -> None:
    with pytest.raises(DataRefused, match="column a: 1 cells are no phone") as caught:
        _fit(tmp_path, {"a": ["+15095550134", "MARISOL"]}, column("a", "phone", "phone"))
    assert "MARISOL" not in str(caught.value)
