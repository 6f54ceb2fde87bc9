"""What a user meets when something is wrong with the day or the order of nights."""

from __future__ import annotations

import datetime as dt
import fcntl
import json

import pytest

from skiptrace.results import Run
from tests.jobs.cli.nights import NUMBERS, Night, content, listed, status_of
from tests.jobs.projects import copy_of, files_below, run_project


def test_of_two_nights_at_once_one_is_told_to_run_again(night: Night) -> None:
    with (night.project / ".skiptrace" / "lock").open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        said = night(1)
    assert said.code == 75
    assert "another run of this project is under way" in said.err
    assert night(1).code == 0
    assert night(1).code == 0


@pytest.mark.long
def test_a_month_without_a_night_is_caught_up_with(night: Night) -> None:
    head = "event_id,account_id,channel,value,outcome_code,occurred_at"
    (night.project / "calls-2.csv").write_text(f"{head}\nN1,A004,voice,2535551148,not_in_service,2026-07-12\n")
    listed(night.project, "dnc-2.csv", ("2535551185", "2026-07-15"))
    (night.project / "calls.csv").write_text(head + "\n")  # what is older than a month is not delivered any more
    twin = copy_of(night.project, night.project.parent / "twin")
    said = night(4, month=8)
    assert said.code == 0, said.err
    assert night.doubts == []
    full = run_project(twin, as_of=dt.date(2026, 8, 4), exports=False)
    assert content(night.run) == content(Run(full.run_id, full.folder, full.ledger))
    assert status_of(night.run, "A004", "+12535551148") == "disconnected"
    kinds = {(row["account_id"], row["kind"]) for row in night.run.table("alerts").to_pylist()}
    assert ("A004", "disconnected") in kinds


@pytest.mark.slow
def test_a_night_with_the_clock_set_back_is_refused_and_a_past_day_is_not_exported(night: Night) -> None:
    before = files_below(night.project / "runs")
    said = night(29, month=6)
    assert said.code == 2
    assert f"tonight would be 2026-06-29, and run {night.run.run_id} was published for 2026-06-30" in said.err
    assert files_below(night.project / "runs") == before
    said = night(20, command="run", month=6)
    assert said.code == 4
    assert "what came in between would not count" in said.err
    assert night.run.run_id.startswith("20260620")
    assert night.exported() == []
    assert night(20, "--no-exports", command="run", month=6).code == 0
    assert night(29, month=6).code == 2  # the day of a night is compared with that of every run
    assert night(1).code == 0
    assert "plain/plain.manifest.json" in night.exported()


def test_what_is_accepted_must_be_doubtful_and_holds_no_value(night: Night) -> None:
    why = ("--by", "Pat", "--reason", "cleaned")
    for words, said in ((("--accept", "dcn", *why), 'did you mean "dnc"'), (("--accept", "dnc", *why), "is not doubtful"),
                        (("--accept", "dnc", "--by", "253 555 1000", "--reason", "cleaned"), "must not hold a person's data"),
                        (("--accept", "dnc", "--by", "Pat"), "say why with --reason"),
                        (("--by", "Pat"), "say ACCOUNT with one of --acknowledge KIND"),
                        (("--accept", "dnc", "--refuse", "dnc", *why), "say ACCOUNT with"),
                        (("A1", "--accept", "dnc", *why), "say ACCOUNT with")):  # fmt: skip
        told = night(1, *words, command="note")
        assert (told.code, said in told.err) == (2, True), told.err
    assert not (night.project / ".skiptrace" / "accepted").exists()


@pytest.mark.long
def test_programs_are_told_of_held_exports_in_the_one_object(night: Night) -> None:
    listed(night.project, "dnc.csv", (NUMBERS[0], "2026-06-01"))
    said = night(1, "--json")
    assert said.code == 4
    told = json.loads(said.out)
    assert told["published"] is True
    assert [one["file"] for one in told["exports_held"]] == ["dnc"]

