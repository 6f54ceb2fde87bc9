from __future__ import annotations

from pathlib import Path

from skiptrace.results import latest
from tests.jobs.cli.conftest import Call
from tests.jobs.projects import Finished


def test_trace_steps_and_diff_speak_of_a_published_run(call: Call, finished: Finished, tmp_path: Path) -> None:
    place = finished.outcome.folder.parent.parent
    rows = latest(place).table("decisions").to_pylist()
    account = next(row["account_id"] for row in rows if row["stopped_by"] and row["conditions"])
    said = call("--project", str(place), "rules", "trace", account)
    assert said.code == 0
    assert "rules looked" in said.out
    assert "facts: " in said.out
    assert "NO LONGER" not in said.out
    told = call("--project", str(place), "--json", "rules", "trace", account, "--as-of", finished.setup.as_of.isoformat()).json
    assert told["account_id"] == account
    assert all(use["agrees"] for use in told["uses"])
    requests = tmp_path / "requests"
    said = call("--project", str(place), "rules", "steps", "--requests", str(requests))
    assert said.code == 0
    assert "what to do" in said.out
    told = call("--project", str(place), "--json", "rules", "steps", "--requests", str(requests)).json
    assert len(list(requests.iterdir())) == len(told["requests"])
    said = call("--project", str(place), "rules", "diff", "shipped", finished.outcome.run_id)
    assert (said.code, "0 uses of 0 accounts" in said.out) == (0, True)


def test_an_account_or_a_day_that_is_not_there_ends_with_2(call: Call, finished: Finished) -> None:
    place = str(finished.outcome.folder.parent.parent)
    assert call("--project", place, "rules", "trace", "nobody").code == 2
    assert call("--project", place, "rules", "steps", "--as-of", "1999-01-01").code == 2
