from __future__ import annotations

from pathlib import Path

import pytest

from jobs import outcomes, register, unremembered
from jobs.unremembered import Numbers
from skiptrace.store.commit import encode_json, put_bytes
from tests.jobs.projects import copy_of, files_below
from tests.jobs.test_rewritten import people


@pytest.fixture
def private(tiny_night: Path, tmp_path: Path) -> Path:
    return copy_of(tiny_night / ".skiptrace", tmp_path / "private")


def tops(private: Path) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in {"/".join(name.split("/")[:2]) for name in files_below(private) if "/" in name}:
        found[name.split("/")[0]] = found.get(name.split("/")[0], 0) + 1
    return found


def test_only_what_holds_somebody_is_dropped_and_nothing_is_found_twice(private: Path) -> None:
    before = tops(private)
    went = unremembered.sweep(private, people("A002"))  # in the calls, and no record was linked in this tombstone
    after = tops(private)
    assert went == {"deliveries": 1, "night": 2, "outcomes": 1, "register": 1}
    assert after["deliveries"] == before["deliveries"] - 1
    assert after["index"] == before["index"]  # no record of the person is in it
    assert "night" not in after
    again = files_below(private)
    assert unremembered.sweep(private, people("A002")) == {}
    assert files_below(private) == again


def test_the_ledgers_keep_what_is_said_of_others(private: Path) -> None:
    unremembered.sweep(private, people("A002"))
    assert set(register.log(private, "accounts")["account_id"].to_pylist()) == {f"A{n:03d}" for n in range(12)} - {"A002"}
    _, state = outcomes.state(private)
    assert state["now"]["rows"] == state["attempts"]["rows"] == 1
    left = {place.name for place in (private / "outcomes").iterdir()}
    assert left == {"state-000002.json", state["now"]["path"], state["attempts"]["path"]}


def test_a_layer_goes_with_any_reading_of_its_records_and_persons_with_any_layer(private: Path) -> None:
    def holds(place: Path) -> tuple[bool, Numbers]:
        return True, {}

    dry = unremembered.drop(private, holds, dry=True)  # type: ignore[arg-type]
    before = tops(private)
    assert unremembered.drop(private, holds) == dry == {"entities": 1, "shards": 0, "index": 1, "deliveries": 2}  # type: ignore[arg-type]
    assert before["index"] == 1
    assert not {"index", "entities", "deliveries", "readings"} & set(tops(private))


def test_a_reading_that_cannot_be_read_is_dropped(private: Path) -> None:
    for place in (private / "deliveries").iterdir():
        for table in (place / "identities").iterdir():
            table.write_bytes(b"torn")
    assert unremembered.sweep(private, people("nobody"))["deliveries"] == 2


def test_half_a_layer_is_dropped(private: Path) -> None:
    (layer,) = (private / "index").iterdir()
    (layer / "manifest.json").unlink()
    assert unremembered.sweep(private, people("nobody"))["index"] == 1


def test_notes_about_the_account_go_whoever_made_them(private: Path) -> None:
    for name, account in (("note-a.json", "A002"), ("note-b.json", "A003")):
        (private / "alerts").mkdir(exist_ok=True, mode=0o700)
        put_bytes(private / "alerts" / name, encode_json({"account_id": account}))
    assert unremembered.sweep(private, people("A002"))["notes"] == 1
    assert [place.name for place in (private / "alerts").iterdir()] == ["note-b.json"]


def test_a_project_that_was_never_run_has_nothing_to_drop(tmp_path: Path) -> None:
    assert unremembered.sweep(tmp_path, people("A002")) == {}
