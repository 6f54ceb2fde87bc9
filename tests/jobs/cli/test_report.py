from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.cli.conftest import Call
from tests.jobs.published import RUN_ID


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
