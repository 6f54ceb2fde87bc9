"""Copies of objects on this machine: verified, private, bounded."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from skiptrace.errors import ConfigError, DataRefused
from skiptrace.store import cache
from skiptrace.store.objects import ObjectPath


def put(store: ObjectPath, name: str, content: bytes) -> tuple[ObjectPath, str, int]:
    (store / name).replace(content)
    return store / name, hashlib.sha256(content).hexdigest(), len(content)


def test_a_copy_is_fetched_once_and_is_private(store: ObjectPath) -> None:
    place, sha256, size = put(store, "a", b"content")
    copy = cache.fetched(place, sha256, size)
    assert copy.read_bytes() == b"content"
    assert (copy.stat().st_mode & 0o777, cache.root().stat().st_mode & 0o777) == (0o600, 0o700)
    place.unlink()
    assert cache.fetched(place, sha256, size) == copy
    copy.write_bytes(b"torn")
    with pytest.raises(FileNotFoundError):  # a copy of another length is none, and the object is gone
        cache.fetched(place, sha256, size)


def test_an_object_that_is_not_what_was_written_is_refused(store: ObjectPath) -> None:
    place, sha256, size = put(store, "a", b"content")
    place.replace(b"CONTENT")
    with pytest.raises(DataRefused, match="is not the file that was written"):
        cache.fetched(place, sha256, size)
    assert list(cache.spool().iterdir()) == []


def test_copies_used_longest_ago_go_first_and_young_ones_stay(store: ObjectPath, monkeypatch: pytest.MonkeyPatch) -> None:
    copies = [cache.fetched(*put(store, str(n), bytes([n]) * 100)) for n in range(4)]
    for age, copy in zip((4000, 3000, 2000, 0), copies, strict=True):
        at = copy.stat().st_mtime - age
        os.utime(copy, (at, at))
    monkeypatch.setenv(cache.ROOM, "250")
    assert cache.tidy() == 200
    assert [copy.exists() for copy in copies] == [False, False, True, True]
    monkeypatch.setenv(cache.ROOM, "0")
    idle, used = (cache.fresh_folder(cache.root() / "folders") for _ in range(2))
    os.link(copies[3], idle / "one")
    os.utime(idle, (0, 0))
    cache.tidy()
    assert [copy.exists() for copy in copies] == [False, False, False, True]
    assert (idle.exists(), used.exists()) == (False, True)


def test_what_a_dead_process_left_in_the_spool_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    old, new = cache.fresh_folder(cache.spool()), cache.fresh_folder(cache.spool())
    (old / "file").write_bytes(b"left")
    at = old.stat().st_mtime - 2 * cache.STALE
    os.utime(old, (at, at))
    assert cache.tidy() == 4
    assert (old.exists(), new.exists()) == (False, True)


@pytest.mark.parametrize("text", ["many", "-1", "1e9"])
def test_a_limit_that_is_no_number_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache.ROOM, text)
    with pytest.raises(ConfigError):
        cache.limit()


def test_the_limit_is_what_is_said_or_a_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert cache.limit() == cache.LIMIT
    monkeypatch.setenv(cache.ROOM, "5")
    assert cache.limit() == 5
