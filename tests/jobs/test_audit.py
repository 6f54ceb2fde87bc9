from __future__ import annotations

import json
import threading
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


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of four lines."""
    for number in range(4):
        audit.record(tmp_path, f"0012{number}", "complaint", "run-1")
    assert audit.verified(tmp_path).problems == ()
    return tmp_path / ".skiptrace" / "audit.jsonl"


def broken(log: Path, lines: list[str]) -> str:
    log.write_text("".join(lines))
    (problem,) = audit.verified(log.parent.parent).problems
    return f"{problem.place}: {problem.what}"


def test_a_line_that_was_changed_taken_out_or_put_in_is_seen(log: Path) -> None:
    one, two, three, four = log.read_text().splitlines(keepends=True)
    assert broken(log, [one, two.replace("complaint", "nothing"), three, four]).startswith("line 3: does not follow")
    assert broken(log, [one, three, four]).startswith("line 2: does not follow")
    assert broken(log, [one, two, two, three, four]).startswith("line 3: does not follow")
    assert broken(log, [one, two, "no entry\n", three, four]) == "line 3: is no entry"
    assert broken(log, [one, two, three, four.replace("complaint", "nothing")]).startswith("line 4: is not the line that was written last")
    assert broken(log, [one, two, three]).startswith("line 3: is not the line that was written last")
    assert broken(log, []) == ": ends before the line that was written last"
    log.unlink()
    assert audit.verified(log.parent.parent).problems


def test_the_file_that_names_the_last_line_is_believed_only_whole(log: Path) -> None:
    head = log.parent / audit.HEAD
    head.write_bytes(head.read_bytes().replace(b'"lines": 4', b'"lines": 3'))
    assert "gone or damaged" in audit.verified(log.parent.parent).problems[0].what
    head.unlink()
    assert "gone or damaged" in audit.verified(log.parent.parent).problems[0].what


def test_a_process_that_died_between_the_line_and_its_note_breaks_nothing(log: Path) -> None:
    head = (log.parent / audit.HEAD).read_bytes()
    audit.record(log.parent.parent, "00129", "r", "x")
    (log.parent / audit.HEAD).write_bytes(head)
    assert audit.verified(log.parent.parent).problems == ()
    audit.record(log.parent.parent, "00130", "r", "x")
    assert audit.verified(log.parent.parent).problems == ()


def test_lines_of_an_earlier_version_come_first_and_are_held_by_those_after_them(tmp_path: Path) -> None:
    (tmp_path / ".skiptrace").mkdir(mode=0o700)
    log = tmp_path / ".skiptrace" / "audit.jsonl"
    log.write_text('{"action": "a"}\n{"action": "b"}\n')
    assert audit.verified(tmp_path).problems == ()
    audit.record(tmp_path, "1", "r", "x")
    assert audit.verified(tmp_path).problems == ()
    assert broken(log, log.read_text().replace('"b"', '"c"').splitlines(keepends=True)).startswith("line 3: does not follow")


def test_a_person_who_is_forgotten_leaves_a_chain(log: Path) -> None:
    audit.forget(log.parent.parent, "00122", "stone-1", "asked")
    assert audit.verified(log.parent.parent).problems == ()
    assert [entry["account_id"] for entry in lines(log.parent.parent)[:4]] == ["00120", "00121", "stone-1", "00123"]


def test_two_processes_that_write_at_once_leave_a_chain(tmp_path: Path) -> None:
    writers = [threading.Thread(target=lambda: [audit.record(tmp_path, "1", "r", "x") for _ in range(20)]) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(lines(tmp_path)) == 80
    assert audit.verified(tmp_path).problems == ()


def test_a_user_without_a_name_is_told_by_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError

    monkeypatch.setattr(audit.getpass, "getuser", nameless)
    audit.record(tmp_path, "1", "r", "x")
    assert lines(tmp_path)[0]["user"].isdecimal()
