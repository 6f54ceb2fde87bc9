from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from jobs import outcomes
from jobs.prepare import PRIVATE
from jobs.setup import Setup
from skiptrace.errors import DataRefused
from skiptrace.results.run import read_run
from skiptrace.schema.working import CONSUMERS, PAST_EVENTS
from skiptrace.store.tables import read_table
from tests.jobs.projects import Finished, copy_of, run_project

MOMENT = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
ORDINARY: dict[str, Any] = {
    "event_id": "e1", "account_id": "A", "channel": "voice", "kind": "phone", "value": "+12065550123", "outcome": "wrong_party",
    "system": None, "occurred_at": MOMENT, "source": "dialer",
}  # fmt: skip


def past(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist([{**ORDINARY, **row} for row in rows], schema=PAST_EVENTS.arrow)


def test_an_event_that_comes_twice_counts_once() -> None:
    assert outcomes.distinct(past({}, {}, {"source": "again"})).to_pylist() == past({"source": "again"}).to_pylist()
    assert outcomes.distinct(past()).num_rows == 0


@pytest.mark.parametrize("other", [{"outcome": "right_party"}, {"account_id": "B"}, {"value": "+12065550100"}, {"event_id": "e2"}])
def test_two_events_under_one_id_both_count(other: dict[str, Any]) -> None:
    assert outcomes.distinct(past({}, other)).num_rows == 2


def without_dispositions(project: Path) -> None:
    """The project file without its source of outcomes."""
    file = project / "skiptrace.toml"
    parts = file.read_text(encoding="utf-8").split("[[source]]")
    kept = [part for part in parts if 'kind     = "dispositions"' not in part]
    assert len(kept) == len(parts) - 1
    dropped = next(part for part in parts if part not in kept)
    tail = dropped.find("\n[[export]]")
    file.write_text("[[source]]".join(kept) + (dropped[tail:] if tail >= 0 else ""), encoding="utf-8")


def statuses(folder: Path) -> dict[tuple[str, str], tuple[str, int]]:
    rows = read_run(folder).table("contact_points", ["account_id", "point_id", "status", "rank"]).to_pylist()
    return {(row["account_id"], row["point_id"]): (row["status"], row["rank"]) for row in rows}


def opted_out(folder: Path) -> set[tuple[str, str]]:
    rows = read_run(folder).table("decisions").to_pylist()
    return {(row["account_id"], row["point_id"]) for row in rows if "REGF-OPTOUT" in row["stopped_by"]}


def test_what_was_proved_wrong_is_kept_when_its_file_is_gone(finished: Finished, tmp_path: Path) -> None:
    project = copy_of(finished.folder, tmp_path / "project")
    before = statuses(finished.outcome.folder)
    wrong = {point for point, (status, _) in before.items() if status in {"wrong_party", "disconnected", "invalid"}}
    assert wrong
    without_dispositions(project)
    after = run_project(project)
    assert after.run_id != finished.outcome.run_id
    again = statuses(after.folder)
    assert {again[point][0] for point in wrong if point in again} <= {"wrong_party", "disconnected", "invalid"}
    assert all(again[point][1] > 1 for point in wrong if point in again)
    assert after.ledger["outcomes"]["remembered"] == after.ledger["outcomes"]["events"] > 0
    opted = opted_out(finished.outcome.folder)
    assert opted
    assert {point for point in opted if point in again} <= opted_out(after.folder)


def test_a_rerun_on_the_same_inputs_is_the_same_run(finished: Finished, tmp_path: Path) -> None:
    project = copy_of(finished.folder, tmp_path / "project")
    again = run_project(project)
    assert (again.run_id, again.fresh) == (finished.outcome.run_id, False)


def test_the_ledger_begins_empty_and_holds_lasting_outcomes(finished: Finished) -> None:
    assert not finished.setup.past
    now = outcomes.state(finished.folder / PRIVATE)[1]["now"]
    table = read_table({**now, "path": str(finished.folder / PRIVATE / outcomes.FOLDER / now["path"])})
    told = set(table["outcome"].to_pylist())
    assert "wrong_party" in told
    assert "voicemail" not in told
    assert outcomes.begun_with(finished.folder / PRIVATE, "never seen")["sha256"] == now["sha256"]


def test_remembering_twice_changes_nothing(finished: Finished) -> None:
    setup: Setup = finished.setup
    before = outcomes.state(setup.private)
    outcomes.remember(setup, next(iter(before[1]["began"])))
    assert outcomes.state(setup.private) == before


def test_a_torn_ledger_is_refused(finished: Finished, tmp_path: Path) -> None:
    project = copy_of(finished.folder, tmp_path / "project")
    (file,) = (project / PRIVATE / outcomes.FOLDER).glob("events-*.parquet")
    file.chmod(0o600)
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(DataRefused, match="cannot be trusted"):
        read_table({**outcomes.begun_with(project / PRIVATE, "other")})


def test_counts_name_what_says_nothing(finished: Finished) -> None:
    nobody = CONSUMERS.empty()
    told = outcomes.counts(finished.setup, nobody)
    assert told["events"] == told["of_unknown_accounts"] > 0
    assert set(finished.outcome.ledger["outcomes"]) == set(told)
    assert 0 < finished.outcome.ledger["outcomes"]["of_unknown_accounts"] < told["events"]


def test_what_two_runs_add_at_the_same_time_is_kept_of_both(finished: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = copy_of(finished.folder, tmp_path / "project")
    setup = replace(finished.setup, private=project / PRIVATE)
    told = outcomes.events(finished.setup)
    one, other = told.slice(0, len(told) // 2), told.slice(len(told) // 2)
    shutil.rmtree(project / PRIVATE / outcomes.FOLDER)
    before = outcomes._added

    def interrupted(given: Setup, inputs: str, events: pa.Table, known: dict[str, Any]) -> dict[str, Any]:
        content = before(given, inputs, events, known)
        if inputs == "one" and len(states) == 0:
            states.append("other")
            monkeypatch.setattr(outcomes, "events", lambda _: other)
            outcomes.remember(given, "other")
        return content

    states: list[str] = []
    monkeypatch.setattr(outcomes, "_added", interrupted)
    monkeypatch.setattr(outcomes, "events", lambda _: one)
    outcomes.remember(setup, "one")
    number, known = outcomes.state(project / PRIVATE)
    assert (number, set(known["began"])) == (2, {"one", "other"})
    kept = read_table({**known["now"], "path": str(project / PRIVATE / outcomes.FOLDER / known["now"]["path"])})
    all_at_once = outcomes.state(finished.folder / PRIVATE)[1]["now"]
    assert kept.num_rows == all_at_once["rows"]
    assert known["now"]["sha256"] == all_at_once["sha256"]
