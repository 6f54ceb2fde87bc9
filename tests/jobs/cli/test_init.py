from __future__ import annotations

from pathlib import Path

from skiptrace.project import load
from tests.jobs.cli.conftest import Call


def test_a_project_is_started_for_its_owner_alone(call: Call, tmp_path: Path) -> None:
    said = call("init", str(tmp_path / "northgate"))
    assert said.code == 0
    file = tmp_path / "northgate" / "skiptrace.toml"
    assert load(file, {}).project.name == "northgate"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert str(file) in said.out


def test_the_name_can_be_another_than_the_folders(call: Call, tmp_path: Path) -> None:
    said = call("--json", "init", str(tmp_path / "a folder"), "--name", "spring")
    assert said.json["project"] == "spring"
    assert load(tmp_path / "a folder", {}).project.name == "spring"


def test_a_name_that_is_none_is_refused_before_anything_is_made(call: Call, tmp_path: Path) -> None:
    said = call("init", str(tmp_path / "a folder"))
    assert said.code == 2
    assert "--name northgate" in said.err
    assert not (tmp_path / "a folder").exists()


def test_a_project_that_is_there_is_never_overwritten(call: Call, tmp_path: Path) -> None:
    (tmp_path / "skiptrace.toml").write_text("mine")
    said = call("init", str(tmp_path), "--name", "x")
    assert said.code == 2
    assert "nothing is overwritten" in said.err
    assert (tmp_path / "skiptrace.toml").read_text() == "mine"


def test_a_folder_that_everybody_may_write_is_refused(call: Call, tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    assert call("init", str(tmp_path / "open")).code == 78
    assert not (tmp_path / "open" / "skiptrace.toml").exists()
