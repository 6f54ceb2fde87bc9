from __future__ import annotations

import tarfile
from pathlib import Path

from tests.jobs.cli.nights import Call
from tests.jobs.test_migrate import EARLIER


def test_an_earlier_project_is_migrated_and_told(call: Call, tmp_path: Path) -> None:
    with tarfile.open(EARLIER) as archive:
        archive.extractall(tmp_path, filter="data")
    dry = call("--project", str(tmp_path), "migrate", "--dry-run")
    assert dry.code == 0
    assert "would change" in dry.out
    assert "match model has the form of an earlier version" in dry.out
    told = call("--project", str(tmp_path), "migrate", "--json").json
    assert (told["migrated"], told["model_set_aside"], told["runs"][0]["before"]) == (True, True, 1)
    assert "everything has the present form" in call("--project", str(tmp_path), "migrate").out
    assert call("--project", str(tmp_path), "runs", "list").code == 0
