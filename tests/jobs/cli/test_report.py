from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.cli.conftest import Call
from tests.jobs.projects import copy_of, run_project
from tests.jobs.published import RUN_ID
from tests.jobs.tiny import make_tiny


def test_the_report_of_the_latest_run_is_rendered_again(
    call: Call, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    module: Any = types.ModuleType("jobs.publish")

    def render_report(folder: Path) -> Path:
        asked.append(folder)
        return folder / "report.html"

    module.render_report = render_report
    monkeypatch.setitem(sys.modules, "jobs.publish", module)
    said = call("--project", str(project), "report")
    assert said.code == 0
    assert asked == [project / "runs" / RUN_ID]
    assert f"{RUN_ID}/report.html" in said.out
    assert call("--json", "--project", str(project), "report").json["run_id"] == RUN_ID


def test_without_a_run_there_is_no_report(call: Call, tmp_path: Path) -> None:
    (tmp_path / "skiptrace.toml").write_text("version = 1\n")
    assert call("--project", str(tmp_path), "report").code == 2


def test_an_interrupted_run_says_so_and_a_published_one_is_told_apart(call: Call, tiny_night: Path, tmp_path: Path) -> None:
    begun = make_tiny(tmp_path / "begun")
    run_project(begun, to_step="index")
    said = call("--project", str(begun), "report")
    assert said.code == 0
    assert "was interrupted in the step link" in said.err
    told = call("--json", "--project", str(begun), "report").json
    assert told["published"] is False
    assert "This run was interrupted" in Path(told["report"]).read_text()
    project = copy_of(tiny_night, tmp_path / "night")
    file = project / "skiptrace.toml"
    file.write_text(file.read_text().replace("as_of = 2026-06-30", "as_of = 2026-07-01"))
    run_project(project, to_step="index")
    said = call("--project", str(project), "report")
    assert (said.code, "was begun and not published" in said.err) == (0, True)
    assert call("--project", str(project), "report", "--run", told["run_id"].replace("20260630", "20250101")).code == 2
