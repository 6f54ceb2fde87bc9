from __future__ import annotations

from pathlib import Path

import pytest

from jobs import acknowledged
from tests.jobs.cli.conftest import Call


def test_an_alert_is_acknowledged(call: Call, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acknowledged, "acknowledge", lambda private, run, account, kind, by, reason, at: 2)
    said = call("--project", str(project), "note", "A1", "--acknowledge", "moved", "--by", "Pat")
    assert (said.code, "2 moved alerts" in said.out) == (0, True)
    assert call("--json", "--project", str(project), "note", "A1", "--acknowledge", "moved", "--by", "Pat").json["acknowledged"] == 2


def test_a_run_without_alerts_has_nothing_to_acknowledge(call: Call, project: Path) -> None:
    said = call("--project", str(project), "note", "A1", "--acknowledge", "moved", "--by", "Pat")
    assert said.code == 2
    assert "nothing to acknowledge" in said.err


AS_OF = "2026-06-01"
WHO = ("--by", "Pat", "--reason", "spoke to them")


def test_a_point_is_noted_and_withdrawn(call: Call, project: Path) -> None:
    said = call("--json", "--project", str(project), "note", "0001", "--find", "(253) 555-1000", *WHO, "--on", AS_OF)
    assert (said.code, said.json["says"], said.json["account_id"]) == (0, "find", "0001")
    (file,) = (project / ".skiptrace" / "notes").iterdir()
    assert file.name == f"note-{said.json['note']}.json"
    again = call("--project", str(project), "note", "0001", "--withdraw", said.json["note"], *WHO)
    assert (again.code, "does not count any longer" in again.out) == (0, True)


def test_an_account_is_called_back(call: Call, project: Path) -> None:
    said = call("--json", "--project", str(project), "note", "0001", "--recall", "acme", *WHO, "--on", AS_OF)
    assert (said.code, said.json["recalled_from"]) == (0, "acme")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("0009", "--find", "2535551234", *WHO), "no such account"),
        (("0001", "--confirm", "12 secret", *WHO), "cannot be read"),
        (("0001", "--withdraw", "0123456789abcdef", *WHO), "nothing to withdraw"),
        (("0001", "--not-mine", "2535551234", "--by", "Pat"), "say --reason"),
        (("0001", "--find", "2535551234", "--confirm", "2535551234", *WHO), "with one of"),
        (("0001", "--acknowledge", "moved", "--by", "Pat", "--on", AS_OF), "--on is for"),
    ],
)
def test_a_note_that_cannot_be_taken_is_refused_without_its_value(call: Call, project: Path, words: tuple[str, ...], told: str) -> None:
    said = call("--project", str(project), "note", *words)
    assert (said.code, said.out) == (2, "")
    assert told in said.err
    assert "2535551234" not in said.err
    assert "secret" not in said.err
