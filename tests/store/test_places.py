"""Places: what a text means, and what is done the same on a disk and on an object store."""

from __future__ import annotations

from pathlib import Path

import pytest

from skiptrace.errors import ConfigError
from skiptrace.store.objects import ObjectPath
from skiptrace.store.places import Place, entries, place_of, remove_tree, scratch_in, size_of


def test_a_text_means_a_place() -> None:
    assert place_of("s3://bucket/a/b/") == ObjectPath("s3://bucket/a/b")
    assert place_of("/a/b") == Path("/a/b") == place_of("file:///a/b") == place_of("local:///a/b")
    assert place_of(Path("x")) == Path("x")


@pytest.mark.parametrize("text", ["s3://", "s3:///a", "s3://key:secret@bucket/a", "s3://bucket/../other", "sftp://us@example.com/a"])
def test_a_url_that_cannot_be_a_place_is_refused(text: str) -> None:
    with pytest.raises(ConfigError) as refused:
        place_of(text)
    assert "secret" not in str(refused.value)


def test_entries_sizes_and_removal(folder: Place) -> None:
    place = folder / "x"
    assert entries(place) == []
    assert size_of(place / "one") is None
    if isinstance(place, Path):
        place.mkdir()
        (place / "one").write_bytes(b"123")
    else:
        (place / "one").replace(b"123")
    assert [entry.name for entry in entries(place)] == ["one"]
    assert size_of(place / "one") == 3
    remove_tree(place)
    assert entries(place) == []
    remove_tree(place)  # gone is gone


def test_a_link_is_removed_and_never_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_bytes(b"theirs")
    (tmp_path / "planted").symlink_to(outside)
    remove_tree(tmp_path / "planted")
    assert (outside / "file").read_bytes() == b"theirs"
    assert not (tmp_path / "planted").is_symlink()


def test_scratch_is_private_on_this_machine_and_goes(folder: Place) -> None:
    with scratch_in(folder) as scratch:
        assert scratch.stat().st_mode & 0o777 == 0o700
        (scratch / "file").write_bytes(b"x")
        assert isinstance(folder, ObjectPath) or scratch.parent == folder
    assert not scratch.exists()
