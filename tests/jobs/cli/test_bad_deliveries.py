"""What a user meets when something is wrong with the deliveries of a night: the command, its exit code, what is said and what is left."""

from __future__ import annotations

import datetime as dt
import json
import os

import pyarrow.compute as pc
import pytest

from skiptrace.results import Run, runs
from tests.jobs.cli.nights import NUMBERS, Night, listed, status_of
from tests.jobs.projects import change, copy_of, files_below, run_project

# --- a delivery that shrinks ------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_list_that_shrinks_by_half_holds_the_exports_until_it_is_whole_or_accepted(night: Night) -> None:
    whole = (night.project / "dnc.csv").read_text()
    listed(night.project, "dnc.csv", (NUMBERS[0], "2026-06-01"), (NUMBERS[3], "2026-06-04"))
    before = night.run
    said = night(1)
    assert said.code == 4
    assert f"of run {night.run.run_id} are published; its exports are held" in said.err
    assert f"dnc: has 2 of the 4 entries that it had in run {before.run_id}" in said.err
    assert "skiptrace note --accept dnc --by WHO --reason WHY" in said.err
    assert 'note: "dnc" has 2 of the 4 entries' in said.out
    assert night.run.run_id.startswith("20260701")  # tables are published
    assert (night.run.folder / "report.html").is_file()
    assert night.exported() == []
    assert night(1).code == 4  # the same command does not help
    assert night(2).code == 4  # nor does waiting: the doubt stays with what was trusted last
    assert f"that it had in run {before.run_id}" in night.doubts[0]
    assert night(command="export").code == 4
    assert night.exported() == []

    assert night(1, "--accept", "dnc", "--by", "Pat", "--reason", "cleaned", command="note").code == 0
    told = json.loads((night.project / ".skiptrace" / "audit.jsonl").read_text())
    assert (told["action"], told["about"], told["by"], told["reason"]) == ("note --accept", "dnc", "Pat", "cleaned")
    assert night(1, "--refuse", "match_rate", "--by", "Kim", "--reason", "wrong tape", command="note").code == 0
    refused = night(2)
    assert refused.code == 4
    assert "match_rate: was refused by Kim" in refused.err
    assert night(1, "--accept", "match_rate", "--by", "Kim", "--reason", "right tape after all", command="note").code == 0
    said = night(2)
    assert (said.code, said.err) == (0, "")
    assert "plain/plain.manifest.json" in night.exported()
    assert night(3).code == 0

    (night.project / "dnc.csv").write_text(whole)
    assert night(4).code == 0


@pytest.mark.long
def test_a_list_that_is_whole_again_lets_the_held_run_be_exported(night: Night) -> None:
    whole = (night.project / "dnc.csv").read_text()
    listed(night.project, "dnc.csv", (NUMBERS[0], "2026-06-01"))
    assert night(1).code == 4
    (night.project / "dnc.csv").write_text(whole)
    said = night(1, "--as-of", "2026-07-01", command="export")
    assert said.code == 0, said.err
    assert "plain/plain.manifest.json" in night.exported()
    assert night(2).code == 0


