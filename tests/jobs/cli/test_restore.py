from __future__ import annotations

from pathlib import Path

from jobs.backup import backup
from tests.jobs.cli.nights import Call
from tests.jobs.projects import copy_of


def test_a_project_is_put_back_and_told(call: Call, tiny_night: Path, tmp_path: Path) -> None:
    backup(tiny_night, str(tmp_path / "tiny.tar"))
    lost = copy_of(tiny_night, tmp_path / "lost", ".skiptrace", "runs")
    said = call("--project", str(lost), "restore", str(tmp_path / "tiny.tar"))
    assert said.code == 0
    assert "0 were there; 1 runs" in said.out
    told = call("--project", str(lost), "restore", str(tmp_path / "tiny.tar"), "--json").json
    assert (told["written"], told["runs"], told["forgotten"]) == (0, 1, 0)
    assert call("--project", str(lost), "runs", "verify").code == 0


def test_a_backup_that_is_cut_short_is_refused(call: Call, tiny_night: Path, tmp_path: Path) -> None:
    backup(tiny_night, str(tmp_path / "tiny.tar"))
    content = (tmp_path / "tiny.tar").read_bytes()
    (tmp_path / "tiny.tar").write_bytes(content[: len(content) // 2])
    said = call("--project", str(tiny_night), "restore", str(tmp_path / "tiny.tar"))
    assert (said.code, said.out) == (3, "")
    assert "take another copy" in said.err
