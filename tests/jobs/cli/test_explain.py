from __future__ import annotations

import json
from pathlib import Path

import pytest

from skiptrace.results import latest
from tests.jobs.cli.conftest import Call
from tests.jobs.projects import copy_of
from tests.jobs.published import EMAIL, PERSONAL, PHONE


def told(call: Call, project: Path, *arguments: str) -> str:
    said = call("--project", str(project), "explain", *arguments)
    assert (said.code, said.err) == (0, "")
    return said.out


@pytest.mark.parametrize("account", ["0001", "0002", "0003", "0004", "0005"])
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_no_personal_value_is_printed_unless_asked_for(
    call: Call, project: Path, account: str, form: list[str]
) -> None:
    text = told(call, project, account, *form)
    assert account in text
    assert [value for value in PERSONAL if value in text] == []


def test_the_json_is_the_structure(call: Call, project: Path) -> None:
    content = json.loads(told(call, project, "0001", "--json"))
    assert content["account_id"] == "0001"
    (record,) = content["linked"]
    assert record["prior"] + sum(bar["bits"] for bar in record["bars"]) == pytest.approx(record["match_weight"])
    assert content["points"][1]["uses"][0]["decision"]["valid_until"] == "2026-06-30"


def test_personal_values_need_a_reason_that_is_kept(call: Call, project: Path) -> None:
    text = told(call, project, "0001", "--show-pii", "--reason", "complaint 17")
    assert "JOCASTA QUENBY" in text
    assert PHONE in text
    assert EMAIL in text
    entry = json.loads((project / ".skiptrace" / "audit.jsonl").read_text())
    assert (entry["account_id"], entry["reason"]) == ("0001", "complaint 17")


@pytest.mark.parametrize("half", [["--show-pii"], ["--reason", "why not"], ["--show-pii", "--reason", "  "]])
def test_one_without_the_other_is_refused(call: Call, project: Path, half: list[str]) -> None:
    said = call("--project", str(project), "explain", "0001", *half)
    assert (said.code, said.out) == (2, "")
    assert "go together" in said.err
    assert not (project / ".skiptrace").exists()


def test_nothing_is_shown_when_the_look_cannot_be_logged(call: Call, project: Path) -> None:
    (project / ".skiptrace").mkdir(mode=0o700)
    (project / ".skiptrace" / "audit.jsonl").mkdir()
    said = call("--project", str(project), "explain", "0001", "--show-pii", "--reason", "r")
    assert (said.code, said.out) == (69, "")


def test_an_unknown_account_ends_with_2_and_a_hint(call: Call, project: Path) -> None:
    said = call("--project", str(project), "explain", "99999", "--show-pii", "--reason", "r")
    assert (said.code, said.out) == (2, "")
    assert "leading zeros" in said.err
    assert not (project / ".skiptrace").exists()


def test_a_project_without_a_run_says_to_run(call: Call, tmp_path: Path) -> None:
    (tmp_path / "skiptrace.toml").write_text("version = 1\n")
    said = call("--project", str(tmp_path), "explain", "1")
    assert said.code == 2
    assert "skiptrace run" in said.err


def test_a_channel_that_is_none_is_refused(call: Call, project: Path) -> None:
    assert call("--project", str(project), "explain", "0001", "--channel", "fax").code == 2


def test_what_is_held_is_told_masked_and_in_clear_only_with_a_reason(call: Call, tiny_night: Path, tmp_path: Path) -> None:
    project = copy_of(tiny_night, tmp_path / "tiny")
    said = call("--project", str(project), "explain", "A002", "--held")
    assert said.code == 0
    assert "portfolio.csv" in said.out
    assert "2535551074" not in said.out
    assert not (project / ".skiptrace" / "audit.jsonl").exists()
    told = call("--project", str(project), "explain", "A002", "--held", "--show-pii", "--reason", "her request", "--json").json
    assert told["masked"] is False
    assert "+12535551074" in str(told["held"])
    assert '"account_id": "A002"' in (project / ".skiptrace" / "audit.jsonl").read_text()
    assert call("--project", str(project), "explain", "A002", "--held", "--channel", "voice").code == 2


def test_the_page_is_written_masked_and_never_over_another_file_unasked(call: Call, project: Path, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    said = call("--project", str(project), "explain", "0001", "--html", str(file))
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("explanation: ")
    page = file.read_text()
    assert [value for value in PERSONAL if value in page] == []
    said = call("--project", str(project), "explain", "0001", "--html", str(file), "--show-pii", "--reason", "complaint 17")
    assert (said.code, said.out) == (2, "")
    assert "is there already" in said.err
    assert file.read_text() == page
    over = ("--html", str(file), "--replace", "--show-pii", "--reason", "complaint 17")
    told_ = call("--project", str(project), "--json", "explain", "0001", *over).json
    assert told_ == {"run_id": latest(project).run_id, "account_id": "0001", "masked": False, "html": str(file)}
    assert PHONE in file.read_text()
    assert len((project / ".skiptrace" / "audit.jsonl").read_text().splitlines()) == 2


@pytest.mark.parametrize("arguments", [["--replace"], ["--held", "--html", "x.html"]])
def test_a_page_goes_with_its_options(call: Call, project: Path, arguments: list[str]) -> None:
    assert call("--project", str(project), "explain", "0001", *arguments).code == 2
