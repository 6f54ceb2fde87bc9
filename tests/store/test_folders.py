"""Folders of files that belong together, on a disk and on an object store."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from skiptrace.errors import DataRefused
from skiptrace.store import cache, folders
from skiptrace.store.objects import ObjectPath
from skiptrace.store.places import Place


def filled(content: bytes):  # type: ignore[no-untyped-def]
    def build(scratch: Path) -> None:
        (scratch / "one").write_bytes(content)
        (scratch / "two").write_bytes(b"same")

    return build


def test_a_folder_is_published_whole_and_read_back(folder: Place) -> None:
    place = folder / "layers" / "key"
    assert not folders.local(place).is_dir()
    made = folders.publish(place, filled(b"first"))
    assert {file.name: file.read_bytes() for file in made.iterdir()} == {"one": b"first", "two": b"same"}
    assert folders.local(place) == made
    if isinstance(place, ObjectPath):  # another machine has no copy yet
        shutil.rmtree(cache.root())
        assert (folders.local(place) / "one").read_bytes() == b"first"


def test_a_folder_of_no_use_gives_way(folder: Place) -> None:
    place = folder / "key"
    folders.publish(place, filled(b"bad"))
    made = folders.publish(place, filled(b"good"))
    assert (made / "one").read_bytes() == (folders.local(place) / "one").read_bytes() == b"good"
    if isinstance(place, Path):
        assert [path.name for path in place.parent.iterdir()] == ["key"]


def test_an_object_that_is_gone_is_told(store: ObjectPath) -> None:
    folders.publish(store / "key", filled(b"first"))
    for entry in list((store / "key").iterdir()):
        if entry.name.endswith("-one"):
            entry.unlink()
    shutil.rmtree(cache.root())
    with pytest.raises(DataRefused, match="is gone"):
        folders.local(store / "key")


def test_an_error_while_building_leaves_nothing(folder: Place) -> None:
    def build(scratch: Path) -> None:
        (scratch / "one").write_bytes(b"x")
        raise KeyError

    with pytest.raises(KeyError):
        folders.publish(folder / "key", build)
    assert [place.name for place in folder.iterdir()] == [] or isinstance(folder, Path)
    assert not folders.local(folder / "key").is_dir()


def test_files_are_replaced_with_the_one_that_names_them_last(folder: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with folders.replaced(folder / "x", last="list") as written:
        for name in ("list", "a-001", "a-002"):
            (written / name).write_bytes(b"first")
    order: list[str] = []
    before = ObjectPath.replace

    def noted(self: ObjectPath, content: bytes | Path) -> None:
        order.append(self.name)
        before(self, content)

    monkeypatch.setattr(ObjectPath, "replace", noted)
    with folders.replaced(folder / "x", last="list") as written:
        for old in written.iterdir():
            old.unlink()
        for name in ("list", "a-001"):
            (written / name).write_bytes(b"second")
    assert {place.name: place.read_bytes() for place in (folder / "x").iterdir()} == {"list": b"second", "a-001": b"second"}
    assert isinstance(folder, Path) or order == ["a-001", "list"]
