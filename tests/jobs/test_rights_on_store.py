"""Forgetting, backup and restore of a project whose runs lie on an object store, against a real server."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from jobs.backup import backup
from jobs.forgotten import forget
from jobs.restore import restore
from jobs.verified import verify
from jobs.verified_project import verify_project
from skiptrace.results import latest
from skiptrace.store.objects import ObjectPath
from skiptrace.store.places import walk
from tests.jobs.canary import found
from tests.jobs.projects import change, run_project
from tests.jobs.test_forgotten import ASKED, CLARA, OWN
from tests.jobs.tiny import make_tiny, on_store

NIGHT = dt.date(2026, 7, 1)


def fetched(home: ObjectPath, target: Path) -> Path:
    """Every object below a place, as files."""
    for entry in walk(home):
        (target / entry.name).parent.mkdir(parents=True, exist_ok=True)
        (home / entry.name).fetch(target / entry.name)
    return target


@pytest.mark.long
def test_a_person_leaves_the_store_and_this_machine_and_the_project_is_backed_up_and_restored(
    store: ObjectPath, tmp_path: Path
) -> None:
    project, home = on_store(make_tiny(tmp_path / "tiny"), store), store / "project"
    change(project, "as_of = 2026-06-30\n", "")
    run_project(project, as_of=dt.date(2026, 6, 30))
    assert found(fetched(home, tmp_path / "before"), CLARA)
    done = forget(project, "A002", **ASKED)
    assert {one.source for one in done.inputs} == {"portfolio", "header", "calls"}
    assert found(fetched(home, tmp_path / "after"), CLARA, OWN) == {}
    assert found(tmp_path / "cache", CLARA, OWN) == {}
    assert verify(latest(home)).problems == ()
    backup(project, str(store / "saved" / "one.tar"))

    for folder in ("runs", ".skiptrace"):
        (home / folder).remove_below()
    restored = restore(project, str(store / "saved" / "one.tar"), ASKED["at"])  # type: ignore[arg-type]
    assert restored.latest == latest(home).run_id
    assert verify(latest(home)).problems == verify_project(home / ".skiptrace").problems == ()
    run_project(project, as_of=NIGHT)
    assert verify_project(home / ".skiptrace").problems == ()
    assert found(fetched(home, tmp_path / "night"), CLARA, OWN) == {}
