from __future__ import annotations

import json
from pathlib import Path

import pytest

from jobs import audit
from skiptrace.errors import StoreUnavailable, UnsafePermissions


def lines(project: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (project / ".skiptrace" / "audit.jsonl").read_text().splitlines()]


def test_each_look_is_one_more_line_that_only_the_owner_reads(tmp_path: Path) -> None:
    audit.record(tmp_path, "00123", 'complaint "17"\nsecond line', "run-1")
    audit.record(tmp_path, "00124", "another", "run-1")
    first, second = lines(tmp_path)
    assert (first["account_id"], first["reason"]) == ("00123", 'complaint "17"\nsecond line')
    assert first["user"]
    assert first["time"].endswith("+00:00")
    assert second["account_id"] == "00124"
    assert (tmp_path / ".skiptrace" / "audit.jsonl").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / ".skiptrace").stat().st_mode & 0o777 == 0o700


def test_a_log_that_others_may_read_is_refused(tmp_path: Path) -> None:
    audit.record(tmp_path, "1", "r", "x")
    (tmp_path / ".skiptrace" / "audit.jsonl").chmod(0o644)
    with pytest.raises(UnsafePermissions, match="chmod 600"):
        audit.record(tmp_path, "2", "r", "x")
    assert len(lines(tmp_path)) == 1


def test_a_log_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".skiptrace").mkdir(mode=0o700)
    (tmp_path / ".skiptrace" / "audit.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreUnavailable, match="nothing is shown or released"):
        audit.record(tmp_path, "1", "r", "x")
    assert not (tmp_path / "elsewhere").exists()


def test_a_user_without_a_name_is_told_by_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError

    monkeypatch.setattr(audit.getpass, "getuser", nameless)
    audit.record(tmp_path, "1", "r", "x")
    assert lines(tmp_path)[0]["user"].isdecimal()
