from __future__ import annotations

from pathlib import Path

import pytest

import skiptrace
from skiptrace.errors import ConfigError
from skiptrace.results.opened import Opened


def test_a_project_is_opened_by_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "skiptrace.toml").write_text("version = 1\n")
    assert isinstance(skiptrace.open(str(tmp_path)), Opened)
    monkeypatch.chdir(tmp_path)
    assert skiptrace.open().runs == []
    with pytest.raises(ConfigError, match="no published run"):
        _ = skiptrace.open().latest


def test_the_version_is_that_of_the_project() -> None:
    assert skiptrace.__version__.count(".") == 2
