from __future__ import annotations

import datetime as dt
from pathlib import Path

from tests.jobs.cli.conftest import Call, Pipeline
from tests.jobs.test_appraise import tape_alone

SUMMARY = {
    "project": "p",
    "as_of": "2026-06-30",
    "run_id": "r",
    "hashes": {},
    "warnings": ["beware"],
    "deliveries": [
        {
            "name": "portfolio",
            "kind": "portfolio",
            "files": ["a.csv", "b.csv"],
            "rows": 1234,
            "partitions": 2,
            "ignored_columns": [],
            "read_as": ['text, delimited by "|", in cp1252'],
            "unreadable_rows": 7,
        },
        {
            "name": "header",
            "kind": "credit_header",
            "files": ["h.parquet"],
            "rows": 9,
            "partitions": 1,
            "ignored_columns": ["FAX", "PET"],
            "read_as": ["Parquet"],
            "unreadable_rows": 0,
        },
    ],
}


def test_what_a_run_would_read_is_shown(call: Call, project: Path, pipeline: Pipeline) -> None:
    pipeline.summary = SUMMARY
    said = call("--project", str(project), "check", "--as-of", "2026-06-30")
    assert said.code == 0
    assert "1,234" in said.out
    assert "header: not mapped, so not used: FAX, PET" in said.out
    assert 'portfolio: read as text, delimited by "|", in cp1252' in said.out
    assert "portfolio: 7 rows cannot be read and become rejects" in said.out
    assert "note: beware" in said.out
    assert said.out.endswith("nothing stands in the way of a run\n")
    assert pipeline.asked[0][1].as_of == dt.date(2026, 6, 30)


def test_for_programs_it_is_the_summary_itself(call: Call, project: Path, pipeline: Pipeline) -> None:
    pipeline.summary = SUMMARY
    assert call("--json", "--project", str(project), "check").json == SUMMARY


def test_a_project_file_with_mistakes_ends_with_each_of_them(call: Call, tmp_path: Path) -> None:
    (tmp_path / "skiptrace.toml").write_text(
        'version = 1\n[project]\nname = "a b"\npurposes = []\n[portfolio]\npath = "x"\ncolumn = 1\n'
    )
    said = call("--project", str(tmp_path), "check")
    assert (said.code, said.out) == (2, "")
    assert "project.name (line 3)" in said.err
    assert "project.purposes" in said.err
    assert 'did you mean "columns"' in said.err


def test_a_tape_is_appraised_before_it_is_bought(call: Call, tmp_path: Path) -> None:
    folder = tape_alone(tmp_path / "tape")
    said = call("--project", str(folder), "check", "--appraise", "--out", str(tmp_path / "page.html"))
    assert said.code == 0
    assert "reachable, expected" in said.out
    assert (tmp_path / "page.html").is_file()
