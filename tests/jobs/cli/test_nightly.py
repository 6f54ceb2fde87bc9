from __future__ import annotations

import datetime as dt
from pathlib import Path

from jobs.cli.nightly import told
from tests.jobs.cli.conftest import Call, Pipeline


def test_options_reach_the_pipeline(call: Call, project: Path, pipeline: Pipeline) -> None:
    said = call("--project", str(project), "nightly", "--as-of", "2026-06-30", "--scheduler", "sync", "--no-exports")
    assert said.code == 0
    ((folder, options),) = pipeline.asked
    assert folder == project
    assert vars(options) == {"as_of": dt.date(2026, 6, 30), "scheduler": "sync", "exports": False, "nightly": True}
    assert "report: " in said.out


def test_what_was_computed_anew_is_said_by_reason() -> None:
    counts = {"own": 1200, "linked": 3, "told": 0}
    assert told({"since": "20260630-ab", "accounts_anew": 1203, "by_reason": counts, "screened_anew": 1300}) == [
        "computed anew since run 20260630-ab: 1,203 accounts", "  1,200 new on the tape, or its own rows or its state are others",
        "  3 linked otherwise, or a file of its records is read otherwise",
        "screened anew: 1,300 accounts; the decisions about the others were dated anew",
    ]  # fmt: skip
    assert told({"since": None, "why_all": "the rules changed"}) == ["all accounts were computed anew: the rules changed"]
    assert told(None) == []
