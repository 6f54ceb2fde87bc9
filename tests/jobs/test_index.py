from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from jobs import index as step
from jobs.setup import Setup
from jobs.tape import intake_receipts
from skiptrace.linkage import index
from tests.jobs.projects import Finished, files_below


@pytest.fixture
def setup(finished: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Setup:
    """The plan of the finished run, with the deliveries where they are and no index yet."""
    (tmp_path / "deliveries").symlink_to(finished.setup.private / "deliveries")
    planned = replace(finished.setup, private=tmp_path)
    monkeypatch.setattr(step, "read_plan", lambda work: planned)
    return planned


def test_the_index_holds_the_people_of_every_record_source(finished: Finished) -> None:
    told = finished.outcome.ledger["linkage"]["index"]
    receipts = [r for source in finished.setup.record_sources for r in intake_receipts(finished.setup, source)]
    assert told["people"] == sum(receipt["identities"]["rows"] for receipt in receipts)
    assert told["sources"] == list(finished.setup.record_sources)
    assert told["folder"] == finished.setup.index_key


def test_an_index_is_built_once_and_the_same_again(finished: Finished, setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    first = step.build("")
    assert first == finished.outcome.ledger["linkage"]["index"]
    assert files_below(setup.index()) == files_below(finished.setup.index())
    monkeypatch.setattr(index, "build", lambda *_: pytest.fail("the index was there"))
    assert step.build("") == first


def test_a_damaged_index_is_built_anew(setup: Setup) -> None:
    step.build("")
    whole = files_below(setup.index())
    for path in setup.index().iterdir():
        path.unlink()
    step.build("")
    assert files_below(setup.index()) == whole


def test_an_index_with_a_flipped_bit_is_built_anew(setup: Setup) -> None:
    step.build("")
    whole = files_below(setup.index())
    path = setup.index() / "keys.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    step.build("")
    assert files_below(setup.index()) == whole


def test_an_index_that_fails_leaves_nothing_behind(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(identities: object, sightings: object, rules: object, folder: Path, made_from: object) -> None:
        (folder / "half").write_text("half")
        raise ValueError("no")

    monkeypatch.setattr(index, "build", fail)
    with pytest.raises(ValueError, match="no"):
        step.build("")
    assert list((setup.private / "index").iterdir()) == []
