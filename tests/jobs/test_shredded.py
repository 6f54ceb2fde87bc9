from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from jobs import noted, shredded
from jobs.backup import backup
from jobs.restore import restore
from skiptrace.errors import KeyDestroyed
from skiptrace.project import load
from skiptrace.results import latest
from skiptrace.store import keyring
from skiptrace.store.tables import FileRef, read_table
from tests.jobs.projects import copy_of, run_project

NOW = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
FIRST = {f"A{number:03d}" for number in range(6)}


def destroy(project: Path) -> dict[str, object]:
    return shredded.destroy(project, load(project, {}), "first.csv", NOW)


def test_after_its_key_is_destroyed_a_portfolio_is_read_nowhere_and_the_others_are(encrypted: Path, tmp_path: Path) -> None:
    noted.add(encrypted / ".skiptrace", latest(encrypted), "A001", "find", "+1 253 555 9999", "me", "asked", NOW.date(), NOW)
    kept = copy_of(encrypted, tmp_path / "kept")
    before = latest(encrypted)
    theirs = [FileRef(str(kept / "runs" / before.run_id / Path(ref.path).relative_to(before.folder)), ref.rows, ref.bytes, ref.sha256)
              for ref in before.files("contact_points")]  # fmt: skip
    done = destroy(encrypted)
    assert done["file"] == "first.csv"

    # the copy of a table, with the keyring of now
    shutil.rmtree(kept / ".skiptrace" / "keys")
    shutil.copytree(encrypted / ".skiptrace" / "keys", kept / ".skiptrace" / "keys")
    keyring.refresh()
    with pytest.raises(KeyDestroyed):
        read_table(theirs[0])
    assert read_table(theirs[1]).num_rows > 0

    # the project itself: its accounts are in no table, ledger, note or export
    run = latest(encrypted)
    for name in ("accounts", "contact_points", "channels", "decisions", "links"):
        assert not FIRST & set(run.table(name)["account_id"].to_pylist()), name
    assert len(run.table("accounts")) == 6
    assert not (run.folder / "exports").exists()
    assert not list((encrypted / ".skiptrace" / "notes").iterdir())

    # it stays destroyed, and the project goes on without it
    assert destroy(encrypted)["runs"] == {}
    with pytest.raises(KeyDestroyed, match=r"first\.csv"):
        run_project(encrypted)
    (encrypted / "tapes" / "first.csv").unlink()
    assert run_project(encrypted).fresh
    assert len(latest(encrypted).table("accounts")) == 6


def test_a_backup_brings_no_destroyed_key_back_into_its_project(encrypted: Path, tmp_path: Path) -> None:
    file = tmp_path / "project.tar"
    backup(encrypted, str(file))
    whole = latest(encrypted)
    shredded.destroy(encrypted, load(encrypted, {}), "first.csv", NOW)
    shutil.rmtree(encrypted / "runs")
    for name in ("outcomes", "register", "exported", "models"):
        shutil.rmtree(encrypted / ".skiptrace" / name, ignore_errors=True)
    restore(encrypted, str(file), NOW)
    run = latest(encrypted)
    assert run.run_id == whole.run_id
    with pytest.raises(KeyDestroyed):
        run.table("accounts")
    assert read_table(run.files("accounts")[1]).num_rows == 6
