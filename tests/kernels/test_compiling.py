"""Where compiled loops are kept: a folder that nobody else may write, or none."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from skiptrace.kernels import compiling
from skiptrace.kernels.compiling import cache_folder, compiled, is_compiled


def test_a_compiled_loop_gives_what_the_plain_one_gives() -> None:
    @compiled
    def total(values: np.ndarray) -> int:
        found = 0
        for value in values:
            found += value
        return found

    numbers = np.arange(10)
    assert total(numbers) == total.py_func(numbers) == 45  # type: ignore[attr-defined]


def test_the_named_folder_is_used_first(tmp_path: Path) -> None:
    assert cache_folder(tmp_path, {"NUMBA_CACHE_DIR": "/elsewhere"}) == Path("/elsewhere")


def test_beside_the_source_where_that_may_be_written(tmp_path: Path) -> None:
    assert cache_folder(tmp_path, {}) == tmp_path / "__pycache__"


@pytest.fixture
def read_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package folder that this user may not write, whoever runs the tests."""
    package = tmp_path / "installed"
    package.mkdir()
    may = os.access
    monkeypatch.setattr(compiling.os, "access", lambda path, mode: Path(path) != package and may(path, mode))
    return package


def test_a_read_only_installation_uses_a_private_folder_of_the_user(read_only: Path, tmp_path: Path) -> None:
    folder = cache_folder(read_only, {"XDG_CACHE_HOME": str(tmp_path / "cache")})
    assert folder == tmp_path / "cache" / "skiptrace" / "numba"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert cache_folder(read_only, {"HOME": str(tmp_path)}) == tmp_path / ".cache" / "skiptrace" / "numba"
    assert cache_folder(read_only, {}) is None


def test_a_folder_that_others_may_write_is_not_used(read_only: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "skiptrace" / "numba"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    assert cache_folder(read_only, {"XDG_CACHE_HOME": str(tmp_path / "cache")}) is None


def test_a_loop_nobody_compiled_is_not_known() -> None:
    assert is_compiled("no_such_loop") is False
