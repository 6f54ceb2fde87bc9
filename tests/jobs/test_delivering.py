from __future__ import annotations

import datetime as dt
import hashlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs import delivering
from jobs.exports import write_exports
from skiptrace.errors import ConfigError, DamagedFile, Problem, SafeToRerun, StoreUnavailable
from skiptrace.exchange import sftp
from skiptrace.project import load
from skiptrace.results import latest
from skiptrace.store import points
from tests.jobs.projects import copy_of, files_below, run_project
from tests.jobs.test_partners import sftp_section
from tests.pgp_keys import Keys
from tests.sftp_server import SftpServer

NAME = "plain-2026-06-30.csv"


class Cut(BaseException):
    """The process ends here."""


class Place:
    """A project with a published run, and the folder of a vendor."""

    def __init__(self, project: Path, theirs: Path) -> None:
        self.project, self.theirs = project, theirs
        self._plain = (project / "skiptrace.toml").read_text()
        theirs.mkdir()

    def outbox(self, text: str) -> None:
        (self.project / "skiptrace.toml").write_text(self._plain + "\n" + text)

    def deliver(self) -> list[dict[str, Any]]:
        return delivering.deliver(latest(self.project), load(self.project, {}))

    @property
    def content(self) -> bytes:
        return (latest(self.project).folder / "exports" / "plain" / "plain.csv").read_bytes()

    def there(self) -> dict[str, bytes]:
        return files_below(self.theirs)


@pytest.fixture
def place(tiny_night: Path, tmp_path: Path) -> Place:
    found = Place(copy_of(tiny_night, tmp_path / "project"), tmp_path / "theirs")
    found.outbox(f'[[outbox]]\nname = "vendor"\nplace = "{found.theirs}"\n')
    return found


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    def at(name: str) -> None:
        def passed(point: str) -> None:
            if point == name:
                monkeypatch.undo()
                raise Cut

        monkeypatch.setattr(points, "passed", passed)

    return at


def test_an_export_is_delivered_with_its_control_file_once(place: Place) -> None:
    (receipt,) = place.deliver()
    sha256 = hashlib.sha256(place.content).hexdigest()
    assert place.there()[NAME] == place.content
    said = json.loads(place.there()[f"{NAME}.control.json"])
    assert said == {"file": NAME, "rows": receipt["rows"], "bytes": len(place.content), "sha256": sha256}
    assert (receipt["outbox"], receipt["export"], receipt["file"], receipt["sha256"]) == ("vendor", "plain", NAME, sha256)
    for path in place.theirs.iterdir():
        path.unlink()  # they took it
    assert place.deliver() == [receipt]
    assert place.there() == {}
    assert delivering.delivered(place.project, latest(place.project).run_id) == [receipt]


def test_a_run_delivers_what_it_wrote_and_a_rerun_what_is_still_due(place: Place) -> None:
    assert not run_project(place.project).fresh
    assert place.there()[NAME] == place.content
    place.outbox(f'[[outbox]]\nname = "other"\ndated = false\nplace = "{place.theirs}"\n')
    run_project(place.project)
    assert place.there()["plain.csv"] == place.content
    before = len(place.there())
    run_project(place.project, exports=False)
    place.outbox(f'[[outbox]]\nname = "third"\nplace = "{place.theirs}"\n')
    (place.theirs / NAME).unlink()
    run_project(place.project, exports=False)
    assert len(place.there()) == before - 1


def test_what_is_held_is_not_delivered(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    why = (Problem("dnc", "", "has shrunk"),)
    monkeypatch.setattr("jobs.exports.doubts.held", lambda *given: why)
    assert run_project(place.project).held == why
    assert place.there() == {}


def test_an_export_that_changed_the_same_day_is_delivered_anew(place: Place) -> None:
    place.deliver()
    manifest = latest(place.project).folder / "exports" / "plain" / "plain.manifest.json"
    file = manifest.with_name("plain.csv")
    file.write_bytes(place.content + b"more\n")
    said = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**said, "files": [{**said["files"][0], "sha256": "0" * 64}]}))
    with pytest.raises(DamagedFile, match="--deliver"):
        place.deliver()
    write_exports(latest(place.project), load(place.project, {}), dt.date(2026, 6, 30))
    place.deliver()
    assert place.there()[NAME] == place.content


