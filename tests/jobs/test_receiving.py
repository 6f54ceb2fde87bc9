from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from jobs import receiving
from jobs.locking import locked
from jobs.receiving import Received
from skiptrace.errors import DataRefused, SafeToRerun, StoreUnavailable
from skiptrace.exchange.control import control_bytes
from skiptrace.store.objects import ObjectPath
from skiptrace.store.permissions import private_folder
from tests.exchange_processes import started
from tests.jobs.projects import change, copy_of, run_project
from tests.jobs.test_partners import sftp_section
from tests.pgp_keys import Keys
from tests.project.test_form import HEAD
from tests.sftp_server import SftpServer

CANARY = b"CANARY-4411-JOCASTA,2535551234\n"
CONTENT = b"name,phone\n" + CANARY * 5_000


class Cut(BaseException):
    """The process ends here."""


class Inbox:
    """A project with one inbox, and the folder of a vendor."""

    def __init__(self, folder: Path) -> None:
        self.project, self.theirs = folder / "project", folder / "theirs"
        self.project.mkdir()
        self.theirs.mkdir()
        self.says()

    def says(self, more: str = "", place: str = "", section: str = "") -> None:
        section = section or f'[[inbox]]\nname = "vendor"\nplace = "{place or self.theirs}"\n'
        (self.project / "skiptrace.toml").write_text(HEAD + section + more)

    def put(self, name: str, content: bytes = CONTENT, control: bytes | None = None) -> None:
        (self.theirs / name).write_bytes(content)
        said = control_bytes(name, 5_000, len(content), hashlib.sha256(content).hexdigest()) if control is None else control
        (self.theirs / f"{name}.control.json").write_bytes(said)

    def receive(self) -> Received:
        return receiving.receive(self.project, {})

    @property
    def taken(self) -> dict[str, bytes]:
        folder = self.project / "inbox" / "vendor"
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())} if folder.is_dir() else {}

    def nothing_left(self) -> None:
        """No trace of a plaintext in the project, nor in the temporary folder of this machine."""
        for place in (self.project, Path(tempfile.gettempdir())):
            for path in place.rglob("*"):
                if path.is_file() and not path.is_symlink():
                    assert CANARY[:10] not in path.read_bytes(), path
        assert not (self.project / ".skiptrace" / "receiving").exists()


@pytest.fixture
def inbox(tmp_path: Path, short_temporary: Path) -> Inbox:
    return Inbox(tmp_path)


def pgp_section(inbox: Inbox, keys: Keys) -> str:
    return (
        f'[[inbox]]\nname = "vendor"\nplace = "{inbox.theirs}"\n[inbox.pgp]\nkeys = "{keys.both}"\n'
        f'signers = ["{keys.vendor.fingerprint}"]\nkey = "${{file:{keys.ours.secret}}}"\n'
    )


def test_a_file_with_its_control_file_is_taken_once(inbox: Inbox) -> None:
    inbox.put("results.csv")
    (receipt,) = inbox.receive().taken
    assert inbox.taken == {"results.csv": CONTENT}
    assert (receipt["inbox"], receipt["delivered"], receipt["file"], receipt["rows"]) == ("vendor", "results.csv", "results.csv", 5_000)
    assert (inbox.project / "inbox" / "vendor" / "results.csv").stat().st_mode & 0o777 == 0o600
    (inbox.project / "inbox" / "vendor" / "results.csv").unlink()  # somebody cleared up
    assert inbox.receive() == Received()
    assert inbox.taken == {}


def test_a_project_without_inboxes_is_left_alone(inbox: Inbox) -> None:
    (inbox.project / "skiptrace.toml").write_text(HEAD)
    assert inbox.receive() == Received()
    assert [path.name for path in inbox.project.iterdir()] == ["skiptrace.toml"]


def test_a_checksum_as_sha256sum_writes_it_will_do(inbox: Inbox) -> None:
    (inbox.theirs / "a.csv").write_bytes(CONTENT)
    (inbox.theirs / "a.csv.sha256").write_text(f"{hashlib.sha256(CONTENT).hexdigest()}  a.csv\n")
    inbox.receive()
    assert inbox.taken == {"a.csv": CONTENT}


