from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from jobs import pipeline
from jobs.pipeline import Options, Outcome
from skiptrace.errors import SafeToRerun
from tests.jobs.cli.conftest import Call
from tests.jobs.projects import change, copy_of
from tests.jobs.published import RUN_ID

KEY = "f" * 32
OTHER = "20260531-abc"


def begin(project: Path, key: str = KEY) -> str:
    work = project / ".skiptrace" / "work" / key
    work.mkdir(parents=True)
    (work / "plan.json").write_text(json.dumps({"as_of": "2026-06-30", "run_key": key, "limit": 7}))
    return f"20260630-{key[:12]}"


def test_the_one_unfinished_run_goes_on_as_it_was_begun(call: Call, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = call("--project", str(project), "runs", "resume")
    assert (said.code, said.out) == (0, "no run is unfinished: there is nothing to go on with\n")
    run_id, given = begin(project), list[Options]()

    def run(folder: Path, options: Options, observe: object) -> Outcome:
        given.append(options)
        raise SafeToRerun("stopped")

    monkeypatch.setattr(pipeline, "run", run)
    assert call("--project", str(project), "runs", "resume").code == 75
    assert (given[0].resume, str(given[0].as_of), given[0].limit) == (run_id, "2026-06-30", 7)
    other = begin(project, "e" * 32)
    said = call("--project", str(project), "runs", "resume")
    assert said.code == 2
    assert run_id in said.err
    assert call("--project", str(project), "runs", "resume", other).code == 75
    assert given[-1].resume == other
    assert call("--project", str(project), "runs", "resume", "nonsense").code == 2


def test_a_run_is_verified(call: Call, project: Path) -> None:
    said = call("--project", str(project), "runs", "verify")
    assert said.code == 0
    assert said.out.startswith(f"run {RUN_ID} is whole: 8 files")
    assert call("--json", "--project", str(project), "runs", "verify", RUN_ID).json["state"] == "whole"
    file = next((project / "runs" / RUN_ID / "accounts").iterdir())
    file.unlink()
    said = call("--project", str(project), "runs", "verify")
    assert said.code == 3
    assert "is gone — restore it" in said.err


def test_leftovers_are_shown_and_removed(call: Call, project: Path) -> None:
    assert call("--project", str(project), "runs", "gc").out == "nothing is left over\n"
    left = project / "runs" / RUN_ID / "links" / ".partial-x"
    left.write_bytes(b"123")
    assert call("--project", str(project), "runs", "gc").out == "nothing is left over\n"
    os.utime(left, (0, 0))
    said = call("--project", str(project), "runs", "gc", "--dry-run")
    assert said.out.split()[-4:] == ["unfinished", "file", "1", "3"]
    assert left.exists()
    told = call("--json", "--project", str(project), "runs", "gc").json
    assert (told["removed"], [one["kind"] for one in told["leftovers"]]) == (True, ["unfinished file"])
    assert not left.exists()


def test_a_run_is_purged_when_asked_and_never_the_latest(call: Call, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(project / "runs" / RUN_ID, project / "runs" / OTHER)
    assert call("--project", str(project), "runs", "purge", OTHER).code != 0  # nobody answers
    assert (project / "runs" / OTHER).is_dir()
    assert call("--project", str(project), "runs", "purge", RUN_ID, "--yes").code == 2
    assert call("--project", str(project), "runs", "purge", OTHER, "--yes").code == 0
    assert not (project / "runs" / OTHER).exists()
    assert call("--json", "--project", str(project), "runs", "purge", "latest", "--yes", "--even-latest").json["purged"] == RUN_ID
    assert call("--project", str(project), "runs", "purge", RUN_ID, "--yes").code == 2


def test_everything_is_verified_where_that_is_asked_for(call: Call, project: Path) -> None:
    said = call("--project", str(project), "runs", "verify", "--everything")
    assert said.code == 0
    assert said.out.startswith("the project is whole: 8 files")
    (project / ".skiptrace" / "rulebooks").mkdir(parents=True, mode=0o700)
    (project / ".skiptrace" / "rulebooks" / "x.json").write_text("{")
    said = call("--project", str(project), "runs", "verify", "--everything")
    assert said.code == 3
    assert "rulebooks/x.json: is damaged" in said.err


def test_what_the_policy_wants_is_shown_and_removed_when_asked(call: Call, tiny_night: Path, tmp_path: Path) -> None:
    folder = copy_of(tiny_night, tmp_path / "tiny")
    assert call("--project", str(folder), "runs", "purge", "--policy", "--dry-run").out == "nothing has to go\n"
    change(folder, 'kind = "credit_header"\n', 'kind = "credit_header"\ncontract_expires = 2026-07-01\n')
    said = call("--project", str(folder), "runs", "purge", "--policy", "--dry-run")
    assert said.code == 0
    assert '"header" has a contract that ended on 2026-07-01' in said.out
    assert call("--project", str(folder), "runs", "purge", "--policy").code != 0  # nobody answers
    assert any((folder / ".skiptrace" / "index").iterdir())
    told = call("--json", "--project", str(folder), "runs", "purge", "--policy", "--yes").json
    assert (told["removed"], told["readings"]["index"]) == (True, 1)
    assert not any((folder / ".skiptrace" / "index").iterdir())


@pytest.mark.parametrize("words", [(), (RUN_ID, "--policy"), (RUN_ID, "--dry-run"), ("--policy", "--even-latest")])
def test_a_purge_says_what_it_is_of(call: Call, project: Path, words: tuple[str, ...]) -> None:
    assert call("--project", str(project), "runs", "purge", *words).code == 2
