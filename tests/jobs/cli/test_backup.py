from __future__ import annotations

from pathlib import Path

from tests.jobs.cli.nights import Call
from tests.jobs.projects import copy_of


def test_a_backup_is_written_and_told_and_written_once(call: Call, tiny_night: Path, tmp_path: Path) -> None:
    file = tmp_path / "tiny.tar"
    said = call("--project", str(tiny_night), "backup", str(file))
    assert said.code == 0
    assert "written: " in said.out
    again = call("--project", str(tiny_night), "backup", str(file), "--json").json
    assert (again["created"], again["file"]) == (False, str(file))
    assert again["sha256"] in said.out


def test_another_file_is_never_replaced(call: Call, tiny_night: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.tar").write_bytes(b"mine")
    said = call("--project", str(copy_of(tiny_night, tmp_path / "project")), "backup", str(tmp_path / "mine.tar"))
    assert (said.code, (tmp_path / "mine.tar").read_bytes()) == (2, b"mine")
    assert "name a file that is not there yet" in said.err
