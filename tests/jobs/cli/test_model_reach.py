"""`skiptrace model train-reach`: what is learned is told in words and as an object, and can be taken back."""

from __future__ import annotations

from pathlib import Path

from jobs import reach_models
from tests.jobs.cli.conftest import Call
from tests.jobs.projects import Finished, copy_of
from tests.jobs.test_train_reach import calls


def test_learning_is_told_shown_and_taken_back(call: Call, finished: Finished, tmp_path: Path) -> None:
    folder = copy_of(finished.folder, tmp_path / "project", "work")
    file, project = calls(folder, tmp_path / "calls.parquet"), ("--project", str(folder))
    said = call(*project, "-q", "model", "train-reach", "--scheduler", "sync", "--outcomes", str(file))
    assert said.code == 0, said.err
    key = reach_models.current_key(folder / ".skiptrace")
    assert f"scorecards {key} are used from the next run on; before: the shipped ones" in said.out
    assert "calls.parquet: " in said.out
    assert "too few outcomes to learn from" in said.out
    assert "judged on people and days that were not learned from" in said.out
    assert "voice: points beyond the shipped scorecard" in said.out
    shown = call(*project, "model", "show")
    assert f"scorecards {key}" in shown.out
    told = call("--json", *project, "model", "show").json["reach"]
    assert told["key"] == key
    assert told["report"]["voice"]["published"] is True
    assert {"auc", "ks", "brier", "ece", "lift"} < set(told["report"]["voice"]["learned"])
    assert {"area", "debt_years"} == set(told["report"]["voice"]["fairness"])
    assert "covariance" not in told["channels"]["voice"]
    again = call("--json", *project, "model", "train-reach", "--scheduler", "sync", "--outcomes", str(file))
    assert again.json["before"] == key
    back = call(*project, "model", "train-reach", "--shipped")
    assert back.out.startswith("the shipped scorecards are used from the next run on")
    assert reach_models.current_key(folder / ".skiptrace") is None
    assert "in use already" in call(*project, "model", "train-reach", "--shipped").out
    assert call("--json", *project, "model", "train-reach", "--shipped").json == {"key": None, "before": None}
    assert "scorecards: the shipped ones" in call(*project, "model", "show").out


def test_usage_and_refusals(call: Call, finished: Finished, tmp_path: Path) -> None:
    folder = copy_of(finished.folder, tmp_path / "project", "work")
    project = ("--project", str(folder))
    assert call(*project, "model", "train-reach", "--shipped", "--since", "2026-01-01").code == 2
    missing = call(*project, "model", "train-reach", "--outcomes", str(tmp_path / "none.csv"))
    assert missing.code == 2
    assert "none.csv: is not there" in missing.err
    few = call(*project, "-q", "model", "train-reach", "--scheduler", "sync")
    assert few.code == 3
    assert "too few outcomes" in few.err
    key = reach_models.keep(folder / ".skiptrace", {"format": 1, "channels": {"pigeon": {}}})
    broken = call(*project, "check")
    assert broken.code == 2
    assert f"reach-{key}.json: pigeon: is not a channel with a scorecard" in broken.err