def test_a_control_file_without_data_and_data_without_one_are_named(inbox: Inbox) -> None:
    inbox.put("gone.csv")
    (inbox.theirs / "gone.csv").unlink()
    (inbox.theirs / "lonely.csv").write_bytes(CONTENT)
    inbox.put("good.csv")
    received = inbox.receive()
    assert [text.split(":")[1].strip() for text in received.warnings] == ["gone.csv.control.json", "lonely.csv"]
    assert list(inbox.taken) == ["good.csv"]


def test_other_content_under_a_name_is_kept_beside_or_takes_its_place(inbox: Inbox) -> None:
    inbox.put("a.csv", b"one\n")
    inbox.receive()
    inbox.put("a.csv", b"two\n")
    inbox.receive()
    assert list(inbox.taken.values()) == [b"two\n", b"one\n"] or list(inbox.taken.values()) == [b"one\n", b"two\n"]
    assert len(inbox.taken) == 2
    inbox.says("replace = true\n")
    for content in (b"three\n", b"two\n", b"three\n"):
        inbox.put("a.csv", content)
        inbox.receive()
        assert inbox.taken["a.csv"] == content


@pytest.mark.parametrize("policy", ["refuse", "warn"])
def test_a_file_that_its_control_file_does_not_fit_is_refused_and_the_others_are_taken(inbox: Inbox, policy: str) -> None:
    inbox.says(f'unverified = "{policy}"\n')
    inbox.put("changed.csv")
    (inbox.theirs / "changed.csv").write_bytes(CONTENT[:-2] + b"9\n")
    inbox.put("cut.csv")
    (inbox.theirs / "cut.csv").write_bytes(CONTENT[:-40])
    inbox.put("renamed.csv", control=control_bytes("other.csv", 1, len(CONTENT), hashlib.sha256(CONTENT).hexdigest()))
    inbox.put("good.csv", b"fine\n")
    if policy == "warn":
        told = " ".join(inbox.receive().warnings)
    else:
        with pytest.raises(DataRefused) as refused:
            inbox.receive()
        assert refused.value.exit_code == 3
        told = str(refused.value)
    assert all(name in told for name in ("changed.csv", "cut.csv", "renamed.csv"))
    assert inbox.taken == {"good.csv": b"fine\n"}
    inbox.nothing_left()


