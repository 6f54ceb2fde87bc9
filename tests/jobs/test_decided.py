from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import pyarrow.csv as csv
import pyarrow.parquet as parquet
import pytest

from jobs import decided
from skiptrace.errors import ConfigError, DataRefused
from skiptrace.results import latest
from skiptrace.results.run import read_run
from skiptrace.rulebook.loading import load
from tests.jobs.projects import Finished


def project(finished: Finished) -> Path:
    return finished.outcome.folder.parent.parent


def test_a_trace_comes_to_the_published_decision_again_with_rules_facts_and_citations(finished: Finished) -> None:
    run = latest(project(finished))
    table = run.table("decisions")
    account = next(row["account_id"] for row in table.to_pylist() if row["decision"] == "stopped" and row["steps_required"])
    uses = decided.trace_account(run, account)
    rows = {(row["point_id"], row["channel"]): row for row in table.to_pylist() if row["account_id"] == account}
    assert {(one.point_id, one.channel) for one in uses} == set(rows)
    assert all(one.agrees for one in uses)
    for one in uses:
        row = rows[one.point_id, one.channel]
        assert sorted(a.rule for a in one.acted if a.effect != "condition") == row["stopped_by"]
        assert sorted(a.rule for a in one.acted if a.effect == "condition") == row["conditions"]
        assert one.facts_digest == f"{row['facts_digest']:016x}"
        assert all(a.citations and a.sentence for a in one.acted)
        assert one.looked > 100


def test_a_past_night_is_found_by_its_day(finished: Finished) -> None:
    place = project(finished)
    assert decided.run_of(place, finished.setup.as_of).run_id == decided.run_of(place, None).run_id
    with pytest.raises(ConfigError, match="no run decided"):
        decided.run_of(place, dt.date(1999, 1, 1))


def test_a_run_keeps_the_rules_it_decided_by(finished: Finished, tmp_path: Path) -> None:
    assert decided.rulebook_of(latest(project(finished))).hash == load().hash
    copy = tmp_path / "run"
    copy.mkdir()
    shutil.copy(finished.outcome.folder / "run.json", copy)
    with pytest.raises(DataRefused, match="cannot be read"):
        decided.rulebook_of(read_run(copy))
    kept = json.loads((finished.outcome.folder / decided.RULEBOOK).read_text())
    kept["files"]["federal/regf_cease.toml"] = kept["files"]["federal/regf_cease.toml"].replace("version        = 1", "version = 9")
    (copy / decided.RULEBOOK).write_text(json.dumps(kept))
    with pytest.raises(DataRefused, match="were changed"):
        decided.rulebook_of(read_run(copy))


def test_an_account_that_is_not_there_is_named(finished: Finished) -> None:
    with pytest.raises(ConfigError, match="nothing to trace"):
        decided.trace_account(latest(project(finished)), "nobody")


def test_a_rulebook_is_shipped_a_folder_or_that_of_a_run(finished: Finished, tmp_path: Path) -> None:
    place = project(finished)
    assert decided.named_rulebook("shipped", None) is load()
    assert decided.named_rulebook(finished.outcome.run_id, place).hash == load().hash
    for path, text in load().files:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert decided.named_rulebook(str(tmp_path), None).hash == load().hash
    with pytest.raises(ConfigError, match="no such rulebook"):
        decided.named_rulebook("elsewhere", None)


def test_nothing_stopped_is_in_any_export(finished: Finished) -> None:
    """Read from the written files, not from the tables that they were made of."""
    run = latest(project(finished))
    decisions = [row for row in run.table("decisions").to_pylist() if row["decision"] == "stopped"]
    stopped = {(row["account_id"], row["point_id"], row["channel"]) for row in decisions}
    assert stopped
    written = [file for file in (run.folder / "exports").rglob("*") if file.suffix in (".csv", ".parquet")]
    files = [file for file in written if "not-exported" not in file.name]
    files = [file for file in files if file.parent.name != "alerts"]
    assert len(files) == 2
    for file in files:
        table = csv.read_csv(file) if file.suffix == ".csv" else parquet.read_table(file)
        named = [{column: str(row[column]) for column in ("account_id", "point_id", "channel")} for row in table.to_pylist()]
        leaving = {(row["account_id"].rjust(10, "0"), row["point_id"], row["channel"]) for row in named}
        assert leaving
        assert not leaving & stopped
