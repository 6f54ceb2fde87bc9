from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from jobs import forgotten
from jobs.forgotten import Forgotten
from jobs.inputs_holding import Holding
from tests.jobs.cli.nights import Call
from tests.jobs.projects import copy_of

DONE = Forgotten("stone-1.json", True, 2, ("B7",), ("C8",), {"deliveries": 1}, {"run-1": {"accounts": 1}},
                 (Holding("portfolio", "tape.csv", tuple(range(1, 13))),), ("voter",), ("run-1/dialer",))  # fmt: skip
ASK = ("forget", "A002", "--by", "desk", "--reason", "asked by letter")


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    asked: list[tuple[object, ...]] = []

    def answer(folder: Path, account: str, by: str, reason: str, at: dt.datetime) -> Forgotten:
        asked.append((account, by, reason, at.tzinfo is not None))
        return DONE

    monkeypatch.setattr(forgotten, "forget", answer)
    return asked


def test_what_went_and_what_the_operator_must_do_is_told(call: Call, project: Path, answered: list[tuple[object, ...]]) -> None:
    said = call("--project", str(project), *ASK)
    assert said.code == 0
    assert answered == [("A002", "desk", "asked by letter", True)]
    rows, others = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 …", ("account B7 was the same consumer", "account C8 shows a point")
    for words in ("2 accounts", *others, "run-1/dialer", "tape.csv", rows, '"voter"'):
        assert words in said.out
    assert "A002" not in said.out


def test_programs_are_told_the_same(call: Call, project: Path, answered: list[tuple[object, ...]]) -> None:
    told = call("--project", str(project), *ASK, "--json").json
    assert (told["new"], told["accounts"], told["inputs"][0]["rows"][:2]) == (True, 2, [1, 2])


def test_the_audit_log_names_the_tombstone_and_the_account_no_more(call: Call, project: Path, answered: list[tuple[object, ...]]) -> None:
    log = project / ".skiptrace" / "audit.jsonl"
    call("--project", str(project), "explain", "0001", "--show-pii", "--reason", "case 0001")
    assert "0001" in log.read_text()
    for _ in range(2):
        call("--project", str(project), "forget", "0001", *ASK[2:])
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    assert [(one["action"], one.get("account_id")) for one in entries] == [("explain --show-pii", "stone-1.json"), ("forget", None)]
    assert "0001" not in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


def test_who_asks_and_why_must_be_said(call: Call, project: Path) -> None:
    assert call("--project", str(project), "forget", "A002").code == 2
    assert call("--project", str(project), "forget", "A002", "--by", "desk").code == 2


def test_an_unknown_account_is_a_mistake_with_its_mend(call: Call, tiny_night: Path, tmp_path: Path) -> None:
    project = copy_of(tiny_night, tmp_path / "project")
    said = call("--project", str(project), "forget", "A999", *ASK[2:])
    assert (said.code, said.out) == (2, "")
    assert "write the number as the tape has it" in said.err
    assert not (project / ".skiptrace" / "audit.jsonl").exists()
