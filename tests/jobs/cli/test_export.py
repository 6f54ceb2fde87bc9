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


def test_an_export_is_delivered_when_asked_for_and_told_once(call: Call, place: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    with (place / "skiptrace.toml").open("a") as file:
        file.write(f'\n[[outbox]]\nname = "vendor"\nplace = "{theirs}"\nexports = ["dialer"]\n')
    said = call("--project", str(place), "export", "dialer", "--deliver")
    assert (said.code, "make the folder" in said.err) == (2, True)
    theirs.mkdir()
    assert call("--project", str(place), "export", "dialer").code == 0
    assert list(theirs.iterdir()) == []
    said = call("--project", str(place), "export", "dialer", "--deliver")
    assert (said.code, said.err) == (0, "")
    assert "delivered to" in said.out
    first = sorted(path.name for path in theirs.iterdir())
    assert first == ["dialer-2026-06-30.csv", "dialer-2026-06-30.csv.control.json"]
    (sent,) = call("--project", str(place), "--json", "export", "--deliver").json["delivered"]
    assert (sent["outbox"], sent["file"]) == ("vendor", "dialer-2026-06-30.csv")