def test_a_name_that_leads_upward_is_never_written(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox.put("a.csv")
    for name in ("../escaped.csv", "x/../../escaped.csv", "a\r\n.csv"):
        def lies(box: object, name: str = name) -> dict[str, int]:
            return {name: len(CONTENT), f"{name}.control.json": 100}

        monkeypatch.setattr("skiptrace.exchange.store.PlaceBox.sizes", lies)
        received = inbox.receive()
        assert received.taken == ()
        assert all("not safe" in text and text.isprintable() for text in received.warnings)
        assert received.warnings
    assert not list(inbox.project.parent.rglob("*escaped*"))


def test_what_pgp_verified_is_taken_under_its_plain_name(inbox: Inbox, keys: Keys) -> None:
    inbox.says(section=pgp_section(inbox, keys))
    inbox.put("a.csv.pgp", keys.message(CONTENT, inbox.theirs / "m", keys.ours, keys.vendor).read_bytes())
    (inbox.theirs / "m").unlink()
    (receipt,) = inbox.receive().taken
    assert inbox.taken == {"a.csv": CONTENT}
    assert keys.vendor.fingerprint in receipt["known"]


def test_nothing_of_an_unverified_message_is_left_anywhere(inbox: Inbox, keys: Keys) -> None:
    inbox.says(section=pgp_section(inbox, keys))
    made = inbox.theirs / "m"
    plain = os.urandom(50_000) + CONTENT
    good = bytearray(keys.message(plain, made, keys.ours, keys.vendor, "--compress-algo", "none").read_bytes())
    tampered, cut = bytearray(good), good[:-5_000]
    tampered[-30_000] ^= 4
    wrong = {
        "tampered.pgp": bytes(tampered), "cut.pgp": bytes(cut),
        "stranger.pgp": keys.message(plain, made, keys.ours, keys.stranger).read_bytes(),
        "unsigned.pgp": keys.message(plain, made, keys.ours, None).read_bytes(),
    }  # fmt: skip
    made.unlink()
    for name, content in wrong.items():
        inbox.put(name, content)
    with pytest.raises(DataRefused) as refused:
        inbox.receive()
    assert sorted(problem.file for problem in refused.value.problems) == sorted(wrong)
    assert inbox.taken == {}
    inbox.nothing_left()


def test_nothing_of_an_unverified_age_file_is_left_anywhere(inbox: Inbox) -> None:
    pyrage = pytest.importorskip("pyrage")
    identity = pyrage.x25519.Identity.generate()
    (inbox.project / "age.key").write_text(f"{identity}\n")
    inbox.says('[inbox.age]\nidentity = "${file:age.key}"\n')
    good = pyrage.encrypt(CONTENT, [identity.to_public()])
    inbox.put("tampered.csv.age", good[:-9] + bytes([good[-9] ^ 1]) + good[-8:])
    inbox.put("cut.csv.age", good[:100_000])
    inbox.put("plain.csv")
    with pytest.raises(DataRefused) as refused:
        inbox.receive()
    assert len(refused.value.problems) == 3
    assert inbox.taken == {}
    inbox.nothing_left()
    for path in inbox.theirs.iterdir():
        path.unlink()
    inbox.put("good.csv.age", good)
    (receipt,) = inbox.receive().taken
    assert "who sent it is not proved" in receipt["known"]
    assert inbox.taken == {"good.csv": CONTENT}


@pytest.mark.parametrize("point", ["fetched", "verified", "linked", "taken"])
def test_an_attempt_that_died_anywhere_leaves_nothing_unverified_and_the_next_takes_the_file(
    inbox: Inbox, server: SftpServer, point: str
) -> None:
    inbox.says(section=sftp_section(server, inbox.theirs, "inbox"))
    inbox.put("a.csv")

    dying = started("receive", inbox.project, point)
    dying.join()
    assert dying.exitcode == 9
    assert inbox.taken.get("a.csv") in (None, CONTENT)  # under a temporary name there may be more, which nobody reads
    inbox.receive()
    assert inbox.taken == {"a.csv": CONTENT}
    assert not (inbox.project / ".skiptrace" / "receiving").exists()
    assert inbox.receive().taken == ()


def test_a_full_disk_is_unavailable_with_nothing_torn(small_disk: Path) -> None:
    inbox = Inbox(small_disk)
    shutil.rmtree(inbox.theirs)
    inbox.theirs = small_disk.parent / "theirs"
    inbox.theirs.mkdir()
    inbox.says()
    inbox.put("a.csv", os.urandom(2_500_000))  # once it fits, twice it does not
    with pytest.raises(StoreUnavailable, match="No space left") as full:
        inbox.receive()
    assert full.value.exit_code == 69
    assert inbox.taken == {}
    assert not (inbox.project / ".skiptrace" / "receiving").exists()


def test_a_file_is_fetched_from_an_object_store(inbox: Inbox, store: ObjectPath) -> None:
    inbox.says(place=str(store))
    (store / "a.csv").create(CONTENT)
    (store / "a.csv.control.json").create(control_bytes("a.csv", 1, len(CONTENT), hashlib.sha256(CONTENT).hexdigest()))
    inbox.receive()
    assert inbox.taken == {"a.csv": CONTENT}


def test_a_project_that_is_at_work_is_not_disturbed(inbox: Inbox) -> None:
    inbox.put("a.csv")
    with locked(private_folder(inbox.project / ".skiptrace")), pytest.raises(SafeToRerun):
        inbox.receive()
    assert inbox.taken == {}


def test_a_run_fetches_first_and_its_ledger_tells_what_was_odd(tiny_night: Path, tmp_path: Path) -> None:
    project = copy_of(tiny_night, tmp_path / "night")
    theirs = tmp_path / "vendor"
    theirs.mkdir()
    content = (project / "header.csv").read_bytes()
    (theirs / "header.csv").write_bytes(content)
    (theirs / "header.csv.control.json").write_bytes(control_bytes("header.csv", 1, len(content), hashlib.sha256(content).hexdigest()))
    (theirs / "lonely.csv").write_bytes(b"x\n")
    (project / "header.csv").unlink()
    change(project, 'path = "header.csv"', 'path = "inbox/vendor/header*.csv"')
    with (project / "skiptrace.toml").open("a") as file:
        file.write(f'\n[[inbox]]\nname = "vendor"\nplace = "{theirs}"\n')
    outcome = run_project(project)
    assert (project / "inbox" / "vendor" / "header.csv").read_bytes() == content
    assert [text for text in outcome.ledger["warnings"] if text.startswith("inbox vendor: lonely.csv")]
