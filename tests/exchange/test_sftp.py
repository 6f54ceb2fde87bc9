from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from skiptrace.errors import ConfigError, DataRefused, SafeToRerun, StoreUnavailable
from skiptrace.exchange import sftp
from skiptrace.exchange.sftp import SftpBox
from skiptrace.store import points
from tests.exchange.test_hosts import host
from tests.sftp_server import SftpServer

CONTENT = bytes(range(256)) * 2_000
SHA = hashlib.sha256(CONTENT).hexdigest()
PART = f".out.csv.{SHA[:16]}.part"


class Cut(BaseException):
    """The process ends here."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "theirs"
    made.mkdir()
    return made


@pytest.fixture
def box(server: SftpServer, folder: Path) -> Iterator[SftpBox]:
    with sftp.opened(host(server, folder)) as found:
        yield found


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    file = tmp_path / "out.csv"
    file.write_bytes(CONTENT)
    return file


def test_a_file_goes_there_and_back_whole(box: SftpBox, folder: Path, ours: Path, tmp_path: Path) -> None:
    box.send(ours, "out.csv", SHA)
    assert (folder / "out.csv").read_bytes() == CONTENT
    assert box.sizes() == {"out.csv": len(CONTENT)}
    assert (box.size("out.csv"), box.size("none")) == (len(CONTENT), None)
    assert box.digest("out.csv") == SHA
    box.fetch("out.csv", tmp_path / "back", len(CONTENT))
    assert (tmp_path / "back").read_bytes() == CONTENT
    assert stat.S_IMODE((tmp_path / "back").stat().st_mode) == 0o600
    box.remove("out.csv")
    box.remove("out.csv")
    assert list(folder.iterdir()) == []


def test_an_earlier_file_is_replaced_in_one_step(box: SftpBox, folder: Path, ours: Path) -> None:
    (folder / "out.csv").write_bytes(b"old")
    box.send(ours, "out.csv", SHA)
    assert (folder / "out.csv").read_bytes() == CONTENT


def test_a_part_is_gone_on_with_where_it_is_the_same_and_begun_anew_where_not(box: SftpBox, folder: Path, ours: Path) -> None:
    for there in (CONTENT[:100_000], b"x" * 100_000, CONTENT, CONTENT + b"longer"):
        (folder / PART).write_bytes(there)
        same = os.stat(folder / PART).st_ino
        box.send(ours, "out.csv", SHA)
        assert (folder / "out.csv").read_bytes() == CONTENT
        assert os.stat(folder / "out.csv").st_ino == same
    assert [path.name for path in folder.iterdir()] == ["out.csv"]


def test_only_the_missing_bytes_of_a_part_are_sent(
    box: SftpBox, folder: Path, ours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    paramiko = pytest.importorskip("paramiko")
    write = paramiko.SFTPFile.write
    monkeypatch.setattr(paramiko.SFTPFile, "write", lambda own, data: (sent.append(len(data)), write(own, data)))
    (folder / PART).write_bytes(CONTENT[:400_000])
    box.send(ours, "out.csv", SHA)
    assert sum(sent) == len(CONTENT) - 400_000
    assert box.digest("out.csv") == SHA


def test_at_no_point_a_partial_file_has_the_final_name(
    server: SftpServer, folder: Path, ours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["before-part", "part-written", "renamed"]
    for stop in names:
        def passed(point: str, stop: str = stop) -> None:
            if point == stop:
                raise Cut

        monkeypatch.setattr(points, "passed", passed)
        with pytest.raises(Cut), sftp.opened(host(server, folder)) as box:
            box.send(ours, "out.csv", SHA)
        seen = folder / "out.csv"
        assert seen.is_file() == (stop == "renamed")
        assert not seen.is_file() or seen.read_bytes() == CONTENT


def test_a_part_of_an_earlier_content_is_removed(box: SftpBox, folder: Path, ours: Path) -> None:
    (folder / ".out.csv.0123456789abcdef.part").write_bytes(b"half")
    (folder / ".other.csv.0123456789abcdef.part").write_bytes(b"half")
    box.send(ours, "out.csv", SHA)
    assert sorted(path.name for path in folder.iterdir()) == [".other.csv.0123456789abcdef.part", "out.csv"]


def test_a_file_that_is_too_large_or_gone_is_refused_and_nothing_is_left(box: SftpBox, folder: Path, ours: Path, tmp_path: Path) -> None:
    box.send(ours, "out.csv", SHA)
    with pytest.raises(DataRefused, match=r"limits\.file_bytes"):
        box.fetch("out.csv", tmp_path / "back", 1000)
    with pytest.raises(DataRefused, match="went away"):
        box.fetch("none.csv", tmp_path / "back", 1000)
    assert not (tmp_path / "back").exists()


def test_a_connection_that_breaks_is_safe_to_run_again(
    server: SftpServer, folder: Path, ours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sftp.opened(host(server, folder)) as box:
        def passed(point: str) -> None:
            if point == "before-part":
                box._client.get_channel().get_transport().close()

        monkeypatch.setattr(points, "passed", passed)
        with pytest.raises(SafeToRerun) as cut:
            box.send(ours, "out.csv", SHA)
    assert cut.value.exit_code == 75
    assert not (folder / "out.csv").exists()


def test_a_full_disk_at_the_vendors_is_unavailable_and_no_file_has_the_final_name(
    server: SftpServer, small_disk: Path, tmp_path: Path
) -> None:
    (tmp_path / "large").write_bytes(bytes(6_000_000))
    with pytest.raises(StoreUnavailable, match="disk may be full") as full, sftp.opened(host(server, small_disk)) as box:
        box.send(tmp_path / "large", "out.csv", SHA)
    assert full.value.exit_code == 69
    assert [path.name for path in small_disk.iterdir()] == [PART]


def test_a_folder_that_is_not_there_is_told(server: SftpServer, folder: Path) -> None:
    with pytest.raises(ConfigError, match="no folder or file"), sftp.opened(host(server, folder / "none")):
        pass
    with pytest.raises(ConfigError), sftp.opened(host(server, Path("/proc/version"))):
        pass
