from __future__ import annotations

from pathlib import Path

import pytest

from jobs import acknowledged
from tests.jobs.cli.conftest import Call


def test_an_alert_is_acknowledged(call: Call, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acknowledged, "acknowledge", lambda private, run, account, kind, by, reason, at: 2)
    said = call("--project", str(project), "note", "A1", "--acknowledge", "moved", "--by", "Pat")
    assert (said.code, "2 moved alerts" in said.out) == (0, True)
    assert call("--json", "--project", str(project), "note", "A1", "--acknowledge", "moved", "--by", "Pat").json["acknowledged"] == 2


def test_a_run_without_alerts_has_nothing_to_acknowledge(call: Call, project: Path) -> None:
    said = call("--project", str(project), "note", "A1", "--acknowledge", "moved", "--by", "Pat")
    assert said.code == 2
    assert "nothing to acknowledge" in said.err
