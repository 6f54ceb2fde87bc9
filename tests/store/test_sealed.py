from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from skiptrace.errors import DamagedFile, KeyRefused
from skiptrace.store import sealed
from skiptrace.store.columns import read_columns, write_columns
from skiptrace.store.commit import put_private, read_json
from tests.encrypted_home import give_masters, make_home, without_identity

CANARY = b"CANARY " * 40


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    give_masters(monkeypatch)
    monkeypatch.setattr(sealed, "FRAME", 64)
    return make_home(tmp_path / "home")


@pytest.mark.parametrize("content", [b"", b"x", b"x" * 64, b"x" * 65, CANARY])
def test_what_was_sealed_opens_at_its_place(home: Path, content: bytes, tmp_path: Path) -> None:
    place = home / ".skiptrace" / "notes" / "note-1.json"
    inside = sealed.seal(place, content)
    assert b"CANARY" not in inside
    assert sealed.unseal(place, inside) == content
    file, source, back = tmp_path / "sealed", tmp_path / "source", tmp_path / "back"
    source.write_bytes(content)
    sealed.seal_file(place, source, file)
    sealed.unseal_file(place, file, back)
    assert sealed.is_sealed(file)
    assert back.read_bytes() == content


def test_a_sealed_file_opens_under_its_own_name_alone(home: Path) -> None:
    place = home / ".skiptrace" / "notes" / "note-1.json"
    inside = sealed.seal(place, CANARY)
    for other in (place.with_name("note-2.json"), home / ".skiptrace" / "alerts" / "note-1.json"):
        with pytest.raises(ValueError, match="is not what was sealed"):
            sealed.unseal(other, inside)


def test_changed_cut_or_swapped_frames_do_not_open(home: Path) -> None:
    place = home / ".skiptrace" / "notes" / "note-1.json"
    inside = sealed.seal(place, CANARY)
    head = len(inside) - len(CANARY) - 16 * 5
    frames = [inside[head + at * 80 : head + (at + 1) * 80] for at in range(5)]
    assert sealed.unseal(place, inside[:head] + b"".join(frames)) == CANARY
    swapped = inside[:head] + b"".join([frames[1], frames[0], *frames[2:]])
    worse = [inside[:head] + b"".join(frames[:4]), inside[:head], inside + frames[0], swapped]
    worse += [inside[:at] + bytes([inside[at] ^ 1]) + inside[at + 1 :] for at in range(8, len(inside), 7)]
    for one in worse:
        with pytest.raises((ValueError, KeyRefused)):
            sealed.unseal(place, one)


def test_two_sealings_of_one_content_differ(home: Path) -> None:
    place = home / ".skiptrace" / "notes" / "note-1.json"
    assert sealed.seal(place, CANARY) != sealed.seal(place, CANARY)


def test_a_project_in_clear_seals_nothing(tmp_path: Path) -> None:
    assert sealed.seal(tmp_path / "note-1.json", CANARY) == CANARY
    assert sealed.unseal(tmp_path / "note-1.json", CANARY) == CANARY


def test_a_note_is_read_by_whoever_has_the_key(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = home / ".skiptrace" / "note-1.json"
    assert put_private(place, {"value": "CANARY"})
    assert not put_private(place, {"value": "CANARY"})
    assert b"CANARY" not in place.read_bytes()
    assert read_json(place) == {"value": "CANARY"}
    without_identity(monkeypatch)
    with pytest.raises(KeyRefused):
        read_json(place)


def test_columns_that_pass_between_tasks_are_sealed(home: Path) -> None:
    table = pa.table({"name": ["CANARY"] * 100, "code": list(range(100))})
    ref = write_columns(table, home / ".skiptrace" / "work" / "shards", "people-00001").plain()
    content = Path(ref["path"]).read_bytes()
    assert b"CANARY" not in content
    assert read_columns(ref).equals(table)
    Path(ref["path"]).write_bytes(content[:-1] + b"\0")
    with pytest.raises(DamagedFile):
        read_columns(ref)
