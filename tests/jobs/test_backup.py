from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from jobs import archive
from jobs.backup import backup
from jobs.locking import locked
from skiptrace.errors import ConfigError, DataRefused, SafeToRerun
from skiptrace.project import own_key_file
from skiptrace.results import latest
from tests.jobs.projects import copy_of
from tests.jobs.tiny import make_tiny

AT = dt.datetime(2026, 7, 1, 6, 0, tzinfo=dt.UTC)


def test_it_holds_what_cannot_be_computed_again_and_nothing_else(tiny_night: Path, tmp_path: Path) -> None:
    created, told = backup(tiny_night, str(tmp_path / "one.tar"))
    with archive.opened(tmp_path / "one.tar") as found:
        names = set(found.files)
        tops = {"/".join(name.split("/")[:2]) for name in names}
        assert found.head["latest"] == latest(tiny_night).run_id
    assert created
    assert told["files"] == len(names)
    assert {f".skiptrace/{kept}" for kept in ("outcomes", "register", "models", "uses", "rulebooks")} <= tops
    assert not tops & {f".skiptrace/{made}" for made in ("deliveries", "index", "entities", "night", "work", "readings", "lock")}
    assert not [name for name in names if "exports" in name or name.endswith(".html")]
    assert "token.key" not in names
    assert own_key_file(os.environ).read_bytes().strip() not in (tmp_path / "one.tar").read_bytes()
    assert (tmp_path / "one.tar").stat().st_mode & 0o777 == 0o600


def test_the_same_state_gives_the_same_bytes_and_no_file_is_replaced(tiny_night: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one.tar", tmp_path / "two.tar"
    backup(tiny_night, str(one))
    backup(tiny_night, str(two))
    assert one.read_bytes() == two.read_bytes()
    assert backup(tiny_night, str(one))[0] is False
    two.write_bytes(b"a file of the user")
    with pytest.raises(ConfigError, match="never replaces"):
        backup(tiny_night, str(two))
    assert two.read_bytes() == b"a file of the user"


def test_a_damaged_table_is_no_backup(tiny_night: Path, tmp_path: Path) -> None:
    broken = copy_of(tiny_night, tmp_path / "broken")
    next((latest(broken).folder / "links").iterdir()).write_bytes(b"torn")
    with pytest.raises(DataRefused, match="gone or damaged"):
        backup(broken, str(tmp_path / "one.tar"))
    assert not (tmp_path / "one.tar").exists()


def test_a_project_that_was_never_run_has_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nothing to back up"):
        backup(make_tiny(tmp_path / "new"), str(tmp_path / "one.tar"))


def test_a_run_that_is_under_way_is_waited_for(tiny_night: Path, tmp_path: Path) -> None:
    project = copy_of(tiny_night, tmp_path / "project")
    with locked(project / ".skiptrace"), pytest.raises(SafeToRerun):
        backup(project, str(tmp_path / "one.tar"))


def test_a_key_that_is_kept_elsewhere_is_backed_up_there(tiny_night: Path, tmp_path: Path) -> None:
    project = copy_of(tiny_night, tmp_path / "project")
    with (project / "skiptrace.toml").open("a") as file:
        file.write('[security]\ntoken_key = "${env:SOME_KEY}"\n')
    with pytest.raises(ConfigError, match="apart from this file"):
        backup(project, str(tmp_path / "one.tar"), with_key=True)
