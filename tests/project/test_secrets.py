from __future__ import annotations

import stat
from pathlib import Path

import pytest

from skiptrace.errors import ConfigError, UnsafePermissions
from skiptrace.project import Project, load, token_key
from tests.project.test_loading import SMALL, write


def project(folder: Path, reference: str | None = None) -> Project:
    return load(write(folder, SMALL + (f'[security]\ntoken_key = "{reference}"\n' if reference else "")), {})


def test_a_key_is_made_once_outside_the_project_for_this_user_alone(tmp_path: Path) -> None:
    environ = {"XDG_CONFIG_HOME": str(tmp_path / "config")}
    key = token_key(project(tmp_path), environ)
    file = tmp_path / "config" / "skiptrace" / "token.key"
    assert len(key) == 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert token_key(project(tmp_path), environ) == key
    assert [entry.name for entry in file.parent.iterdir()] == ["token.key"]


def test_without_a_configuration_folder_it_lives_under_home(tmp_path: Path) -> None:
    key = token_key(project(tmp_path), {"HOME": str(tmp_path), "XDG_CONFIG_HOME": "relative"})
    assert (tmp_path / ".config" / "skiptrace" / "token.key").is_file()
    assert token_key(project(tmp_path), {"HOME": str(tmp_path)}) == key
    with pytest.raises(ConfigError, match="HOME"):
        token_key(project(tmp_path), {})


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_an_own_key_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    environ = {"XDG_CONFIG_HOME": str(tmp_path / "config")}
    token_key(project(tmp_path), environ)
    (tmp_path / "config" / "skiptrace" / "token.key").chmod(mode)
    with pytest.raises(UnsafePermissions) as caught:
        token_key(project(tmp_path), environ)
    assert caught.value.exit_code == 78


def test_an_own_key_that_is_a_link_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "config" / "skiptrace"
    folder.mkdir(parents=True, mode=0o700)
    (tmp_path / "planted").write_text("0" * 64)
    (folder / "token.key").symlink_to(tmp_path / "planted")
    with pytest.raises(UnsafePermissions):
        token_key(project(tmp_path), {"XDG_CONFIG_HOME": str(tmp_path / "config")})


def test_a_key_from_a_file_beside_the_project(tmp_path: Path) -> None:
    (tmp_path / "my.key").write_text("a secret of enough length\n")
    first = token_key(project(tmp_path, "${file:my.key}"), {})
    assert first == token_key(project(tmp_path, f"${{file:{tmp_path / 'my.key'}}}"), {})
    assert first == token_key(project(tmp_path, "${env:SECRET}"), {"SECRET": "a secret of enough length"})
    (tmp_path / "my.key").write_text("another secret of enough length\n")
    assert first != token_key(project(tmp_path, "${file:my.key}"), {})


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "my.key").write_text("a secret of enough length\n")
    (tmp_path / "my.key").chmod(0o644)
    with pytest.raises(UnsafePermissions) as caught:
        token_key(project(tmp_path, "${file:my.key}"), {})
    assert caught.value.exit_code == 78


@pytest.mark.parametrize(
    ("reference", "environ", "said"),
    [
        ("${file:absent.key}", {}, "is not there"),
        ("${file:.}", {}, "does not name a key file"),
        ("${env:SECRET}", {}, "SECRET is not set"),
        ("${env:SECRET}", {"SECRET": "short-one"}, "shorter than 16 bytes"),
    ],
)
def test_a_secret_that_cannot_be_used(tmp_path: Path, reference: str, environ: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        token_key(project(tmp_path, reference), environ)
    assert "security.token_key" in str(caught.value)
    assert "short-one" not in str(caught.value)
