from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from jobs import delivering, tombstones
from jobs.forgotten import forget
from jobs.locking import locked
from jobs.verified import verify
from skiptrace.errors import ConfigError, DataRefused, SafeToRerun
from skiptrace.results import latest, runs
from skiptrace.store import points
from tests.jobs.canary import found
from tests.jobs.projects import change, copy_of, files_below, run_project

AT = dt.datetime(2026, 7, 1, 8, 0, tzinfo=dt.UTC)
CLARA = ("A002", "Clara", "Sandoval", "2535551074", "2537772002", "1962-03-12", "R002", "114 Maple", "114 Birch")
OWN = ("portfolio.csv", "header.csv", "calls.csv")
ASKED = {"by": "privacy desk", "reason": "asked by letter", "at": AT}


@pytest.fixture(scope="module")
def gone(tiny_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny project, in which somebody was forgotten. Copy it before changing it."""
    project = copy_of(tiny_night, tmp_path_factory.mktemp("gone") / "project")
    change(project, "as_of = 2026-06-30\n", "")
    assert found(project, CLARA, OWN)
    done = forget(project, "A002", **ASKED)
    assert (done.new, done.accounts, done.same_consumer, done.unread) == (True, 1, (), ())
    assert {(one.source, one.file, one.rows) for one in done.inputs} == {
        ("portfolio", "portfolio.csv", (3,)), ("header", "header.csv", (2,)), ("calls", "calls.csv", (2,))}  # fmt: skip
    return project


@pytest.fixture
def project(tiny_night: Path, tmp_path: Path) -> Path:
    return copy_of(tiny_night, tmp_path / "project")


def test_nothing_of_the_person_is_left_but_in_the_files_of_the_user(gone: Path) -> None:
    assert found(gone, CLARA, OWN) == {}
    assert found(gone, ("A001", "Bruno"), OWN)  # whoever was not asked about stays


def test_the_run_is_whole_and_names_its_predecessor(gone: Path) -> None:
    run = latest(gone)
    assert verify(run).problems == ()
    (note,) = run.ledger["rewritten"]
    before = json.loads((run.folder / f"run-{note['predecessor'][:16]}.json").read_bytes())
    assert before["tables"]["accounts"]["rows"] == run.rows("accounts") + note["rows"]["accounts"] == 12
    assert {one["export"] for one in note["exports"]} == {"plain", "alerts"}
    assert all(file["sha256"] for one in note["exports"] if one["export"] == "plain" for file in one["files"])
    assert "A002" not in run.table("accounts")["account_id"].to_pylist()


def test_asking_twice_changes_nothing(gone: Path) -> None:
    before = files_below(gone)
    again = forget(gone, "A002", **ASKED)
    assert (again.new, again.removed, again.runs) == (False, {}, {})
    assert files_below(gone) == before


def test_the_next_nights_leave_the_person_out_and_count_that(gone: Path, tmp_path: Path) -> None:
    project = copy_of(gone, tmp_path / "project")
    run_project(project, as_of=dt.date(2026, 7, 1), nightly=True)
    outcome = run_project(project, as_of=dt.date(2026, 7, 2), nightly=True)
    assert found(project, CLARA, OWN) == {}
    assert {name: count["rejected"] for name, count in outcome.ledger["counts"].items()} == {
        name: {"forgotten": 1} for name in ("portfolio", "header", "calls")}  # fmt: skip
    assert outcome.held == ()  # what is missing is no doubtful delivery
    assert len(runs(project)) == 3


def test_delivered_again_elsewhere_the_person_does_not_come_back_nor_do_new_dispositions(gone: Path, tmp_path: Path) -> None:
    project = copy_of(gone, tmp_path / "project")
    tape = project / "portfolio.csv"
    tape.write_text(tape.read_text().replace("A002,", "B777,"))  # another account number
    header = (project / "header.csv").read_text().replace("R002,", "R902,").replace("2026-03-01", "2026-06-01")
    (project / "header.csv").write_text(header)
    with (project / "calls.csv").open("a") as file:
        file.write("E8,A002,voice,2535559999,opt_out,2026-06-20\nE9,A001,voice,2535551037,no_answer,2026-06-20\n")
    outcome = run_project(project, as_of=dt.date(2026, 7, 1), nightly=True)
    assert found(project, ("B777", "R902", "2535559999", *CLARA[1:4]), OWN) == {}
    rejected = {name: count["rejected"] for name, count in outcome.ledger["counts"].items()}
    assert rejected == {"portfolio": {"forgotten": 1}, "header": {"forgotten": 1}, "calls": {"forgotten": 2}}


def test_exports_that_wait_for_a_partner_are_not_sent(project: Path) -> None:
    waiting = project / ".skiptrace" / delivering.SEALED / "plain.csv.pgp"
    waiting.parent.mkdir()
    waiting.write_bytes(b"sealed")
    assert forget(project, "A002", **ASKED).removed[delivering.SEALED] == 1
    assert not waiting.exists()


def test_an_account_that_nobody_knows_is_a_mistake_and_leaves_no_tombstone(project: Path) -> None:
    before = files_below(project)
    with pytest.raises(ConfigError, match="nobody to forget"):
        forget(project, "A999", **ASKED)
    assert files_below(project) == before


@pytest.mark.parametrize("reason", ["see a@example.com", "call 253 555 1074", "of account a002"])
def test_a_reason_that_holds_a_value_is_refused_before_anything_is_written(project: Path, reason: str) -> None:
    before = files_below(project)
    with pytest.raises(ConfigError, match="must not hold") as refused:
        forget(project, "A002", by="desk", reason=reason, at=AT)
    assert reason not in str(refused.value)
    assert files_below(project) == before


def test_a_run_that_is_under_way_is_waited_for(project: Path) -> None:
    with locked(project / ".skiptrace"), pytest.raises(SafeToRerun):
        forget(project, "A002", **ASKED)


def test_killed_at_any_moment_the_same_command_goes_on(gone: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change(project, "as_of = 2026-06-30\n", "")
    passed = list[str]()
    for number in range(0, 400, 5):

        def die(point: str, left: list[int] = [number]) -> None:  # noqa: B006 - one list for each round
            passed.append(point)
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt

        monkeypatch.setattr(points, "passed", die)
        try:
            forget(project, "A002", **ASKED)
            break
        except KeyboardInterrupt:
            continue
    assert {"tombstone-put", "index-forgotten", "kept-forgotten", "exports-forgotten", "run-rewritten"} <= set(passed)
    assert found(project, CLARA, OWN) == {}
    assert verify(latest(project)).problems == ()
    (mine,), (theirs,) = (tombstones.names(folder / ".skiptrace") for folder in (project, gone))
    assert mine == theirs
    tables = [latest(folder).ledger["tables"] for folder in (project, gone)]
    assert tables[0] == tables[1]


def test_a_damaged_tombstone_stops_the_next_run(gone: Path, tmp_path: Path) -> None:
    project = copy_of(gone, tmp_path / "project")
    (name,) = tombstones.names(project / ".skiptrace")
    (project / ".skiptrace" / "forgotten" / name).write_text("{")
    with pytest.raises(DataRefused, match="would come back"):
        run_project(project, as_of=dt.date(2026, 7, 1))


def test_an_account_that_has_left_the_tape_is_known_by_its_run(project: Path) -> None:
    tape = project / "portfolio.csv"
    tape.write_text("".join(line for line in tape.read_text().splitlines(keepends=True) if not line.startswith("A002")))
    done = forget(project, "A002", **ASKED)
    assert done.new
    assert {one.source for one in done.inputs} == {"header", "calls"}
    assert found(project, CLARA, OWN) == {}
