from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.jobs.cli.conftest import Call
from tests.jobs.projects import Finished, copy_of


@pytest.fixture
def place(finished: Finished, tmp_path: Path) -> Path:
    return copy_of(finished.folder, tmp_path / "project", "work")


def test_exports_are_written_again_and_counted(call: Call, place: Path) -> None:
    shutil.rmtree(place / "runs" / os.readlink(place / "runs" / "latest") / "exports")
    said = call("--project", str(place), "export")
    assert (said.code, said.err) == (0, "")
    assert "dialer.csv" in said.out
    assert "full.parquet" in said.out
    told = call("--project", str(place), "--json", "export", "dialer").json
    assert [one["name"] for one in told["exports"]] == ["dialer"]
    assert told["exports"][0]["screened_again"]["stopped"] == 0


def test_what_cannot_be_exported_says_why(call: Call, place: Path) -> None:
    said = call("--project", str(place), "export", "dialler")
    assert (said.code, 'did you mean "dialer"' in said.err) == (2, True)
    said = call("--project", str(place), "export", "--as-of", "2026-09-01")
    assert (said.code, "`skiptrace run`" in said.err) == (3, True)
    (place / "sources" / "suppression.parquet").unlink()
    said = call("--project", str(place), "export")
    assert (said.code, "required source" in said.err) == (3, True)
    said = call("--project", str(place), "export", "--run", "nothing")
    assert said.code == 2
