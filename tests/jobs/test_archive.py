from __future__ import annotations

import io
import tarfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs import archive
from skiptrace.errors import DataRefused

CONTENT = {"a/one.bin": bytes(range(256)) * 5, "b.json": b"{}", "empty": b""}


def made(place: Path, files: dict[str, bytes]) -> Path:
    archive.write(place, {"project": "x"}, {name: (lambda content=content: content) for name, content in files.items()})  # type: ignore[misc]
    return place


def test_what_was_written_is_read_back_and_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = made(tmp_path / "one.tar", CONTENT), made(tmp_path / "two.tar", dict(reversed(CONTENT.items())))
    assert one.read_bytes() == two.read_bytes()
    with archive.opened(one) as found:
        assert found.head["project"] == "x"
        assert {name: found.read(name) for name in found.files} == CONTENT


def test_a_file_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "one.tar").write_bytes(b"mine")
    assert archive.write(tmp_path / "one.tar", {}, {"a": lambda: b"x"})[0] is False
    assert (tmp_path / "one.tar").read_bytes() == b"mine"


def test_a_file_that_changes_meanwhile_makes_no_backup(tmp_path: Path) -> None:
    answers = iter([b"first", b"second"])
    with pytest.raises(DataRefused, match="changed while"):
        archive.write(tmp_path / "one.tar", {}, {"a": lambda: next(answers)})
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=60, deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), cut=st.booleans())
def test_no_damage_goes_unnoticed(tmp_path_factory: pytest.TempPathFactory, place: float, cut: bool) -> None:
    folder = tmp_path_factory.mktemp("damage")
    good = made(folder / "good.tar", CONTENT)
    content = bytearray(good.read_bytes())
    at = int(place * len(content))
    damaged = content[:at] if cut else content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1 :]
    (folder / "bad.tar").write_bytes(bytes(damaged))
    with suppress(DataRefused), archive.opened(folder / "bad.tar") as found:
        assert {name: found.read(name) for name in found.files} == CONTENT  # only padding was hit


@pytest.mark.parametrize("name", ["../out", "/etc/out"])
def test_a_member_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    bad = made(tmp_path / "bad.tar", {name: b"x"})
    with pytest.raises(DataRefused, match="no plain file"), archive.opened(bad):
        pass


def test_a_link_is_refused(tmp_path: Path) -> None:
    bad = made(tmp_path / "bad.tar", {"a": b""})
    with tarfile.open(bad) as old:
        head = old.extractfile("backup.json")
        assert head is not None
        listed = head.read()
    with tarfile.open(bad, "w") as new:
        entry = tarfile.TarInfo("backup.json")
        entry.size = len(listed)
        new.addfile(entry, io.BytesIO(listed))
        link = tarfile.TarInfo("a")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        new.addfile(link)
    with pytest.raises(DataRefused, match="no plain file"), archive.opened(bad):
        pass


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    for number, content in enumerate((b"", b"PK\x03\x04", b"\0" * 10240)):
        (tmp_path / f"{number}.tar").write_bytes(content)
        with pytest.raises(DataRefused), archive.opened(tmp_path / f"{number}.tar"):
            pass