@pytest.mark.parametrize("point", ["before-part", "part-written", "renamed", "sent", "controlled", "receipt"])
def test_over_sftp_an_attempt_that_died_anywhere_is_completed(place: Place, server: SftpServer, cut: Any, point: str) -> None:
    place.outbox(sftp_section(server, place.theirs))
    cut(point)
    with pytest.raises(Cut):
        place.deliver()
    seen = place.there()
    assert NAME not in seen or seen[NAME] == place.content
    assert f"{NAME}.control.json" not in seen or NAME in seen
    place.deliver()
    assert sorted(place.there()) == [NAME, f"{NAME}.control.json"]
    assert place.there()[NAME] == place.content


def test_a_cut_ends_with_75_and_an_absent_server_with_69(place: Place, server: SftpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    place.outbox(sftp_section(server, place.theirs))
    opened: list[Any] = []
    begin = sftp.SftpBox.__init__
    monkeypatch.setattr(sftp.SftpBox, "__init__", lambda own, *given: (opened.append(own), begin(own, *given))[1])

    def passed(point: str) -> None:
        if point == "before-part":
            opened[0]._client.get_channel().get_transport().close()

    with monkeypatch.context() as patch:
        patch.setattr(points, "passed", passed)
        with pytest.raises(SafeToRerun):
            place.deliver()
    assert place.there() == {}
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    both = sftp_section(server, place.theirs)
    place.outbox(both.replace(f":{server.port}/", f":{port}/").replace('"vendor"', '"away"') + both)
    with pytest.raises(StoreUnavailable):
        place.deliver()
    assert NAME in place.there()  # the other outbox had its turn


def test_another_host_key_ends_with_2_and_nothing_is_sent(place: Place, server: SftpServer) -> None:
    place.outbox(sftp_section(server, place.theirs).replace(server.pin, "SHA256:" + "B" * 43))
    with pytest.raises(ConfigError, match=server.pin.replace("+", r"\+")) as told:
        run_project(place.project)
    assert "B" * 43 in str(told.value)
    assert place.there() == {}


def test_what_is_sealed_by_pgp_is_sealed_once_and_opened_by_the_vendor_alone(place: Place, keys: Keys, cut: Any) -> None:
    place.outbox(
        f'[[outbox]]\nname = "vendor"\nplace = "{place.theirs}"\n[outbox.pgp]\nkeys = "{keys.vendor.public}"\n'
        f'recipients = ["{keys.vendor.fingerprint}"]\nsigner = "{keys.ours.fingerprint}"\nsigner_key = "${{file:{keys.ours.secret}}}"\n'
    )
    cut("sent")
    with pytest.raises(Cut):
        place.deliver()
    first = place.there()[f"{NAME}.pgp"]
    (receipt,) = place.deliver()
    assert place.there()[f"{NAME}.pgp"] == first
    assert keys.opened(place.theirs / f"{NAME}.pgp") == place.content
    assert (receipt["sealed"], receipt["sha256"]) == ("pgp", hashlib.sha256(first).hexdigest())
    assert not list((place.project / ".skiptrace" / "sealed").iterdir())


def test_what_is_sealed_by_age_is_opened_by_the_recipient(place: Place) -> None:
    pyrage = pytest.importorskip("pyrage")
    identity = pyrage.x25519.Identity.generate()
    place.outbox(f'[[outbox]]\nname = "vendor"\nplace = "{place.theirs}"\n[outbox.age]\nrecipients = ["{identity.to_public()}"]\n')
    place.deliver()
    assert pyrage.decrypt(place.there()[f"{NAME}.age"], [identity]) == place.content
