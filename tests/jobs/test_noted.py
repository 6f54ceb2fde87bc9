"""Notes of people: evidence from the next run on, reversible, and never a value where it does not belong."""

from __future__ import annotations

import datetime as dt
import stat
from pathlib import Path
from typing import Any

import pytest

from jobs import noted
from jobs.explain.account import explain
from skiptrace.errors import ConfigError
from skiptrace.results import Run, latest
from tests.jobs.cli.nights import status_of
from tests.jobs.projects import copy_of, run_project
from tests.jobs.replies import FIRST, make_replies, write

NOW = dt.datetime(2026, 6, 2, 9, tzinfo=dt.UTC)
DAY = FIRST
NOTES = """
[[source]]
name = "agents"
path = "agents.csv"
kind = "notes"
purposes = ["fcra.collection"]
[source.columns]
note_id = "id"
account_id = "account"
says = "says"
value = "value"
by = "agent"
reason = "why"
date = "day"
"""
HEAD = ("id", "account", "says", "value", "agent", "why", "day")


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory, own_settings: Path, private_session: None) -> Path:
    """The project after its first night, with a delivery of notes. Copy it before changing it."""
    folder = make_replies(tmp_path_factory.mktemp("noted") / "project", {"dialer": "five9"}, NOTES)
    write(folder / "agents.csv", HEAD, [
        ("n1", "E1", "Confirmed", "253-555-1148", "Kim", "spoke", "2026-05-30"),
        ("n2", "Z9", "wrong", "253-555-1148", "Kim", "spoke", "2026-05-30"),
        ("n3", "E1", "maybe", "253-555-1148", "Kim", "", "2026-05-30"), ("n4", "E1", "find", "12", "Kim", "", "2026-05-30"),
        ("n5", "E1", "find", "253-555-1149", "", "", "2026-05-30"),
    ])  # fmt: skip
    run_project(folder, as_of=FIRST, nightly=True)
    return folder


@pytest.fixture(scope="module")
def after(night: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The next night, before which a point was found, one confirmed and one denied. Copy it before changing it."""
    folder = copy_of(night, tmp_path_factory.mktemp("after") / "project")
    said = (("A1", "find", "(253) 555-1555"), ("B1", "confirm", "bruno.r@example.com"), ("D1", "not_mine", "2535551111"))
    for account, says, value in said:
        note(folder, account, says, value)
    run_project(folder, as_of=FIRST + dt.timedelta(1), nightly=True)
    return folder


def private(folder: Path) -> Path:
    return folder.resolve() / ".skiptrace"


def note(folder: Path, account: str, says: str, value: str, day: dt.date = DAY, by: str = "Pat") -> str:
    return noted.add(private(folder), latest(folder), account, says, value, by, "a neighbour told", day, NOW)


def points(run: Run, account: str) -> dict[str, dict[str, Any]]:
    return {row["value"]: row for row in run.table("contact_points").to_pylist() if row["account_id"] == account}


def test_a_find_is_a_sighting_on_every_account_of_the_person(after: Path) -> None:
    run = latest(after)
    for account in ("A1", "A2"):
        found = points(run, account)["+12535551555"]
        assert (found["sources"], found["status"], found["origin"], found["last_seen"]) == (["note"], "unknown", "reference", DAY)
    uses = [row for row in run.table("decisions").to_pylist() if row["point_id"] == points(run, "A1")["+12535551555"]["point_id"]]
    assert {row["decision"] for row in uses if row["channel"] == "voice"} == {"conditional"}  # what people noted may be used


def test_a_confirmation_makes_a_point_current(night: Path, after: Path) -> None:
    before, now = (points(latest(folder), "B1")["bruno.r@example.com"] for folder in (night, after))
    assert now["status"] == "active"
    assert now["p_current"] > before["p_current"]


def test_what_is_not_theirs_stays_down(after: Path) -> None:
    run = latest(after)
    assert status_of(run, "D1", "+12535551111") == "wrong_party"
    assert {row["decision"] for row in run.table("decisions").to_pylist() if row["account_id"] == "D1" and row["channel"] == "voice"} == {
        "stopped"
    }


def test_the_delivery_form_says_the_same_and_rejects_what_nobody_answers_for(night: Path) -> None:
    run = latest(night)
    assert status_of(run, "E1", "+12535551148") == "active"
    reasons = {row["row"]: row["reason"] for row in run.table("rejects").to_pylist() if row["source"] == "agents"}
    assert set(reasons) == {3, 4, 5}
    assert (reasons[3], reasons[5]) == ("unknown_word", "by_missing")
    assert run.ledger["notes"] == {"notes": 2, "delivered": 2, "of_unknown_accounts": 1}


def test_explain_shows_who_said_so_and_why_and_masks_the_value(after: Path) -> None:
    told = explain(latest(after), "A2", after)
    (one,) = told.noted
    assert (one.by, one.date, one.says, one.account_id) == ("Pat", DAY, "find", "A1")
    assert "1555" in one.value
    assert "253" not in one.sentence
    assert "neighbour" not in one.sentence
    shown = explain(latest(after), "A2", after, show_pii=True).noted[0].sentence
    assert "+12535551555" in shown
    assert "a neighbour told" in shown


def test_a_note_that_is_withdrawn_does_not_count_and_stays_on_file(after: Path, tmp_path: Path) -> None:
    folder = copy_of(after, tmp_path / "project")
    known = noted.standing(private(folder))
    again = note(folder, "D1", "not_mine", "253.555.1111")
    assert again in known  # the same note twice is one
    noted.withdraw(private(folder), "D1", again, "Pat", "a slip", NOW)
    noted.withdraw(private(folder), "D1", again, "Pat", "a slip", NOW)
    assert set(noted.standing(private(folder))) == set(known) - {again}
    assert (private(folder) / "notes" / f"note-{again}.json").is_file()
    run_project(folder, as_of=FIRST + dt.timedelta(2), nightly=True)
    assert status_of(latest(folder), "D1", "+12535551111") == "unknown"
    anew = note(folder, "D1", "not_mine", "2535551111")
    assert anew not in known


def test_notes_are_private_files(after: Path) -> None:
    folder = private(after) / "notes"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("account", "value", "day", "by", "message"),
    [
        ("Z9", "2535551234", DAY, "Pat", "no such account"),
        ("A1", "secret12", DAY, "Pat", "cannot be read"),
        ("A1", "2535551234", dt.date(2026, 7, 1), "Pat", "a day to come"),
        ("A1", "2535551234", DAY, "pat@example.com", "must not hold a person's data"),
    ],
)
def test_a_bad_note_is_refused_without_its_value(night: Path, account: str, value: str, day: dt.date, by: str, message: str) -> None:
    before = noted.standing(private(night))
    with pytest.raises(ConfigError, match=message) as caught:
        note(night, account, "find", value, day, by)
    assert value not in str(caught.value)
    assert noted.standing(private(night)) == before


def test_only_a_note_of_the_account_can_be_withdrawn(after: Path) -> None:
    other = noted.standing(private(after))[0]
    with pytest.raises(ConfigError, match="nothing to withdraw"):
        noted.withdraw(private(after), "C1", other, "Pat", "why", NOW)
