from __future__ import annotations

import errno
import json
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs import runner
from jobs.runner import Receipt, Task, describe, done, files_of, perform, run
from skiptrace.errors import DataRefused, OutOfMemory, StoreUnavailable, TaskFailed, UnsafePermissions
from skiptrace.ids import file_digest
from skiptrace.store.commit import read_json
from tests.jobs import work
from tests.jobs.work import FAKE_NAME, FAKE_SSN


def tasks_in(folder: Path, *names: str) -> list[Task]:
    receipts = folder / "receipts"
    return [Task(name, "tests.jobs.work:note", receipts / f"{name}.json", {"folder": str(folder), "name": name}) for name in names]


def in_turn(tasks: list[Task]) -> Iterator[tuple[str, Receipt]]:
    for task in tasks:
        yield task.key, perform(task.function, str(task.receipt), task.arguments)


def backwards(tasks: list[Task]) -> Iterator[tuple[str, Receipt]]:
    yield from reversed(list(in_turn(tasks)))


def quiet(finished: int, total: int) -> None:
    """Progress that nobody watches."""


def ref(path: Path, size: int | None = None) -> dict[str, Any]:
    sha256 = file_digest(path) if path.is_file() else "ab"
    return {"path": str(path), "rows": 1, "bytes": path.stat().st_size if size is None else size, "sha256": sha256}


def test_a_task_leaves_its_receipt_and_the_first_one_stays(tmp_path: Path) -> None:
    receipt = tmp_path / "one.json"
    first = perform("tests.jobs.work:note", str(receipt), {"folder": str(tmp_path), "name": "first"})
    assert first["name"] == "first"
    assert read_json(receipt) == first
    assert receipt.stat().st_mode & 0o777 == 0o600
    assert perform("tests.jobs.work:note", str(receipt), {"folder": str(tmp_path), "name": "second"}) == first


@pytest.mark.parametrize("function", ["fail", "fail_within"])
def test_the_text_of_an_error_stays_where_it_is(function: str, tmp_path: Path) -> None:
    with pytest.raises(TaskFailed) as failed:
        perform(f"tests.jobs.work:{function}", str(tmp_path / "receipt.json"), {"name": "a date"})
    told = str(failed.value) + repr(failed.value) + "".join(traceback.format_exception(failed.value))
    assert FAKE_NAME not in told
    assert FAKE_SSN not in told
    kind = "ValueError" if function == "fail" else "KeyError"
    assert str(failed.value).startswith(f"{function}: {kind} at tests/jobs/work.py:")
    assert not (tmp_path / "receipt.json").exists()


def test_an_error_of_ours_keeps_its_class_and_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> Receipt:
        raise DataRefused("the file is empty")

    monkeypatch.setattr(work, "note", refuse)
    with pytest.raises(DataRefused, match="the file is empty"):
        perform("tests.jobs.work:note", str(tmp_path / "receipt.json"), {})


@pytest.mark.parametrize("function", ["tests.jobs.work:nothing", "tests.jobs.nowhere:note"])
def test_a_function_that_is_not_there_fails_the_task(function: str, tmp_path: Path) -> None:
    with pytest.raises(TaskFailed):
        perform(function, str(tmp_path / "receipt.json"), {})


def test_a_store_that_did_not_answer_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "PAUSES", (0.0, 0.0))
    perform("tests.jobs.work:refuse", str(tmp_path / "one.json"), {"folder": str(tmp_path), "times": 2, "number": errno.EIO})
    assert (tmp_path / "refusals").read_text() == "xxx"


@pytest.mark.parametrize(("number", "told"), [(errno.ENOSPC, "free some space"), (errno.EIO, "refuse: ")])
def test_a_disk_that_goes_on_refusing_is_no_bug_of_ours(number: int, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "PAUSES", (0.0,))
    with pytest.raises(StoreUnavailable, match=told) as failed:
        perform("tests.jobs.work:refuse", str(tmp_path / "one.json"), {"folder": str(tmp_path), "times": 9, "number": number})
    assert FAKE_NAME not in str(failed.value)
    assert (tmp_path / "refusals").read_text() == "xx"


