from __future__ import annotations

import stat
from pathlib import Path

import pytest

from skiptrace.errors import ConfigError
from skiptrace.store import memory


def test_the_folder_is_its_owners_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(memory.NAME, str(tmp_path))
    for folder in (memory.root(), memory.spill()):
        assert folder.is_dir()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert tmp_path in folder.parents


def test_a_machine_without_one_is_told_to_name_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(memory.NAME, str(tmp_path / "not-there"))
    with pytest.raises(ConfigError, match="names no folder in memory"):
        memory.root()
