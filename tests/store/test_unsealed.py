from __future__ import annotations

from pathlib import Path

import pytest

from skiptrace.errors import KeyRefused
from skiptrace.store import folders, memory, unsealed
from tests.encrypted_home import give_masters, make_home, without_identity

FILES = {"manifest.json": b'{"files": 2}', "term_first.arrow": b"CANARY " * 1000, "records.bin": bytes(range(256)) * 100}


def build(folder: Path) -> None:
    for name, content in FILES.items():
        (folder / name).write_bytes(content)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    give_masters(monkeypatch)
    (tmp_path / "memory").mkdir()
    monkeypatch.setenv(memory.NAME, str(tmp_path / "memory"))
    return make_home(tmp_path / "home")


@pytest.fixture
def layer(home: Path) -> Path:
    place = home / ".skiptrace" / "index" / "layer"
    folders.publish(place, build)
    return place


def read(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_folder_is_sealed_on_disk_and_in_clear_in_memory_alone(layer: Path) -> None:
    assert unsealed.is_sealed_folder(layer)
    assert all(b"CANARY" not in path.read_bytes() for path in layer.iterdir())
    assert {path.name for path in layer.iterdir()} == set(FILES)
    opened = folders.local(layer)
    assert read(opened) == FILES
    assert memory.root() in opened.parents
    assert folders.local(layer) == opened


def test_nothing_is_written_in_clear_while_it_is_built(home: Path) -> None:
    seen = list[Path]()

    def looking(folder: Path) -> None:
        build(folder)
        seen.extend(path for path in home.rglob("*") if path.is_file() and b"CANARY" in path.read_bytes())

    folders.publish(home / ".skiptrace" / "index" / "other", looking)
    assert seen == []


def test_what_was_opened_goes_with_the_run(home: Path, layer: Path) -> None:
    assert list(memory.root().rglob("term_first.arrow"))
    unsealed.closed(home)
    assert not list(memory.root().rglob("term_first.arrow"))
    assert read(folders.local(layer)) == FILES


@pytest.mark.parametrize("name", ["term_first.arrow", "records.bin"])
def test_a_damaged_folder_is_not_opened(home: Path, layer: Path, name: str) -> None:
    content = (layer / name).read_bytes()
    (layer / name).write_bytes(content[:-3] + bytes([content[-3] ^ 1]) + content[-2:])
    unsealed.closed(home)
    assert not folders.local(layer).exists()


def test_files_of_two_folders_cannot_be_exchanged(home: Path, layer: Path) -> None:
    other = home / ".skiptrace" / "index" / "other"
    folders.publish(other, build)
    (layer / "records.bin").write_bytes((other / "records.bin").read_bytes())
    assert not folders.local(layer).exists()


def test_without_the_key_it_is_told_why(home: Path, layer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unsealed.closed(home)
    without_identity(monkeypatch)
    with pytest.raises(KeyRefused, match="identity key"):
        folders.local(layer)


def test_a_project_in_clear_maps_its_files_where_they_are(tmp_path: Path) -> None:
    place = tmp_path / "clear" / "layer"
    assert folders.publish(place, build) == place
    assert folders.local(place) == place
    assert read(place) == FILES
