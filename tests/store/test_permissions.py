"""Private places: what another user could replace is refused, what a system provides is not."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from skiptrace.errors import ConfigError, StoreUnavailable, UnsafePermissions
from skiptrace.store.permissions import private_folder, refuse_unsafe


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o7777


def test_a_folder_is_made_for_the_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "project" / "runs"
    assert private_folder(folder) == folder
    assert mode(folder) == 0o700
    assert private_folder(folder) == folder


def test_a_folder_is_private_under_a_loose_umask(tmp_path: Path) -> None:
    os.umask(0)
    assert mode(private_folder(tmp_path / "runs")) == 0o700


@pytest.mark.parametrize(("bits", "safe"), [(0o700, True), (0o755, True), (0o770, True), (0o777, False), (0o702, False), (0o1777, True)])
def test_a_folder_that_everybody_may_write_is_refused_unless_sticky(bits: int, safe: bool, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    folder.chmod(bits)
    if safe:
        assert private_folder(folder) == folder
        return
    for check in (private_folder, refuse_unsafe):
        with pytest.raises(UnsafePermissions, match="chmod o-w") as caught:
            check(folder)
        assert caught.value.exit_code == 78


def test_a_sticky_ancestor_is_fine(tmp_path: Path) -> None:
    parent = tmp_path / "tmp"
    parent.mkdir()
    parent.chmod(0o1777)
    assert private_folder(parent / "project").is_dir()


def test_a_link_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    with pytest.raises(UnsafePermissions, match="symbolic link") as caught:
        private_folder(tmp_path / "link")
    assert caught.value.exit_code == 78
    (tmp_path / "dangling").symlink_to("nowhere")
    with pytest.raises((UnsafePermissions, ConfigError)):
        private_folder(tmp_path / "dangling")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("inside", [False, True])
def test_a_file_in_the_way_is_told(inside: bool, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigError, match="a file is where a folder must be") as caught:
        private_folder(tmp_path / "file" / "runs" if inside else tmp_path / "file")
    assert caught.value.exit_code == 2


def test_a_read_only_folder_is_a_matter_of_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system is asked as it would answer an ordinary user: the tests may run as one who may write everywhere."""
    folder = tmp_path / "read only"
    folder.mkdir(mode=0o500)
    allowed = os.access

    def ordinary(path: Path, bits: int) -> bool:
        return allowed(path, bits) and not (bits & os.W_OK and not Path(path).stat().st_mode & 0o200)

    monkeypatch.setattr(os, "access", ordinary)
    with pytest.raises(ConfigError, match="cannot be written") as caught:
        private_folder(folder)
    assert caught.value.exit_code == 2
    assert "write permission" in str(caught.value)


@pytest.mark.parametrize(
    ("code", "kind", "exit_code"),
    [
        (errno.EACCES, ConfigError, 2),
        (errno.EPERM, ConfigError, 2),
        (errno.ENOSPC, StoreUnavailable, 69),
        (errno.EROFS, StoreUnavailable, 69),
    ],
)
def test_a_folder_that_cannot_be_made_is_told(
    code: int, kind: type[ConfigError], exit_code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(kind) as caught:
        private_folder(tmp_path / "runs")
    assert caught.value.exit_code == exit_code
