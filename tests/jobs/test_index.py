from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from jobs import index as step
from jobs.runner import done
from jobs.setup import Setup
from jobs.tape import intake_receipts
from skiptrace.errors import DataRefused, StoreUnavailable
from skiptrace.linkage import layer, rules
from skiptrace.store.tables import read_table
from tests.jobs.projects import Finished, files_below
from tests.jobs.work import bare

SOURCE = "voter"


@pytest.fixture
def setup(finished: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Setup:
    """The plan of the finished run, with the deliveries where they are and no layers yet."""
    (tmp_path / "deliveries").symlink_to(finished.setup.private / "deliveries")
    planned = replace(finished.setup, private=tmp_path)
    monkeypatch.setattr(step, "read_plan", lambda work: planned)
    return planned


@pytest.fixture
def building(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sources whose layers were built, in their order."""
    built, build = list[str](), layer.build_layer

    def noted(parts: object, source: str, *given: object) -> None:
        built.append(source)
        build(parts, source, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(layer, "build_layer", noted)
    return built


def at(setup: Setup, source: str) -> int:
    """The number of a source's only layer."""
    return [planned.source for planned in setup.layers].index(source)


def layer_files(folder: Path) -> dict[str, bytes]:
    """The files of a layer, without what says when they were last compared."""
    return {name: content for name, content in files_below(folder).items() if name != layer.VERIFIED}


def test_each_record_source_has_a_layer_of_its_people(finished: Finished) -> None:
    setup, linkage = finished.setup, rules.load()
    opened = step.open_index(setup, linkage)
    assert opened.sources == setup.record_sources
    for number, (source, one) in enumerate(zip(setup.record_sources, opened.layers, strict=True)):
        rows = sum(receipt["identities"]["rows"] for receipt in intake_receipts(setup, source))
        receipt = done(setup.receipt("index", number))
        assert receipt is not None
        assert (receipt["source"], receipt["people"], receipt["folder"]) == (source, rows, setup.layers[at(setup, source)].key)
        assert len(one) == rows > 0
        assert one.folder == setup.layer(at(setup, source))
    assert len({setup.layer(at(setup, source)) for source in setup.record_sources}) == len(setup.record_sources)


def test_the_ledger_tells_what_the_index_holds(finished: Finished) -> None:
    told, setup = finished.outcome.ledger["linkage"]["index"], finished.setup
    receipts = [r for source in setup.record_sources for r in intake_receipts(setup, source)]
    assert told["people"] == sum(receipt["identities"]["rows"] for receipt in receipts)
    assert told["sources"] == list(setup.record_sources)
    assert told["folders"] == [setup.layers[at(setup, source)].key for source in setup.record_sources]
    assert told["keys"] > told["people"]
    assert finished.outcome.ledger["hashes"]["index"] == setup.index_key


def test_a_layer_holds_the_people_in_the_order_of_their_delivery(finished: Finished) -> None:
    """Its rows are taken for those of the identities by whoever reads on."""
    opened = step.open_index(finished.setup, rules.load())
    for source, one in zip(finished.setup.record_sources, opened.layers, strict=True):
        tables = [read_table(receipt["identities"], ["identity", "record_id"]) for receipt in intake_receipts(finished.setup, source)]
        assert one.record_id.to_pylist() == [text for table in tables for text in table["record_id"].to_pylist()]
        assert one.identity.tolist() == [number for table in tables for number in table["identity"].to_pylist()]


def test_a_layer_is_built_once_and_the_same_again(finished: Finished, setup: Setup, building: list[str]) -> None:
    first = step.build("", at(setup, SOURCE))
    number = setup.record_sources.index(SOURCE)
    receipt = done(finished.setup.receipt("index", number))
    assert receipt is not None
    assert first == bare(receipt)
    assert layer_files(setup.layer(at(setup, SOURCE))) == layer_files(finished.setup.layer(at(finished.setup, SOURCE)))
    assert step.build("", at(setup, SOURCE)) == first
    assert building == [SOURCE]


def test_a_source_whose_layer_is_there_is_not_built_for_another(setup: Setup, building: list[str]) -> None:
    for source in (SOURCE, "header", SOURCE):
        assert step.build("", at(setup, source))["source"] == source
    assert building == [SOURCE, "header"]
    wanted = {setup.layers[at(setup, name)].key for name in (SOURCE, "header")}
    assert {path.name for path in (setup.private / "index").iterdir()} == wanted


def damage_gone(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def damage_bit(folder: Path) -> None:
    path = folder / "keys_entries.bin"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def damage_cut(folder: Path) -> None:
    path = folder / "records.bin"
    path.write_bytes(path.read_bytes()[:-128])


@pytest.mark.parametrize("damage", [damage_gone, damage_bit, damage_cut])
def test_a_damaged_layer_is_built_anew_and_the_others_stay(damage: object, setup: Setup, building: list[str]) -> None:
    for source in (SOURCE, "header"):
        step.build("", at(setup, source))
    whole = layer_files(setup.layer(at(setup, SOURCE)))
    damage(setup.layer(at(setup, SOURCE)))  # type: ignore[operator]
    building.clear()
    for source in (SOURCE, "header"):
        step.build("", at(setup, source))
    assert building == [SOURCE]
    assert layer_files(setup.layer(at(setup, SOURCE))) == whole


def test_a_layer_of_another_delivery_is_not_taken_for_this_one(setup: Setup, building: list[str]) -> None:
    step.build("", at(setup, "header"))
    setup.layer(at(setup, "header")).rename(setup.layer(at(setup, SOURCE)))
    told = step.build("", at(setup, SOURCE))
    assert building == ["header", SOURCE]
    opened = layer.open_layer(setup.layer(at(setup, SOURCE)), {"key": setup.layers[at(setup, SOURCE)].key}, rules.load())
    assert opened.source == told["source"] == SOURCE


def test_a_layer_that_fails_leaves_nothing_behind(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(parts: object, source: str, linkage: object, folder: Path, made_from: object) -> None:
        (folder / "half").write_text("half")
        raise ValueError("no")

    monkeypatch.setattr(layer, "build_layer", fail)
    with pytest.raises(ValueError, match="no"):
        step.build("", at(setup, SOURCE))
    assert list((setup.private / "index").iterdir()) == []


def test_an_index_that_lacks_a_layer_is_refused(setup: Setup) -> None:
    step.build("", at(setup, SOURCE))
    with pytest.raises(DataRefused, match="manifest"):
        step.open_index(setup, rules.load())


def test_a_disk_that_fills_leaves_nothing_and_the_step_goes_on_later(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    write = np.save

    def full(file: object, array: object, **given: object) -> None:
        if "prefix" in str(file):
            raise OSError(errno.ENOSPC, "No space left on device")
        write(file, array, **given)  # type: ignore[call-overload]

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(StoreUnavailable, match="free some space and run again"):
        step.build("", at(setup, SOURCE))
    assert list(setup.layer(at(setup, SOURCE)).parent.iterdir()) == []
    monkeypatch.setattr(np, "save", write)
    assert step.build("", at(setup, SOURCE))["people"] > 0