def test_any_other_delivery_that_shrinks_is_a_warning(night: Night) -> None:
    for name in ("header.csv", "portfolio.csv"):
        lines = (night.project / name).read_text().splitlines()
        (night.project / name).write_text("\n".join(lines[: len(lines) // 2]) + "\n")
    before = night.run.run_id
    said = night(1)
    assert said.code == 0
    assert f'note: "header" has 3 of the 8 rows that it had in run {before}' in said.out
    assert f'note: "portfolio" has 5 of the 12 rows that it had in run {before}' in said.out
    assert "plain/plain.manifest.json" in night.exported()


@pytest.mark.long
def test_what_shrinks_a_little_or_is_old_is_no_alarm(night: Night) -> None:
    listed(night.project, "dnc.csv", *((number, f"2026-06-0{at}") for at, number in enumerate(NUMBERS, 1) if at > 1))
    (night.project / "calls.csv").write_text((night.project / "calls.csv").read_text().splitlines()[0] + "\n")  # both of May
    said = night(1)
    assert (said.code, night.doubts) == (0, [])
    change(night.project, "[runtime]\n", "[limits]\nshrink = 0.2\n[runtime]\n")
    listed(night.project, "dnc.csv", (NUMBERS[2], "2026-06-03"), (NUMBERS[3], "2026-06-04"))
    assert night(2).code == 4


# --- a delivery that arrives twice ------------------------------------------------------------------------------------


@pytest.mark.long
def test_the_same_bytes_under_another_name_count_once(night: Night) -> None:
    for name in ("header", "calls", "dnc"):
        (night.project / f"{name}-again.csv").write_bytes((night.project / f"{name}.csv").read_bytes())
    twin = copy_of(night.project, night.project.parent / "twin")
    for file in twin.glob("*-again.csv"):
        file.unlink()
    said = night(1)
    assert said.code == 0
    assert said.out.count("holds what another file of it holds and is left out") == 3
    once = run_project(twin, as_of=dt.date(2026, 7, 1), exports=False)
    accounts = [run.table("accounts").drop_columns(["holds"]) for run in (night.run, Run(once.run_id, once.folder, once.ledger))]
    assert accounts[0].equals(accounts[1])
    assert night.run.ledger["counts"]["dnc"]["rows_in"] == 4


def test_the_same_files_again_are_the_same_run(night: Night) -> None:
    assert night(1).code == 0
    before = files_below(night.project / "runs")
    for file in night.project.glob("*.csv"):
        file.write_bytes(file.read_bytes())
        os.utime(file, (0, 0))
    said = night(1)
    assert said.code == 0
    assert "was already published" in said.out
    assert files_below(night.project / "runs") == before


# --- deliveries that come late, or are older ----------------------------------------------------------------------------


@pytest.mark.long
def test_what_comes_late_does_not_undo_what_is_newer(night: Night) -> None:
    head, calls = "event_id,account_id,channel,value,outcome_code,occurred_at", night.project
    (calls / "calls-2.csv").write_text(f"{head}\nN1,A004,voice,2535551148,not_in_service,2026-06-29\n")
    seen = (night.project / "header.csv").read_text().splitlines()
    newer = seen[1].replace("R001", "R901").replace("2026-03-01,active", "2026-06-28,disconnected")
    (night.project / "header-2.csv").write_text("\n".join([seen[0], newer]) + "\n")
    listed(night.project, "dnc-2.csv", ("2535551185", "2026-06-29"))
    assert night(1).code == 0
    phone = "+1" + seen[1].split(",")[8]
    assert status_of(night.run, "A004", "+12535551148") == "disconnected"
    assert status_of(night.run, "A001", phone) == "disconnected"
    (calls / "calls-1.csv").write_text(f"{head}\nN0,A004,voice,2535551148,rpc,2026-06-20\n")
    older = seen[1].replace("R001", "R900").replace("2026-03-01", "2026-02-01")
    (night.project / "header-1.csv").write_text("\n".join([seen[0], older]) + "\n")
    listed(night.project, "dnc-1.csv", ("2535551185", "2026-05-01"))
    said = night(2)
    assert (said.code, night.doubts) == (0, [])
    assert status_of(night.run, "A004", "+12535551148") == "disconnected"
    assert status_of(night.run, "A001", phone) == "disconnected"
    decided = night.run.table("decisions", ["account_id", "channel", "stopped_by"])
    mine = decided.filter(pc.and_(pc.equal(decided["account_id"], "A005"), pc.equal(decided["channel"], "voice")))
    assert any("REGF-OPTOUT" in (row["stopped_by"] or []) for row in mine.to_pylist())


@pytest.mark.long
def test_a_lasting_outcome_holds_although_only_an_older_file_is_left(night: Night) -> None:
    head = "event_id,account_id,channel,value,outcome_code,occurred_at"
    (night.project / "calls.csv").write_text(f"{head}\nN1,A001,voice,2535551037,rpc,2026-04-30\n")  # before the wrong number of May 1
    said = night(1)
    assert (said.code, "calls: is older than what run" in said.err) == (4, True)
    assert status_of(night.run, "A001", "+12535551037") == "wrong_party"


@pytest.mark.long
def test_an_older_list_in_the_place_of_a_newer_one_holds_the_exports(night: Night) -> None:
    listed(night.project, "dnc.csv", *((number, f"2026-06-0{at}") for at, number in enumerate(NUMBERS, 1) if at < 4))
    said = night(1)
    assert said.code == 4
    assert f"dnc: is older than what run {runs(night.project)[0].run_id} was given: of 2026-06-03, not 2026-06-04" in said.err
    assert night.exported() == []


@pytest.mark.long
def test_an_older_source_in_the_place_of_a_newer_one_is_a_warning(night: Night) -> None:
    file = night.project / "header.csv"
    file.write_text(file.read_text().replace("2026-03-01", "2026-02-01"))
    said = night(1)
    assert said.code == 0
    assert '"header" is older than what run' in said.out


# --- a schema that changed --------------------------------------------------------------------------------------------


def test_a_mapped_column_that_is_missing_or_renamed_stops_the_night_and_says_how_to_mend_it(night: Night) -> None:
    file = night.project / "header.csv"
    lines = file.read_text().splitlines()
    before = files_below(night.project / "runs")
    file.write_text("\n".join([lines[0].replace("last_seen", "last_reported"), *lines[1:]]) + "\n")
    said = night(1)
    assert said.code == 2
    assert "source[1].columns.last_seen" in said.err
    assert '"last_seen" is not in the delivery — ' in said.err
    file.write_text("\n".join(line.rpartition(",")[0] for line in lines) + "\n")
    said = night(1)
    assert said.code == 2
    assert 'column "line_status" is not in the delivery' in said.err
    assert files_below(night.project / "runs") == before
    file.write_text("\n".join(lines) + "\n")
    assert night(1).code == 0


def test_a_column_that_comes_to_be_there_is_left_out_and_listed(night: Night) -> None:
    file = night.project / "header.csv"
    lines = file.read_text().splitlines()
    more = [lines[0] + ",region", *(line.replace("R0", "R9") + ",x" for line in lines[1:3])]
    (night.project / "header-2.csv").write_text("\n".join(more) + "\n")
    said = night(1)
    assert said.code == 0
    header = next(one for one in night.run.ledger["sources"] if one["name"] == "header")
    assert (header["ignored_columns"], header["rows"]) == (["region"], 10)


def test_a_mapped_column_that_only_some_files_have_is_refused_by_file(night: Night) -> None:
    lines = (night.project / "header.csv").read_text().splitlines()
    (night.project / "header-2.csv").write_text("\n".join(line.rpartition(",")[0] for line in lines[:3]) + "\n")
    said = night(1)
    assert said.code == 3
    assert "header.csv: has other columns than header-2.csv: with line_status — deliver them alike" in said.err
