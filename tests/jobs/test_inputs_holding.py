from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from jobs import tombstones
from jobs.inputs_holding import Holding, holding
from skiptrace.intake import tombstones as marks
from skiptrace.project import load, token_key
from tests.jobs.projects import copy_of
from tests.jobs.tiny import make_tiny

AT = dt.date(2026, 7, 1)


@pytest.fixture
def project(tmp_path: Path, own_settings: Path) -> Path:
    folder = make_tiny(tmp_path / "project")
    key = token_key(load(folder, os.environ), os.environ)
    (folder / ".skiptrace").mkdir(mode=0o700)
    tombstones.put(folder / ".skiptrace", marks.content(key, ["A002"], [], [], []))
    return folder


def found(project: Path) -> tuple[tuple[Holding, ...], tuple[str, ...]]:
    loaded = load(project, os.environ)
    return holding(loaded, project / ".skiptrace", AT, token_key(loaded, os.environ))


def test_files_and_rows_that_hold_the_person_are_listed(project: Path) -> None:
    assert found(project) == ((Holding("portfolio", "portfolio.csv", (3,)), Holding("calls", "calls.csv", (2,))), ())


def test_a_delivery_that_cannot_be_read_is_said_and_the_others_are_listed(project: Path) -> None:
    (project / "header.csv").unlink()
    (project / "portfolio.csv").write_text("account_id\n")
    assert found(project) == ((Holding("calls", "calls.csv", (2,)),), ("header", "portfolio"))


def test_a_reading_that_is_kept_holds_nobody_and_is_not_looked_into(project: Path, tiny_night: Path, tmp_path: Path) -> None:
    read = copy_of(tiny_night, tmp_path / "read")
    copy_of(project / ".skiptrace" / "forgotten", read / ".skiptrace" / "forgotten")
    (found_in_tape,), _ = found(read)
    assert found_in_tape.source == "portfolio"  # the calls were read before: a sweep drops such a reading
