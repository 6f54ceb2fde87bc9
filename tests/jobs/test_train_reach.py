"""Learning from the outcomes of a project: the next run uses what was learned, nothing is changed where it is no better."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs import outcomes, reach_models
from jobs.pipeline import Options
from jobs.train_reach import Trained, train_reach
from skiptrace.errors import ConfigError, DataRefused, GateFailed
from skiptrace.reach import training
from skiptrace.results.run import read_run
from tests.jobs.projects import Finished, copy_of, run_project

MOMENT = dt.datetime(2026, 6, 1, 15, tzinfo=dt.UTC)


@pytest.fixture
def project(finished: Finished, tmp_path: Path) -> Path:
    """The test's own copy of the project after its run."""
    return copy_of(finished.folder, tmp_path / "project", "work")


def learn(folder: Path, *files: Path, since: dt.date | None = None) -> Trained:
    return train_reach(folder, Options(scheduler="sync"), lambda step, done, total: None, files, since)


def calls(folder: Path, target: Path, **change: Any) -> Path:
    """A file of calls on every phone that the last run knew: numbers on the tape are answered, others are not."""
    points = read_run((folder / "runs" / "latest").resolve()).table("contact_points").to_pylist()
    phones = [row for row in points if row["kind"] == "phone"]
    rows = [
        {"event_id": f"t{n}-{turn}", "account_id": row["account_id"], "channel": "voice", "value": row["value"],
         "outcome_code": "rpc" if (row["origin"] != "reference") == (turn > 0) else "no_answer",
         "occurred_at": (MOMENT + dt.timedelta(days=turn, seconds=n)).isoformat(), **change}
        for n, row in enumerate(phones) for turn in range(4)
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows), target)
    return target


def test_what_is_learned_is_used_by_the_next_run_and_recorded(finished: Finished, project: Path, tmp_path: Path) -> None:
    private, file = project / ".skiptrace", calls(project, tmp_path / "calls.parquet")
    done = learn(project, file)
    assert done.before is None
    assert reach_models.current_key(private) == done.key
    assert done.content["report"]["voice"]["published"]
    assert done.content["report"]["mail"]["published"] is False
    origin = done.content["provenance"]
    assert "calls" in origin["sources"]
    assert origin["attempts"] > origin["files"][0]["used"] > 100
    assert not list((private / "work").iterdir())
    after = run_project(project)
    assert after.fresh
    assert after.ledger["hashes"]["reach"] == done.key
    assert finished.outcome.ledger["hashes"]["reach"] == "shipped"
    assert after.ledger["hashes"]["scorecards"] != finished.outcome.ledger["hashes"]["scorecards"]
    rows = [row for row in read_run(after.folder).table("channels").to_pylist() if row["channel"] == "voice"]
    assert rows
    for row in rows:
        assert row["p_reach_low"] <= row["p_reach"] <= row["p_reach_high"]
        assert "outcomes" in {reason["code"] for reason in row["reasons"]}
    again = learn(project, file)  # the same outcomes, judged against what they taught
    assert again.before == done.key


def test_a_file_given_twice_counts_once(project: Path, tmp_path: Path) -> None:
    one = calls(project, tmp_path / "calls.parquet")
    two = tmp_path / "calls again.parquet"
    two.write_bytes(one.read_bytes())
    other = copy_of(project, tmp_path / "other")
    once, twice = learn(project, one), learn(other, one, two)
    assert once.content["channels"] == twice.content["channels"]
    assert once.content["provenance"]["attempts"] == twice.content["provenance"]["attempts"]


def test_accounts_that_nobody_knows_teach_nothing_and_are_counted(project: Path, tmp_path: Path) -> None:
    file = calls(project, tmp_path / "calls.parquet", account_id="nobody")
    with pytest.raises(DataRefused, match="too few outcomes"):
        learn(project, file)
    assert reach_models.current_key(project / ".skiptrace") is None


def test_what_is_worse_changes_nothing(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "_worse", lambda *given: "worse than the scorecard in force")
    with pytest.raises(GateFailed, match="nothing was changed") as refused:
        learn(project, calls(project, tmp_path / "calls.parquet"))
    assert refused.value.exit_code == 4
    assert reach_models.current_key(project / ".skiptrace") is None
    assert not list((project / ".skiptrace" / "work").iterdir())


def test_what_came_later_was_not_known(project: Path, tmp_path: Path) -> None:
    file = calls(project, tmp_path / "calls.parquet")
    done = learn(project, file, since=dt.date(2026, 6, 1))
    assert done.content["provenance"]["known_on"] == "2026-05-31"
    with pytest.raises(ConfigError, match="no attempt since"):
        learn(project, file, since=dt.date(2026, 12, 1))


def test_attempts_are_kept_when_their_file_is_gone(finished: Finished, project: Path) -> None:
    kept = outcomes.kept_attempts(project / ".skiptrace")
    told = set(kept["outcome"].to_pylist())
    assert "voicemail" in told
    assert "conversation" not in told
    assert outcomes.kept_attempts(project / "nowhere").num_rows == 0
    before = kept.num_rows
    outcomes.remember(finished.setup, "again")
    assert outcomes.kept_attempts(finished.setup.private).num_rows == before
