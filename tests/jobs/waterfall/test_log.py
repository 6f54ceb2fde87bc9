from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from jobs import chain
from jobs.waterfall import log
from skiptrace.errors import DataRefused
from skiptrace.project import PRIVATE
from tests.jobs.projects import copy_of
from tests.jobs.waterfall.vendors import DAY, state_of


@pytest.fixture
def read(read_run: Path, tmp_path: Path) -> Path:
    return copy_of(read_run, tmp_path / "read") / PRIVATE


def without(account: str) -> object:
    return lambda table: table.filter(pc.not_equal(table["account_id"], account))


def test_a_project_that_asked_nobody_has_an_empty_ledger(tmp_path: Path) -> None:
    state = log.now(tmp_path)
    assert (state["orders"], state["requests"], state["stops"]) == ([], {}, None)
    assert len(log.asked(tmp_path, state)) == len(log.answered(tmp_path, state)) == len(log.after(tmp_path, state)) == 0


def test_every_file_that_the_ledger_names_is_there_and_nothing_else_but_states(read: Path) -> None:
    named = log.named_by(log.now(read))
    there = {place.name for place in (read / log.FOLDER).iterdir() if not chain.STATE.fullmatch(place.name)}
    assert named <= there
    assert len(there - named) <= 1  # the last state but one may be being read


def test_a_request_is_closed_when_it_is_answered_or_nobody_waits_any_longer(asked_run: Path, read_run: Path) -> None:
    waiting, done = state_of(asked_run), state_of(read_run)
    (name,) = waiting["requests"]
    assert list(log.open_requests(waiting, DAY)) == [name]
    assert list(log.open_requests(waiting, DAY + dt.timedelta(days=31))) == []
    assert list(log.open_requests(done, DAY)) == []


def test_a_person_who_is_forgotten_is_in_no_table_and_what_was_spent_stays(read: Path) -> None:
    before = log.now(read)
    account = log.asked(read, before)["account_id"][0].as_py()
    assert log.naming(read, without(account)) == set(before["requests"])  # type: ignore[arg-type]
    assert log.keep_only(read, without(account))  # type: ignore[arg-type]
    state = log.now(read)
    for table in (log.asked(read, state), log.answered(read, state), log.after(read, state)):
        assert len(table) == 10
    assert account not in log.asked(read, state)["account_id"].to_pylist()
    assert [one["rows"] for one in state["requests"].values()] == [11]
    assert not log.keep_only(read, without(account))  # type: ignore[arg-type]
    assert {place.name for place in (read / log.FOLDER).iterdir()} == log.named_by(state) | {
        place.name for place in (read / log.FOLDER).iterdir() if chain.STATE.fullmatch(place.name)
    }  # fmt: skip


def test_a_ledger_that_is_damaged_says_what_to_do(read: Path) -> None:
    state = log.now(read)
    request = next(iter(state["requests"].values()))
    file = read / log.FOLDER / request["asked"]["path"]
    file.write_bytes(file.read_bytes()[:-9] + b"123456789")
    with pytest.raises(DataRefused, match=r"restore .skiptrace/waterfall from a copy"):
        log.table(read, "asked", request["asked"])


def test_two_commands_at_once_lose_nothing_of_each_other(tmp_path: Path) -> None:
    for number in range(3):
        log.change(tmp_path, lambda state, n=number: {**state, "bills": [*state["bills"], {"bill": n}]})  # type: ignore[misc]
    assert [bill["bill"] for bill in log.now(tmp_path)["bills"]] == [0, 1, 2]
    assert log.without_people({**log.now(tmp_path), "requests": {"a": {"people": 1}}}, ["a"])["requests"] == {"a": {"people": None}}
    assert isinstance(log.ASKED.arrow, pa.Schema)