def test_an_error_of_ours_is_not_tried_again(tmp_path: Path) -> None:
    with pytest.raises(TaskFailed):
        perform("tests.jobs.work:refuse", str(tmp_path / "one.json"), {"folder": str(tmp_path), "times": 9, "number": errno.EISDIR})
    assert (tmp_path / "refusals").read_text() == "x"


def test_a_lack_of_memory_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(OutOfMemory, match="not enough memory") as failed:
        perform("tests.jobs.work:need_memory", str(tmp_path / "one.json"), {})
    assert FAKE_NAME not in str(failed.value)


def test_an_error_that_was_never_raised_has_no_place() -> None:
    assert describe(ValueError(FAKE_NAME)) == "ValueError"


@pytest.mark.parametrize("damaged", [b"1234", b"12344"])
def test_a_receipt_holds_while_its_files_are_what_was_written(damaged: bytes, tmp_path: Path) -> None:
    table, receipt = tmp_path / "part.parquet", tmp_path / "receipt.json"
    assert done(receipt) is None
    table.write_bytes(b"12345")
    content = {"table": ref(table), "rows": 3}
    receipt.write_text(json.dumps(content))
    assert done(receipt) == content
    table.write_bytes(damaged)
    assert done(receipt) is None
    assert not receipt.exists()
    assert not table.exists()  # its name is taken from its content: a damaged file would keep the good one out


def test_a_receipt_whose_file_is_gone_is_dropped(tmp_path: Path) -> None:
    receipt = tmp_path / "receipt.json"
    receipt.write_text(json.dumps({"tables": [ref(tmp_path / "gone.parquet", 5)]}))
    assert done(receipt) is None
    assert not receipt.exists()


def test_a_damaged_receipt_is_dropped_so_that_the_task_can_put_its_own(tmp_path: Path) -> None:
    (one,) = tasks_in(tmp_path, "one")
    one.receipt.parent.mkdir()
    one.receipt.write_text('{"name": "on')
    assert [receipt["name"] for receipt in run([one], in_turn, quiet)] == ["one"]
    assert done(one.receipt) is not None


def test_files_are_found_at_any_depth(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    one = ref(tmp_path / "a")
    content = {"x": one, "more": [{"y": {**one, "rows": 2}}, "text", 3], "counts": {"rows": 5, "path": "no"}}
    assert [found["rows"] for found in files_of(content)] == [1, 2]


@pytest.mark.parametrize("compute", [in_turn, backwards])
def test_receipts_are_in_the_order_of_the_tasks(compute: Callable[[list[Task]], Iterator[tuple[str, Receipt]]], tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    found = run(tasks_in(tmp_path, "a", "b", "c"), compute, lambda n, total: told.append((n, total)))
    assert [receipt["name"] for receipt in found] == ["a", "b", "c"]
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert (tmp_path / "receipts").stat().st_mode & 0o777 == 0o700


def test_only_what_is_missing_runs_again(tmp_path: Path) -> None:
    before = run(tasks_in(tmp_path, "a", "b", "c"), in_turn, quiet)
    (tmp_path / "receipts" / "b.json").unlink()
    told: list[tuple[int, int]] = []
    assert run(tasks_in(tmp_path, "a", "b", "c"), in_turn, lambda n, total: told.append((n, total))) == before
    assert (tmp_path / "trace").read_text().split() == ["a", "b", "c", "b"]
    assert told == [(2, 3), (3, 3)]


def test_tasks_before_a_failure_keep_their_receipts(tmp_path: Path) -> None:
    a, c = tasks_in(tmp_path, "a", "c")
    b = Task("b", "tests.jobs.work:fail", tmp_path / "receipts" / "b.json", {"name": "x"})
    with pytest.raises(TaskFailed):
        run([a, b, c], in_turn, quiet)
    assert sorted(path.name for path in (tmp_path / "receipts").iterdir()) == ["a.json"]


def test_receipts_are_never_put_where_others_may_write(tmp_path: Path) -> None:
    (tmp_path / "receipts").mkdir()
    (tmp_path / "receipts").chmod(0o777)
    with pytest.raises(UnsafePermissions):
        run(tasks_in(tmp_path, "a"), in_turn, quiet)
    assert not (tmp_path / "trace").exists()


def test_no_tasks_no_receipts() -> None:
    assert run([], in_turn, quiet) == []
    assert runner.Task("k", "f", Path("r")).arguments == {}
