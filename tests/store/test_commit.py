"""The commit protocol: the first writer wins, nothing half-written is ever seen, and files are the owner's alone."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from skiptrace.errors import DamagedJson, StoreUnavailable, UnsafePermissions
from skiptrace.store import cache, disk
from skiptrace.store.commit import (
    also_named,
    encode_json,
    flushed,
    is_temporary,
    point_to,
    put,
    put_bytes,
    put_json,
    read_json,
    replace_bytes,
    sync_folder,
    temporary_in,
    with_digest,
)
from skiptrace.store.objects import ObjectPath
from skiptrace.store.places import Place


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode(path: Path) -> int:
    return path.lstat().st_mode & 0o777


def refuse(code: int):  # type: ignore[no-untyped-def]
    """A system call that fails as a disk would."""

    def call(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    return call


def test_the_first_writer_wins_and_the_second_is_told(tmp_path: Path) -> None:
    assert put_bytes(tmp_path / "a.json", b"first") is True
    assert put_bytes(tmp_path / "a.json", b"second") is False
    assert (tmp_path / "a.json").read_bytes() == b"first"
    assert names(tmp_path) == ["a.json"]


def test_of_racing_writers_exactly_one_wins_and_all_read_the_same(tmp_path: Path) -> None:
    start, told, read = threading.Barrier(8), [], []

    def write(number: int) -> None:
        start.wait()
        told.append(put_bytes(tmp_path / "receipt", bytes([number]) * 1000))
        read.append((tmp_path / "receipt").read_bytes())

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [False] * 7 + [True]
    assert len(set(read)) == 1
    assert len(read[0]) == 1000
    assert names(tmp_path) == ["receipt"]


def test_files_are_private_whatever_the_umask(tmp_path: Path) -> None:
    os.umask(0)
    put_bytes(tmp_path / "put", b"x")
    replace_bytes(tmp_path / "replaced", b"x")
    assert [mode(tmp_path / name) for name in ("put", "replaced")] == [0o600, 0o600]


def test_the_name_may_come_from_the_content(tmp_path: Path) -> None:
    def name(path: Path) -> str:
        return f"{len(path.read_bytes())}.bin"

    path, created = put(tmp_path, lambda temporary: temporary.write_bytes(b"abc") and None, name)
    assert (path, created) == (tmp_path / "3.bin", True)
    assert put(tmp_path, lambda temporary: temporary.write_bytes(b"xyz") and None, name) == (path, False)
    assert path.read_bytes() == b"abc"


@pytest.mark.parametrize("call", ["os.fsync", "os.link"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO])
def test_a_disk_that_refuses_leaves_nothing(call: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call, refuse(code))
    with pytest.raises(StoreUnavailable) as caught:
        put_bytes(tmp_path / "a.json", b"x")
    assert caught.value.exit_code == 69
    assert os.strerror(code) in str(caught.value)
    assert ("free some space" in str(caught.value)) == (code in (errno.ENOSPC, errno.EDQUOT))
    assert names(tmp_path) == []


def test_a_full_disk_during_the_write_leaves_nothing(tmp_path: Path) -> None:
    def write(path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(StoreUnavailable, match="free some space"):
        put(tmp_path, write, lambda _: "a")
    assert names(tmp_path) == []


def test_an_error_without_a_number_is_told_plainly(tmp_path: Path) -> None:
    def write(path: Path) -> None:
        raise OSError("the writer gave up")

    with pytest.raises(StoreUnavailable, match="the disk refused"):
        put(tmp_path, write, lambda _: "a")


def test_a_bug_in_the_writer_leaves_nothing_and_is_no_disk_error(tmp_path: Path) -> None:
    def write(path: Path) -> None:
        path.write_bytes(b"half")
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        put(tmp_path, write, lambda _: "a")
    assert names(tmp_path) == []


def test_replacing_that_fails_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace_bytes(tmp_path / "report", b"old")
    replace_bytes(tmp_path / "report", b"new")
    assert (tmp_path / "report").read_bytes() == b"new"
    monkeypatch.setattr(os, "fsync", refuse(errno.ENOSPC))
    with pytest.raises(StoreUnavailable, match="free some space"):
        replace_bytes(tmp_path / "report", b"newest")
    assert (tmp_path / "report").read_bytes() == b"new"
    assert names(tmp_path) == ["report"]


def test_a_folder_that_is_gone_is_an_unavailable_store(tmp_path: Path) -> None:
    for call in (lambda: put_bytes(tmp_path / "gone" / "a", b"x"), lambda: replace_bytes(tmp_path / "gone" / "a", b"x"),
                 lambda: point_to(tmp_path / "gone" / "a", "b")):  # fmt: skip
        with pytest.raises(StoreUnavailable, match="No such file"):
            call()


def test_no_link_is_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.json").symlink_to(victim)
    assert put_bytes(folder / "a.json", b"theirs") is False
    assert victim.read_bytes() == b"mine"
    replace_bytes(folder / "a.json", b"ours")
    assert victim.read_bytes() == b"mine"
    assert not (folder / "a.json").is_symlink()

    class Guessed:
        hex = "guessed"

    monkeypatch.setattr(disk.uuid, "uuid4", Guessed)
    (folder / ".partial-guessed").symlink_to(victim)
    with pytest.raises(StoreUnavailable, match="File exists"):
        put_bytes(folder / "b.json", b"theirs")
    assert victim.read_bytes() == b"mine"


def test_a_dangling_link_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "a.json").symlink_to(tmp_path / "elsewhere")
    assert put_bytes(tmp_path / "a.json", b"x") is False
    assert not (tmp_path / "elsewhere").exists()


def test_temporary_names_are_known_and_never_meet(tmp_path: Path) -> None:
    made = [temporary_in(tmp_path) for _ in range(20)]
    assert len(set(made)) == 20
    assert all(is_temporary(path) and mode(path) == 0o600 for path in made)
    assert not is_temporary(tmp_path / "part-1.parquet")


def test_what_is_written_is_synced_before_it_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    fsync, link = os.fsync, os.link

    def synced(handle: int) -> None:
        done.append("folder" if os.path.isdir(f"/proc/self/fd/{handle}") else "file")
        fsync(handle)

    def linked(*args: object, **kwargs: object) -> None:
        done.append("name")
        link(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "link", linked)
    put_bytes(tmp_path / "a", b"x")
    at = done.index("name")
    assert set(done[:at]) == {"file"}
    assert done[at + 1 :] == ["folder"]
    done.clear()
    sync_folder(tmp_path)
    assert done == ["folder"]


def test_a_link_is_pointed_and_repointed_in_one_step(tmp_path: Path) -> None:
    for run in ("one", "two"):
        (tmp_path / run).mkdir()
        point_to(tmp_path / "latest", run)
        assert (tmp_path / "latest").readlink() == Path(run)
    assert names(tmp_path) == ["latest", "one", "two"]


def test_a_link_that_cannot_be_made_leaves_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "latest").mkdir()
    with pytest.raises(StoreUnavailable):
        point_to(tmp_path / "latest", "one")
    assert names(tmp_path) == ["latest"]


def test_json_of_equal_content_has_equal_bytes(tmp_path: Path) -> None:
    one, two = {"b": [1, 2.5, None], "a": {"y": "é", "x": True}}, {"a": {"x": True, "y": "é"}, "b": [1, 2.5, None]}
    lines = ["{", ' "a": {', '  "x": true,', '  "y": "é"', " },", ' "b": [', "  1,", "  2.5,", "  null", " ]", "}", ""]
    assert encode_json(one) == encode_json(two) == "\n".join(lines).encode()
    assert put_json(tmp_path / "a.json", one) == one
    assert put_json(tmp_path / "a.json", {"c": 1}) == one == read_json(tmp_path / "a.json")


def test_a_second_name_is_given_to_a_file_of_ours_alone(folder: Place, tmp_path: Path) -> None:
    source, _ = put(folder, lambda path: path.write_bytes(b"ours") and None, lambda _: "a")
    assert also_named(source, folder / "b")
    assert not also_named(source, folder / "b")
    assert (folder / "b").read_bytes() == b"ours"
    put_bytes(folder / "c", b"other bytes")
    with pytest.raises(StoreUnavailable, match=r"has this name|of this name"):
        also_named(source, folder / "c")
    assert (folder / "c").read_bytes() == b"other bytes"
    with pytest.raises(StoreUnavailable):
        also_named(folder / "never", folder / "d")
    assert not (folder / "d").is_file()


def test_a_planted_link_is_refused_though_it_leads_to_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(b"ours")
    put_bytes(tmp_path / "a", b"ours")
    (tmp_path / "b").symlink_to(tmp_path / "outside")
    with pytest.raises(UnsafePermissions, match="planted"):
        also_named(tmp_path / "a", tmp_path / "b")


def test_a_file_goes_through_the_spool_and_a_full_disk_leaves_nothing(store: ObjectPath) -> None:
    def full(path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(StoreUnavailable, match="free some space and run again") as told:
        put(store, full, lambda _: "a")
    assert told.value.exit_code == 69
    assert store.below() == {}
    assert list(cache.spool().iterdir()) == []
    assert put(store, lambda path: path.write_bytes(b"whole") and None, lambda _: "a") == (store / "a", True)
    assert put(store, lambda path: path.write_bytes(b"whole") and None, lambda _: "a") == (store / "a", False)
    with pytest.raises(StoreUnavailable, match="another object of this name"):
        put(store, lambda path: path.write_bytes(b"other!") and None, lambda _: "a")
    assert list(cache.spool().iterdir()) == []


def test_a_pointer_and_what_may_be_replaced_are_small_objects_on_a_store(store: ObjectPath) -> None:
    for name in ("one", "two"):
        point_to(store / "latest", name)
        replace_bytes(store / "report", name.encode())
    assert ((store / "latest").read_text(), (store / "report").read_text()) == ("two\n", "two")
    assert put_json(store / "receipt", {"n": 1}) == put_json(store / "receipt", {"n": 2}) == {"n": 1}
    flushed(store)


def test_a_bit_of_a_file_with_its_digest_that_was_turned_over_is_met(tmp_path: Path) -> None:
    file, content = tmp_path / "a.json", {"rows": 7, "day": "2026-06-30", "parts": [{"path": "x"}]}
    good = with_digest(content)
    for bit in range(8 * len(good)):
        changed = bytearray(good)
        changed[bit // 8] ^= 1 << bit % 8
        file.write_bytes(changed)
        try:
            assert read_json(file) == content  # a blank that became another
        except DamagedJson as error:
            assert error.exit_code == 3  # noqa: PT017


def test_a_file_of_an_earlier_version_has_no_digest_and_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(encode_json({"rows": 7}))
    assert read_json(tmp_path / "a.json") == {"rows": 7}
    assert put_json(tmp_path / "b.json", {1: ("x", None)}) == {"1": ["x", None]} == read_json(tmp_path / "b.json")
