from __future__ import annotations

from pathlib import Path

import pytest

from tests.jobs.cli.conftest import Call

TRUTH = "account_id,source,record_id\n0001,header,header-1\n0001,voter,voter-1\n0004,header,header-9\n9999,header,x\n"


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    file = tmp_path / "pairs.csv"
    file.write_text(TRUTH)
    return file


def test_figures_are_printed_for_people(call: Call, project: Path, truth: Path) -> None:
    said = call("--project", str(project), "evaluate", "--truth", str(truth))
    assert said.code == 0
    assert "5 of 5 accounts judged" in said.out
    assert "1 accounts of the file are not in the run" in said.out
    assert "pairs of voter" in said.out
    assert "Brier score" in said.out
    assert "--sample leaves them out" in said.out


def test_figures_are_printed_for_programs(call: Call, project: Path, truth: Path) -> None:
    found = call("--json", "--project", str(project), "evaluate", "--truth", str(truth), "--sample").json
    assert found["accounts"] == {"accepted": 2, "true": 2, "hits": 1, "precision": 0.5, "recall": 0.5, "f1": 0.5}
    assert found["accounts_judged"] == 2
    assert [row["probability"] for row in found["thresholds"]] == sorted(
        row["probability"] for row in found["thresholds"]
    )


@pytest.mark.parametrize(
    ("content", "code"), [("account_id,source\n1,a\n", 2), ("account_id,source,record_id\n", 3), ("", 3)]
)
def test_a_file_that_does_not_fit_is_refused(
    call: Call, project: Path, tmp_path: Path, content: str, code: int
) -> None:
    (tmp_path / "bad.csv").write_text(content)
    said = call("--project", str(project), "evaluate", "--truth", str(tmp_path / "bad.csv"))
    assert (said.code, said.out) == (code, "")
    assert "bad.csv" in said.err


def test_a_truth_must_be_named(call: Call, project: Path) -> None:
    assert call("--project", str(project), "evaluate").code == 2
