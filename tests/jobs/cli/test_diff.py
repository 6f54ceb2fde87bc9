from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from tests.jobs.cli.conftest import Call
from tests.jobs.cli.nights import Night, listed
from tests.jobs.published import RUN_ID


def test_a_run_beside_itself(call: Call, project: Path) -> None:
    said = call("--project", str(project), "diff", RUN_ID)
    assert said.code == 0, said.err
    assert "0 accounts changed" in said.out


def test_what_a_night_changed_in_words_rows_and_a_file(call: Call, night: Night, tmp_path: Path) -> None:
    before = night.run.run_id
    tape = (night.project / "portfolio.csv").read_text().splitlines()
    (night.project / "portfolio.csv").write_text("\n".join([*tape[:-1], tape[-1].replace("A011", "A999")]) + "\n")
    listed(night.project, "dnc-2.csv", ("2535551148", "2026-06-29"))
    assert night(1).code == 0
    said = call("--project", str(night.project), "diff", before, "--accounts", "--out", str(tmp_path / "changed.csv"))
    assert said.code == 0, said.err
    assert "other files of dnc, portfolio" in said.out
    assert "accounts changed" in said.out
    told = call("--json", "--project", str(night.project), "diff", before, "latest", "--accounts").json
    assert [run["run_id"] for run in told["runs"]] == [before, night.run.run_id]
    with (tmp_path / "changed.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["account_id"] for row in rows] == [row["account_id"] for row in told["accounts"]]
    assert {row["account_id"]: row["changed"] for row in rows} == {"A011": "went", "A999": "came"}
    assert len(rows) == told["accounts_changed"]
    assert (tmp_path / "changed.csv").stat().st_mode & 0o077 == 0
    nowhere = call("--project", str(night.project), "diff", before, "--out", str(tmp_path / "nowhere" / "changed.csv"))
    assert (nowhere.code, "its folder is not there" in nowhere.err) == (2, True)


@pytest.mark.parametrize("word", ["nothing", "../x"])
def test_a_run_that_is_not_there(call: Call, project: Path, word: str) -> None:
    said = call("--project", str(project), "diff", word)
    assert (said.code, "no such run" in said.err) == (2, True)


def test_a_run_of_which_only_the_evidence_is_kept_cannot_be_compared(call: Call, project: Path) -> None:
    older = project / "runs" / "20260531-abc"
    shutil.copytree(project / "runs" / RUN_ID, older)
    (older / "thinned.json").write_text('{"tables": ["accounts", "links"]}')
    said = call("--project", str(project), "diff", "20260531-abc")
    assert (said.code, "only the evidence of its decisions is kept" in said.err) == (2, True)
