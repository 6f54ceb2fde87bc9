from __future__ import annotations

from pathlib import Path

import pytest

from jobs.cli.explained import show_explanation
from jobs.explain import explain
from skiptrace.results import latest
from tests.jobs.published import publish

Out = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "project"
    publish(folder)
    return folder


def text(capsys: Out, project: Path, account: str, channel: str | None = None) -> str:
    show_explanation(explain(latest(project), account, project, channel=channel))
    return capsys.readouterr().out


def test_a_linked_account_shows_its_waterfall_and_its_uses(capsys: Out, project: Path) -> None:
    told = text(capsys, project, "0001")
    assert "moved: Found, and moved" in told
    assert "header header-1 (linked, same)" in told
    assert " +6.2  ssn " in told
    assert " -1.2  start " in told
    assert "One side has no middle_name, suffix or email." in told  # fields without evidence share a line
    assert "Considered and not linked" in told
    assert "Why not somebody else\n  The runner-up, record voter-1 of voter," in told
    assert "phone 1: ***-***-0123" in told
    assert "2 unrelated consumers of yours show it" in told
    assert "+0.50  sum: log-odds of 62.2 %" in told
    assert "08:01–17:59 in America/Los_Angeles, 11:01–20:59 in America/New_York" in told
    assert "open step rnd_query: " in told
    assert "valid until 2026-06-30" in told
    assert "Personal values are masked" in told


def test_duties_are_told_where_a_use_is_open_and_stops_where_it_is_not(capsys: Out, project: Path) -> None:
    assert "duty REGF-TIME: Contact only when" in text(capsys, project, "0001", "voice")
    told = text(capsys, project, "0001", "email")
    assert "stopped by REGF-EMAIL-BASIS: The consumer neither consented to e-mail" in told
    assert "[12 CFR 1006.6(d)(3)-(4)]" in told


def test_an_unlinked_account_says_why(capsys: Out, project: Path) -> None:
    told = text(capsys, project, "0002")
    assert "Linked records: none" in told
    assert "Nobody was linked because the best candidate" in told
    assert "(refused, household)" in told
    assert "Nobody was linked because no reference record agrees" in text(capsys, project, "0003")


def test_a_deceased_and_a_stopped_account_name_their_hold(capsys: Out, project: Path) -> None:
    told = text(capsys, project, "0004")
    assert (
        "death: Reported by the portfolio itself or by a linked record of header or voter; the death was in 2024."
        in told
    )
    assert "held by DEC-STOP: " in told
    assert "held by REGF-ATTY: An attorney represents the consumer" in text(capsys, project, "0005")


def test_a_record_that_another_one_bridged_says_what_its_probability_rests_on(capsys: Out, project: Path) -> None:
    told = text(capsys, project, "0004")
    assert "voter voter-2 (linked, same, reached through header-4)" in told
    assert "Record header-4 ties it to the account" in told
