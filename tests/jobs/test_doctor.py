from __future__ import annotations

import datetime as dt
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs import authority, doctor, health
from jobs.doctor import Checked, examine
from skiptrace.errors import StoreUnavailable
from tests.jobs.projects import Finished, change, copy_of
from tests.jobs.test_partners import sftp_section
from tests.sftp_server import SftpServer

NOW = dt.datetime(2026, 7, 1, 6, tzinfo=dt.UTC)


@pytest.fixture
def place(finished: Finished, tmp_path: Path, own_settings: Path) -> Path:
    folder = copy_of(finished.folder, tmp_path / "project", "work", "deliveries", "index")
    os.utime(next((folder / "runs").glob("2*/run.json")), (NOW.timestamp() - 3600,) * 2)
    return folder


def seen(place: Path, scheduler: str | None = None) -> dict[str, Checked]:
    return {one.name: one for one in examine(place, NOW, os.environ, scheduler)}


def wrong(place: Path, scheduler: str | None = None) -> dict[str, Checked]:
    return {name: one for name, one in seen(place, scheduler).items() if one.problems}


def test_a_project_that_is_well(place: Path) -> None:
    assert wrong(place) == {}
    assert list(seen(place)) == [
        "program", "environment", "project file", "places", "store", "token key", "encryption", "rules", "deliveries", "scheduler",
        "partners", "monitoring", "nights",
    ]  # fmt: skip
    assert [file.name for file in (place / ".skiptrace").glob("probe-*")] == []


def test_versions_that_are_too_old_or_missing_are_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ["click>=8.1.7", "pyarrow>=900.0", "nothing-of-that-name>=1.0", "s3fs>=999 ; extra == 's3'"]
    monkeypatch.setattr(doctor, "requires", lambda name: asked)
    found = wrong(place)["program"]
    assert [problem.file for problem in found.problems] == ["pyarrow", "nothing-of-that-name"]
    assert "900.0 is the oldest that was tried" in found.problems[0].what
    assert found.code == 2


def test_a_project_file_that_cannot_be_read_ends_the_examination(place: Path) -> None:
    change(place, "version = 1", "version = 9")
    assert list(seen(place)) == ["program", "environment", "project file"]
    assert wrong(place)["project file"].code == 2


def test_places_that_others_may_write_or_nobody_may(place: Path) -> None:
    (place / ".skiptrace" / "audit.jsonl").write_text("")
    (place / ".skiptrace" / "audit.jsonl").chmod(0o644)
    assert "chmod 600" in wrong(place)["places"].problems[0].what
    (place / ".skiptrace" / "audit.jsonl").unlink()
    place.chmod(0o777)
    assert wrong(place)["places"].code == 78
    place.chmod(0o700)
    assert "places" not in wrong(place)


def test_a_store_that_lies_or_does_not_answer(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: object) -> None:
        raise StoreUnavailable("the store overwrites what is there")

    monkeypatch.setattr(doctor, "refuse_liar", refuse)
    assert (wrong(place)["store"].code, wrong(place)["store"].problems[0].what) == (69, "the store overwrites what is there")


def test_a_key_that_others_could_read(place: Path, own_settings: Path, tmp_path: Path) -> None:
    key = tmp_path / "token.key"
    key.write_text("k" * 40)
    key.chmod(0o644)
    change(place, "[runtime]", f'[security]\ntoken_key = "${{file:{key}}}"\n[runtime]')
    assert wrong(place)["token key"].code == 78


def test_sources_that_may_not_be_used_and_lists_that_are_stale_or_gone(place: Path) -> None:
    text = (place / "skiptrace.toml").read_text()
    (place / "skiptrace.toml").write_text(text.replace('purposes = ["fcra.collection", "glba', 'purposes = ["other", "glba', 1))
    assert wrong(place)["rules"].code == 2
    (place / "skiptrace.toml").write_text(text)
    (place / "skiptrace.toml").write_text(text.replace("suppression.parquet", "gone.parquet"))
    found = wrong(place)["deliveries"]
    assert (found.code, "gone.parquet" in str(found.problems)) == (3, True)


@pytest.fixture
def free_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]  # bound and not listening: nobody answers there


def test_a_scheduler_that_does_not_answer(place: Path, free_port: int) -> None:
    assert wrong(place, f"tcp://127.0.0.1:{free_port}")["scheduler"].code == 75
    assert wrong(place, "tls://127.0.0.1:1")["scheduler"].code == 2  # no papers are named


@pytest.mark.parametrize(
    ("days", "role", "code", "told"),
    [(200, "client", 0, None), (20, "client", 0, "ends in"), (-1, "client", 2, "expired"), (200, "worker", 2, "worker")],
)
def test_a_certificate_that_ends_soon_or_is_another_s_is_told(
    days: int, role: str, code: int, told: str | None, place: Path, free_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = dt.datetime.now(dt.UTC)
    authority.make(tmp_path / "papers", {"mine": (role,)}, now - dt.timedelta(days=300), days=300 + days)
    for name, file in (("CA", "ca.pem"), ("CERT", "mine.pem"), ("KEY", "mine.key")):
        monkeypatch.setenv(f"SKIPTRACE__RUNTIME__TLS_{name}", json.dumps(str(tmp_path / "papers" / file)))
    found = {one.name: one for one in examine(place, now, os.environ, f"tls://127.0.0.1:{free_port}")}["certificate"]
    assert found.code == code
    assert (told in str(found.problems[0])) if told else not found.problems


def test_metrics_that_cannot_be_written_and_nights_that_did_not_go_well(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = place / "skiptrace.toml"
    plan.write_text(plan.read_text() + '\n[monitoring]\nmetrics = "nowhere/m.prom"\nmax_age_hours = 0.5\n')
    found = wrong(place)
    assert set(found) == {"monitoring", "nights"}
    assert (found["nights"].code, "hours ago" in found["nights"].problems[0].what) == (4, True)


def test_an_error_that_nobody_thought_of_keeps_its_text(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*given: object) -> None:
        raise ValueError("Rosalind Pettigrew")

    monkeypatch.setattr(health, "of_project", fail)
    found = wrong(place)["nights"]
    assert (found.code, "Rosalind" in str(found)) == (1, False)
    assert "ValueError" in found.problems[0].what


def test_every_partner_is_opened_and_the_one_that_is_not_theirs_is_told(place: Path, server: SftpServer, tmp_path: Path) -> None:
    text = (place / "skiptrace.toml").read_text()
    (place / "skiptrace.toml").write_text(f"{text}\n{sftp_section(server, tmp_path)}{sftp_section(server, tmp_path, 'inbox')}")
    assert seen(place)["partners"].found == "1 outboxes and 1 inboxes open"
    other = sftp_section(server, tmp_path, "inbox").replace(server.pin, "SHA256:" + "B" * 43)
    (place / "skiptrace.toml").write_text(f"{text}\n{other}{sftp_section(server, tmp_path / 'none')}")
    found = wrong(place)["partners"]
    assert (found.code, [problem.file for problem in found.problems]) == (2, ["outbox[1]", "inbox[1]"])
    assert server.pin in found.problems[1].what
