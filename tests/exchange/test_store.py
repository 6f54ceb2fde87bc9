from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from skiptrace.errors import ConfigError, DataRefused, StoreUnavailable
from skiptrace.exchange.store import PlaceBox
from skiptrace.store import points
from skiptrace.store.objects import ObjectPath
from skiptrace.store.places import Entry, Place

CONTENT = b"row\n" * 1000
SHA = hashlib.sha256(CONTENT).hexdigest()


def there_and_back(place: Place, tmp_path: Path) -> None:
    ours = tmp_path / "ours.csv"
    ours.write_bytes(CONTENT)
    box = PlaceBox(place)
    for old in (None, b"old"):
        if old is not None:
            (tmp_path / "old").write_bytes(old)
            box.send(tmp_path / "old", "out.csv", hashlib.sha256(old).hexdigest())
        box.send(ours, "out.csv", SHA)
        assert (box.sizes(), box.size("out.csv"), box.size("none"), box.digest("out.csv")) == ({"out.csv": 4000}, 4000, None, SHA)
    box.fetch("out.csv", tmp_path / "back", 4000)
    assert (tmp_path / "back").read_bytes() == CONTENT
    with pytest.raises(DataRefused, match=r"limits\.file_bytes"):
        box.fetch("out.csv", tmp_path / "more", 3999)
    with pytest.raises(DataRefused, match="went away"):
        box.fetch("none", tmp_path / "more", 3999)
    assert not (tmp_path / "more").exists()
    box.remove("out.csv")
    box.remove("out.csv")
    assert box.sizes() == {}


def test_a_file_goes_to_a_folder_and_back(tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    there_and_back(folder, tmp_path)
    assert list(folder.iterdir()) == []


def test_a_file_goes_to_an_object_store_and_back(store: ObjectPath, tmp_path: Path) -> None:
    there_and_back(store / "theirs", tmp_path)


def test_a_name_on_a_store_that_leads_upward_is_shown_and_deeper_ones_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    lies = [Entry(name, 1, 0.0) for name in ("a.csv", "deeper/b.csv", "x/../../c.csv", "../d.csv")]  # a good store refuses such names
    monkeypatch.setattr("skiptrace.exchange.store.walk", lambda place: lies)
    assert set(PlaceBox(ObjectPath("s3://theirs/out")).sizes()) == {"a.csv", "x/../../c.csv", "../d.csv"}


def test_links_and_folders_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "theirs" / "deeper").mkdir(parents=True)
    (tmp_path / "secret").write_bytes(b"secret")
    os.symlink(tmp_path / "secret", tmp_path / "theirs" / "link.csv")
    box = PlaceBox(tmp_path / "theirs")
    assert box.sizes() == {}
    with pytest.raises(DataRefused):
        box.fetch("link.csv", tmp_path / "back", 100)
    assert not (tmp_path / "back").exists()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is not there") as told:
        PlaceBox(tmp_path / "none")
    assert told.value.exit_code == 2


def test_a_full_folder_is_unavailable_with_nothing_torn(small_disk: Path, tmp_path: Path) -> None:
    ours = tmp_path / "ours.csv"
    ours.write_bytes(bytes(5_000_000))
    with pytest.raises(StoreUnavailable, match="No space left") as full:
        PlaceBox(small_disk).send(ours, "out.csv", "0" * 64)
    assert full.value.exit_code == 69
    assert list(small_disk.iterdir()) == []


def test_at_no_point_a_partial_file_has_the_final_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Cut(BaseException):
        pass

    def passed(point: str) -> None:
        assert point == "part-written"
        assert not (tmp_path / "theirs" / "out.csv").exists()
        raise Cut

    (tmp_path / "theirs").mkdir()
    ours = tmp_path / "ours.csv"
    ours.write_bytes(CONTENT)
    monkeypatch.setattr(points, "passed", passed)
    with pytest.raises(Cut):
        PlaceBox(tmp_path / "theirs").send(ours, "out.csv", SHA)
    assert list((tmp_path / "theirs").iterdir()) == []
