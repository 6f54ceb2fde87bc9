"""An encrypted project whose runs lie on an object store, in shards, on a cluster with certificates: all at once, as large ones are."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs import enciphered, keys, remote, shredded
from jobs.verified import verify
from skiptrace.errors import ConfigError, KeyDestroyed, KeyRefused
from skiptrace.project import PRIVATE, load
from skiptrace.results import latest
from skiptrace.store import keyring
from skiptrace.store.objects import ObjectPath
from tests.encrypted_home import MASTER, SECOND, SECTION, THIRD, give_masters
from tests.jobs.canary import found
from tests.jobs.clusters import cluster, free_port, make_papers, papers_for
from tests.jobs.encrypted import make_encrypted, personal
from tests.jobs.projects import change, run_project
from tests.jobs.test_rights_on_store import fetched

NOW = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
TABLES = ("accounts", "links", "contact_points", "channels", "decisions", "rejects", "alerts")


@pytest.fixture(autouse=True)
def at_hand(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Masters, in this process and in those that it starts, and a folder in memory of the test's own."""
    give_masters(monkeypatch)
    yield
    keyring.refresh()


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "memory").mkdir(mode=0o700)
    monkeypatch.setenv("SKIPTRACE_MEMORY_DIR", str(tmp_path / "memory"))
    return tmp_path / "memory"


def told(home: Any) -> dict[str, list[dict[str, Any]]]:
    """Every table of the latest run, as it is read."""
    run = latest(home)
    return {name: run.table(name).to_pylist() for name in TABLES}


def in_clear(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The tables of the same project without encryption, on a disk."""
    run_project(make_encrypted(folder, section=""))
    return told(folder)


def with_papers(monkeypatch: pytest.MonkeyPatch, papers: Path) -> None:
    for name, file in (("CA", "ca.pem"), ("CERT", "client.pem"), ("KEY", "client.key")):
        monkeypatch.setenv(f"SKIPTRACE__RUNTIME__TLS_{name}", f'"{papers / file}"')


def bare(values: set[str]) -> set[str]:
    """Values that no hash has by chance."""
    return {value for value in values if len(value) > 3}


@pytest.mark.long
def test_on_a_cluster_in_shards_tables_are_those_in_clear_and_nobody_reads_a_person_anywhere(
    store: ObjectPath, memory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "WORKER_SECONDS", 300.0)  # workers load the whole program first
    expected = in_clear(tmp_path / "clear")
    project, home, papers, scratch = make_encrypted(tmp_path / "project"), store / "project", tmp_path / "papers", tmp_path / "scratch"
    values = bare(personal(project))
    assert values
    change(project, "[runtime]\n", f'[runtime]\nstore = "{home}"\nshards = 2\n')
    make_papers(papers)
    with_papers(monkeypatch, papers)
    address = f"tls://127.0.0.1:{free_port()}"
    head, hands = papers_for(papers, "scheduler"), papers_for(papers, "worker")
    with cluster("--listen", address, *head), cluster("--join", address, "--workers", "2", "--folder", str(scratch), *hands):
        done = run_project(project, scheduler=address)
    assert done.fresh
    assert done.ledger["linkage"]["shards"]["of_records"] > 1
    assert told(home) == expected
    assert verify(latest(home)).problems == ()

    # every object of the bucket, what lies on this machine, and what workers had for themselves
    objects = fetched(home, tmp_path / "objects")
    names = [str(file.relative_to(objects)) for file in objects.rglob("*") if file.is_file()]
    assert any(name.startswith(f"{PRIVATE}/shards/") for name in names)
    leave = {file.name for file in objects.rglob("exports/*/*")}  # what leaves is in the form its receivers read
    assert found(objects, values, leave) == {}
    assert found(tmp_path / "cache", values, leave) == {}
    assert found(scratch, values) == {}
    assert [file for file in memory.rglob("*") if file.is_file()] == []

    # without the master of identities nobody reads who somebody is, from the same store
    monkeypatch.delenv(SECOND.partition(":")[2])
    keyring.refresh()
    assert len(latest(home).table("decisions", columns=["decision"])) == len(expected["decisions"])
    with pytest.raises(KeyRefused):
        latest(home).table("contact_points", columns=["value"])


@pytest.mark.long
def test_keys_on_a_store_are_rotated_and_destroyed_and_what_lay_in_clear_is_encrypted(
    store: ObjectPath, memory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, home = make_encrypted(tmp_path / "project", section=""), store / "project"
    values = bare(personal(project))
    change(project, "[runtime]\n", f'[runtime]\nstore = "{home}"\n')
    run_project(project)
    before = told(home)
    assert found(fetched(home, tmp_path / "before"), values)

    change(project, "[runtime]\n", SECTION + "[runtime]\n")
    assert enciphered.encipher(project)["files"] > 0
    leave = {file.name for file in fetched(home, tmp_path / "after").rglob("exports/*/*")}
    assert found(tmp_path / "after", values, leave) == {}
    assert told(home) == before
    assert enciphered.encipher(project)["files"] == 0

    # other masters: the tables stay, those of before open nothing
    objects = {name for name in home.below() if not name.startswith(f"{PRIVATE}/{keyring.FOLDER}/")}
    change(project, f'kms = "{MASTER}"', f'kms = "{THIRD}"')
    with pytest.raises(ConfigError, match="rotate"):
        run_project(project)
    assert keys.rotate(load(project, os.environ), home) >= 1
    assert {name for name in home.below() if not name.startswith(f"{PRIVATE}/{keyring.FOLDER}/")} == objects
    monkeypatch.delenv(MASTER.partition(":")[2])
    keyring.refresh()
    assert told(home) == before

    # a portfolio's key goes: the next run makes it anew under keys of its own first
    change(project, 'name = "tiny"', 'name = "again"')
    run_project(project)
    file = "first.csv"
    gone = {row["account_id"] for row in before["accounts"][:6]}
    shredded.destroy(project, load(project, os.environ), file, NOW)
    assert not gone & {row["account_id"] for row in told(home)["accounts"]}
    with pytest.raises(KeyDestroyed):
        run_project(project)
