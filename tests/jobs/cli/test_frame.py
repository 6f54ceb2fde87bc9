from __future__ import annotations

from pathlib import Path

import pytest

from jobs.cli.frame import PROJECT_FILE, State, project_folder
from skiptrace.errors import ConfigError
from skiptrace.project import FILE_NAME


def made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PROJECT_FILE).write_text("version = 1\n")
    return folder


def test_the_project_file_has_one_name() -> None:
    assert PROJECT_FILE == FILE_NAME


def test_the_option_goes_before_the_environment_and_that_before_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b, c = (made(tmp_path / name) for name in "abc")
    inner = c / "deep" / "er"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    assert project_folder(State()) == c
    monkeypatch.setenv("SKIPTRACE_PROJECT", str(b))
    assert project_folder(State()) == b
    assert project_folder(State(project=a)) == a
    assert project_folder(State(project=a / PROJECT_FILE)) == a


def test_a_folder_without_a_project_is_refused_by_where_it_came_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="skiptrace init"):
        project_folder(State())
    with pytest.raises(ConfigError, match="--project"):
        project_folder(State(project=tmp_path / "none"))
    monkeypatch.setenv("SKIPTRACE_PROJECT", str(tmp_path))
    with pytest.raises(ConfigError, match="SKIPTRACE_PROJECT"):
        project_folder(State())
