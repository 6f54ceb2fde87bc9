"""Records that are handed out are those that each partition would read itself, and each file is read once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from jobs import handing
from jobs.linked import likely
from jobs.runner import Receipt, Task, done, perform
from jobs.setup import Setup
from skiptrace.contacts import evidence, rules
from skiptrace.store.tables import read_table
from tests.jobs.projects import PARTS, Finished
from tests.jobs.work import bare


def links_of(finished: Finished) -> list[dict[str, Any]]:
    receipts = [done(finished.setup.receipt("link", number)) for number in range(PARTS)]
    return [receipt["considered"] for receipt in receipts if receipt is not None]


@pytest.mark.parametrize("rows", [1, 1 << 20])
def test_what_is_handed_is_what_a_partition_would_read(
    rows: int, finished: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(handing, "BUNDLE_ROWS", rows)
    links, least = links_of(finished), rules.load().unsure_from
    opened = Counter[str]()

    def counted(ref: dict[str, Any], *columns: Any) -> Any:
        opened[ref["path"]] += 1
        return read_table(ref, *columns)

    def run_anew(name: str, tasks: list[Task]) -> list[Receipt]:
        return [perform(task.function, str(tmp_path / task.receipt.name), task.arguments) for task in tasks]

    monkeypatch.setattr(handing, "read_table", counted)
    given = handing.handed(finished.setup, run_anew, links)
    assert set(opened.values()) == {1}
    assert len(opened) == sum(len(finished.setup.partitions[source]) for source in finished.setup.record_sources) * len(handing.KINDS)
    for number, ref in enumerate(links):
        pairs = likely(ref)
        for kind, mine in (("identities", evidence.accepted(pairs)), ("sightings", evidence.heard(pairs, least))):
            wanted = handing.linked_records(finished.setup, pairs.filter(mine), kind)
            assert len(wanted)
            assert handing.records(finished.setup, pairs.filter(mine), kind, given[number]["given"]).equals(wanted)
            assert handing.records(finished.setup, pairs.filter(mine), kind, None).equals(wanted)


def test_records_are_those_of_the_links(finished: Finished) -> None:
    links = likely(links_of(finished)[0])
    accepted = links.filter(evidence.accepted(links))
    records = handing.linked_records(finished.setup, accepted, "identities")
    found = set(zip(records["source"].to_pylist(), records["identity"].to_pylist(), strict=True))
    assert found == set(zip(accepted["source"].to_pylist(), accepted["identity"].to_pylist(), strict=True))
    assert 0 < len(found) < len(links)
    nobody = handing.linked_records(finished.setup, links.slice(0, 0), "sightings")
    assert nobody.schema.equals(handing.KINDS["sightings"].arrow)
    assert nobody.num_rows == 0


def test_a_file_without_records_of_the_links_is_not_opened(finished: Finished, monkeypatch: pytest.MonkeyPatch) -> None:
    links = likely(links_of(finished)[0])
    source = links["source"][0].as_py()
    one = links.filter(pc.equal(links["source"], source)).slice(0, 1)
    opened: list[str] = []

    def counted(ref: dict[str, Any], *columns: Any) -> Any:
        opened.append(ref["path"])
        return read_table(ref, *columns)

    monkeypatch.setattr(handing, "read_table", counted)
    assert handing.linked_records(finished.setup, one, "identities")["identity"].to_pylist() == one["identity"].to_pylist()
    assert len(opened) == 1


def test_bundles_hold_every_file_once_and_no_more_rows_than_they_may(finished: Finished, monkeypatch: pytest.MonkeyPatch) -> None:
    setup = finished.setup
    every = [(source, part.number) for source in setup.record_sources for part in setup.partitions[source]]
    for most in (1, 300, 1 << 20):
        monkeypatch.setattr(handing, "BUNDLE_ROWS", most)
        found = handing.bundles(setup)
        assert [(bundle.source, part) for bundle in found for part in bundle.parts] == every
        assert all(len(bundle.parts) == 1 or _rows(setup, bundle) <= most for bundle in found)


def _rows(setup: Setup, bundle: handing.Bundle) -> int:
    return sum(setup.partitions[bundle.source][part].rows for part in bundle.parts)


def test_one_partition_reads_the_files_itself(finished: Finished) -> None:
    def nobody(name: str, tasks: list[Task]) -> list[Receipt]:
        raise AssertionError(name)

    assert handing.handed(finished.setup, nobody, links_of(finished)[:1]) == [{}]
    assert handing.handed(finished.setup, nobody, []) == []


def test_a_task_that_is_run_again_writes_the_same_files(finished: Finished) -> None:
    asks = [done(finished.setup.receipt("sought", number)) or {} for number in range(PARTS)]
    for number, ref in enumerate(links_of(finished)):
        assert handing.ask(str(finished.setup.work), number, ref) == bare(asks[number])
    sought = [one["sought"] for one in asks]
    for number in range(len(handing.bundles(finished.setup))):
        told = done(finished.setup.receipt("handed", number))
        assert told is not None
        assert handing.hand(str(finished.setup.work), number, sought) == bare(told)


def test_of_a_file_of_which_nobody_asks_for_a_row_nothing_is_handed_out() -> None:
    table = pa.table({"identity": pa.array([4, 5, 5, 9], pa.int64()), "row": [0, 1, 2, 3]})

    def shared(identity: list[int], asker: list[int]) -> list[tuple[int, list[int]]]:
        rows = handing._shared_out(table, np.array(identity, np.int64), np.array(asker, np.int64))
        return [(who, mine["row"].to_pylist()) for who, mine in rows]

    assert shared([], []) == []
    assert shared([7], [0]) == []
    assert shared([5, 9, 5], [1, 0, 0]) == [(0, [1, 2, 3]), (1, [1, 2])]
