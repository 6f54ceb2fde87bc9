from __future__ import annotations

from pathlib import Path

import pytest

from skiptrace.errors import ConfigError
from skiptrace.project import load
from skiptrace.project.limits import Limits
from tests.project.test_form import HEAD


def test_limits_have_safe_defaults_and_can_be_set(tmp_path: Path) -> None:
    (tmp_path / "skiptrace.toml").write_text(HEAD)
    assert load(tmp_path, {}).limits == Limits()
    (tmp_path / "skiptrace.toml").write_text(HEAD + "[limits]\nrows = 10\nbad_rows = 0.05\n")
    found = load(tmp_path, {})
    assert (found.limits.rows, found.limits.bad_rows) == (10, 0.05)


def test_only_what_decides_on_rows_belongs_to_a_run(tmp_path: Path) -> None:
    (tmp_path / "skiptrace.toml").write_text(HEAD + "[limits]\nseconds = 10\nline_bytes = 2048\n")
    assert load(tmp_path, {}).content()["limits"] == {"bad_rows": 0.01, "cell_bytes": 1 << 20, "line_bytes": 2048}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("row = 1", 'did you mean "rows"'), ("rows = 0", "must be at least 1"), ("rows = 268435457", "at most"),
        ("bad_rows = 2.0", "at most 1"),
    ],
)
def test_a_wrong_limit_is_told(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "skiptrace.toml").write_text(HEAD + "[limits]\n" + text + "\n")
    with pytest.raises(ConfigError, match=said):
        load(tmp_path, {})
