from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from jobs import chain, register
from jobs.prepare import PRIVATE
from jobs.setup import Setup
from skiptrace.errors import DataRefused
from skiptrace.linkage import naming
from skiptrace.schema.working import CONSUMERS
from skiptrace.store.tables import read_table, write_table
from tests.jobs.projects import Finished


class Project:
    """A project of which only the register is real."""

    def __init__(self, finished: Finished, folder: Path) -> None:
        self._setup, self._folder, self._runs = finished.setup, folder, 0

    def begin(self, begins: str, **changed: Any) -> Setup:
        self._runs += 1
        private = self._folder / PRIVATE
        known = register.begun_with(private, begins)
        return replace(self._setup, private=private, work=self._folder / f"work{self._runs}", register=known, **changed)

    def named(self, setup: Setup, *groups: str) -> dict[str, Any]:
        """The receipt of the consumers of these groups of accounts, of which the first one leads."""
        accounts = [account for group in groups for account in group]
        lead = np.array([accounts.index(group[0]) for group in groups for _ in group], np.int64)
        before = register.names_before(setup)
        found = naming.names(pa.array(accounts, pa.string()), lead, before)
        ref = write_table(found.table, CONSUMERS, setup.work / "consumers", "consumers").plain()
        return {"consumers": ref, **register.written(setup, found, before)}

    def run(self, begins: str, *groups: str, **changed: Any) -> dict[str, str]:
        setup = self.begin(begins, **changed)
        receipt = self.named(setup, *groups)
        register.remember(setup, begins, receipt)
        return ids(receipt)

    @property
    def state(self) -> tuple[int, dict[str, Any]]:
        return chain.last(self._folder / PRIVATE / register.FOLDER, register._nothing)


def ids(receipt: dict[str, Any]) -> dict[str, str]:
    return {row["account_id"]: row["consumer_id"] for row in read_table(receipt["consumers"]).to_pylist()}


@pytest.fixture
def project(finished: Finished, tmp_path: Path) -> Project:
    return Project(finished, tmp_path)


def test_a_run_begins_with_what_was_known_and_a_rerun_with_the_same(project: Project) -> None:
    assert project.begin("one").register == {}
    first = project.run("one", "b", "c")
    begun = project.begin("two").register
    assert begun["night"] == 1
    assert project.run("two", "ab", "c") == {"a": first["b"], **first}
    assert project.begin("three").register["night"] == 2
    assert project.begin("three").register["head"] != begun["head"]
    again = project.begin("two").register  # as it was then, although more is known now
    assert (again["night"], again["head"]) == (begun["night"], begun["head"])
    assert ids(project.named(project.begin("one"), "b", "c")) == first
    assert project.begin("one").register == {}


def test_remembering_twice_and_a_night_without_a_change_add_nothing(project: Project) -> None:
    project.run("one", "ab", "c")
    number, state = project.state
    setup = project.begin("one")
    register.remember(setup, "one", project.named(setup, "ab", "c"))
    assert project.state == (number, state)
    project.run("two", "ab", "c")
    assert project.state[1] == {**state, "began": {"one": 0, "two": 1}}


def test_a_run_over_a_part_of_the_portfolio_adds_nothing(project: Project) -> None:
    named = project.run("one", "ab", "c")
    assert project.run("part", "a", limit=1) == {"a": named["a"]}
    assert project.state[1]["heads"] == project.state[1]["heads"][:1]
    assert project.run("two", "ab", "c") == named


def test_a_run_that_another_one_overtook_adds_to_what_is_known_by_then(project: Project) -> None:
    project.run("one", "a", "b")
    late = project.begin("late")
    receipt = project.named(late, "a", "b", "x")
    other = project.run("other", "ab", "y")
    register.remember(late, "late", receipt)
    assert len(project.state[1]["heads"]) == 3
    after = register.names_before(project.begin("next"))
    told = dict(zip(after.accounts.to_pylist(), after.ids.take(pa.array(after.had)).to_pylist(), strict=True))
    assert told["x"] == ids(receipt)["x"]
    assert told["y"] == other["y"]
    assert told["a"] == told["b"] == other["a"]  # the id that was retired meanwhile leads on


def test_account_events_are_kept_with_the_run_that_was_told_first(project: Project) -> None:
    project.run("one", "a", "b")
    late, event = project.begin("late"), {"account_id": "a", "event": "closed", "told_on": dt.date(2026, 6, 30), "night": 2}
    table = pa.Table.from_pylist([event], register.LOGGED_EVENTS.arrow)
    told = {"events": write_table(table, register.LOGGED_EVENTS, late.work / "inventory", "events").plain()}
    receipt = project.named(late, "a", "b")
    project.run("other", "ab")
    for _ in range(2):
        register.remember(late, "late", receipt, told)
    (row,) = register.log(late.private, "events").to_pylist()
    assert (row["account_id"], row["event"], row["night"]) == ("a", "closed", 3)  # another run was published meanwhile
    assert project.begin("next").register["night"] == 3
    assert project.begin("other").register["night"] == 1  # a rerun hears no event of a later night


def test_a_register_of_an_earlier_version_has_no_events(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(register, "_nothing", lambda: {"began": {}, "heads": [], "accounts": [], "consumers": []})
        project.run("one", "a", "b")
    assert "events" not in project.state[1]
    setup = project.begin("two")
    assert setup.register["events"] == []
    assert len(register.log(setup.private, "events")) == 0
    project.run("two", "ab")
    assert project.begin("three").register["night"] == 2


def test_many_files_become_one_and_the_key_of_a_run_stays(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "MOST_FILES", 2)
    named = project.run("0", "a")
    begun = {str(night): project.begin(str(night)).register.get("head") for night in range(1)}
    for night in range(1, 5):
        setup = project.begin(str(night))
        begun[str(night)] = setup.register["head"]
        receipt = project.named(setup, *"abcdef"[: night + 1])
        register.remember(setup, str(night), receipt)
        named |= ids(receipt)
    state = project.state[1]
    assert all(len(state[name]) <= 2 for name in register.LOGS)
    assert {night: project.begin(night).register.get("head") for night in begun} == begun
    assert ids(project.named(project.begin("last"), *"abcde")) == named
    assert ids(project.named(project.begin("2"), *"abc")) == {account: named[account] for account in "abc"}


def test_what_run_json_says_is_counted(project: Project) -> None:
    project.run("one", "ab", "c", "d")
    told = register.told(project.named(project.begin("two"), "a", "bx", "c", "y"))
    assert told == {"consumers": 4, "new": 2, "merged": 0, "split": 1, "moved": 0, "closed": 1, "returned": 0}


def test_a_damaged_register_is_refused_and_says_how_to_mend_it(project: Project, tmp_path: Path) -> None:
    project.run("one", "ab", "c")
    (file,) = (tmp_path / PRIVATE / register.FOLDER).glob("accounts-*.parquet")
    file.unlink()
    with pytest.raises(DataRefused, match="register of accounts") as refused:
        register.names_before(project.begin("two"))
    assert "restore .skiptrace/register" in refused.value.problems[0].mend


def test_a_published_run_is_in_the_register(finished: Finished) -> None:
    _, state = chain.last(finished.folder / PRIVATE / register.FOLDER, dict)
    assert len(state["heads"]) == 1
    assert finished.outcome.ledger["consumers"]["new"] == finished.outcome.ledger["consumers"]["consumers"] > 0
    assert finished.setup.as_of == dt.date(2026, 6, 30)
