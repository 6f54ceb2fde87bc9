from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jobs.cli.demo import examples
from jobs.demo import project as demo
from tests.jobs.cli.conftest import Call, Pipeline

Made = list[tuple[Path, int, int]]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Made:
    """The generator replaced by one that writes a project file only."""
    calls: Made = []

    def make(folder: Path, accounts: int, seed: int, **more: Any) -> None:
        calls.append((folder, accounts, seed))
        (folder / "skiptrace.toml").write_text("version = 1\n")

    monkeypatch.setattr(demo, "make", make)
    return calls


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Path]:
    monkeypatch.chdir(tmp_path)
    return lambda: tmp_path / "demo-project"


def test_the_demo_is_made_run_and_says_where_the_report_is(
    call: Call, made: Made, there: Any, pipeline: Pipeline
) -> None:
    said = call("demo", "--accounts", "50")
    assert said.code == 0
    assert made == [(Path("demo-project"), 50, demo.SEED)]
    assert "report: demo-project/runs/latest/report.html" in said.out
    assert "skiptrace --project demo-project explain 0001" in said.out
    assert "evaluate --truth demo-project/truth/links.parquet" in said.out
    assert there().stat().st_mode & 0o777 == 0o700


def test_a_second_demo_reuses_the_first(call: Call, made: Made, there: Any, pipeline: Pipeline) -> None:
    call("demo")
    said = call("demo")
    assert said.code == 0
    assert len(made) == 1
    assert "there already" in said.err


def test_other_options_make_it_anew(call: Call, made: Made, there: Any, pipeline: Pipeline) -> None:
    call("demo", "--accounts", "50")
    call("demo", "--accounts", "60", "--seed", "3")
    assert [options[1:] for options in made] == [(50, demo.SEED), (60, 3)]


def test_a_killed_attempt_is_made_anew(call: Call, made: Made, there: Any, pipeline: Pipeline) -> None:
    call("demo")
    marker = there() / ".skiptrace" / "demo.json"
    marker.write_text(json.dumps(json.loads(marker.read_text()) | {"complete": False}))
    assert call("demo").code == 0
    assert len(made) == 2


def test_a_folder_with_other_files_is_left_alone(call: Call, made: Made, tmp_path: Path, pipeline: Pipeline) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    said = call("demo", "--out", str(tmp_path))
    assert (said.code, said.out) == (2, "")
    assert "choose another folder" in said.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert (made, pipeline.asked) == ([], [])


def test_for_programs_it_is_the_summary(call: Call, made: Made, there: Any, pipeline: Pipeline) -> None:
    assert call("--json", "demo").json["accounts"] == 5


@pytest.mark.parametrize("wrong", [["--accounts", "0"], ["--seed", "-1"], ["--accounts", "many"]])
def test_options_that_make_no_sense_are_refused(call: Call, made: Made, there: Any, wrong: list[str]) -> None:
    assert call("demo", *wrong).code == 2
    assert made == []


@pytest.mark.slow
def test_the_demo_runs_for_real_and_answers(call: Call, tmp_path: Path) -> None:
    place = tmp_path / "sample"
    first = call("--json", "demo", "--out", str(place), "--accounts", "150", "--seed", "5")
    assert (first.code, first.err) == (0, "")
    told = first.json
    assert told["fresh"]
    assert 0 < told["permitted"] <= told["reachable"] <= told["accounts"]
    assert Path(told["report"]).is_file()
    again = call("--json", "demo", "--out", str(place), "--accounts", "150", "--seed", "5").json
    assert again == told | {"fresh": False}
    at = ("--project", str(place))
    assert call("--json", *at, "check").json["deliveries"][0]["name"] == "portfolio"
    assert [run["latest"] for run in call("--json", *at, "runs", "list").json["runs"]] == [True]
    assert call("--json", *at, "model", "show").json["records"]["priors"]["same"] > 0
    quality = call("--json", *at, "evaluate", "--truth", str(place / "truth" / "links.parquet")).json
    assert quality["accounts"]["precision"] > 0.8
    for account in examples(place):
        explained = call("--json", *at, "explain", account)
        assert explained.code == 0
        for record in explained.json["linked"]:
            assert record["prior"] + sum(bar["bits"] for bar in record["bars"]) == pytest.approx(record["match_weight"])
    assert call(*at, "report").code == 0
