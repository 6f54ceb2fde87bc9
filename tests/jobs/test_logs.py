from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from jobs.logs import Log
from skiptrace.errors import StoreUnavailable, UnsafePermissions


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_steps_are_told_when_they_begin_and_end_one_object_per_line(tmp_path: Path) -> None:
    log = Log("log/runs.jsonl", tmp_path, {"project": "p"})
    for done in range(3):
        log.observe("link", done, 2)
    log.observe("score", 1, 1)
    log.say.error("failed", kind="DataRefused")
    log.close()
    found = lines(tmp_path / "log" / "runs.jsonl")
    assert [(one["event"], one.get("step"), one["level"]) for one in found] == [
        ("step begun", "link", "info"), ("step done", "link", "info"), ("step begun", "score", "info"), ("step done", "score", "info"),
        ("failed", None, "error"),
    ]  # fmt: skip
    assert {one["project"] for one in found} == {"p"}
    assert all(str(one["timestamp"]).endswith("Z") for one in found)
    assert (tmp_path / "log" / "runs.jsonl").stat().st_mode & 0o777 == 0o600


def test_what_is_in_the_log_stays(tmp_path: Path) -> None:
    for _ in range(2):
        log = Log("runs.jsonl", tmp_path, {})
        log.say.info("begun")
        log.close()
    assert len(lines(tmp_path / "runs.jsonl")) == 2


def test_nobody_is_told_where_nobody_asked(tmp_path: Path) -> None:
    log = Log(None, tmp_path, {})
    log.observe("link", 0, 1)
    log.say.info("begun")
    log.close()
    assert list(tmp_path.iterdir()) == []


def test_a_dash_is_stderr(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = Log("-", tmp_path, {})
    log.say.info("begun")
    log.close()
    assert json.loads(capsys.readouterr().err)["event"] == "begun"


def test_a_log_that_is_a_link_or_that_others_may_change_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("")
    (tmp_path / "link").symlink_to("elsewhere")
    with pytest.raises(StoreUnavailable, match=r"correct \[monitoring\] log"):
        Log("link", tmp_path, {})
    (tmp_path / "open").write_text("")
    os.chmod(tmp_path / "open", 0o620)
    with pytest.raises(UnsafePermissions, match="chmod 600"):
        Log("open", tmp_path, {})
