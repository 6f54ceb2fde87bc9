from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from jobs import learn
from jobs.index import open_index
from jobs.runner import done
from jobs.setup import Setup
from jobs.tape import compared
from skiptrace.linkage import patterns, rules
from skiptrace.linkage.candidates import Prober
from skiptrace.linkage.records import encode_people
from skiptrace.store.tables import read_table, write_table
from tests.jobs.projects import ACCOUNTS, PARTS, Finished
from tests.jobs.work import bare

NAMES = rules.load().names


def receipts(setup: Setup, step: str, parts: int = PARTS) -> list[dict[str, Any]]:
    found = [done(setup.receipt(step, number)) for number in range(parts)]
    assert None not in found
    return [receipt for receipt in found if receipt is not None]


def counts_in(receipt: dict[str, Any]) -> dict[int, int]:
    table = read_table(receipt["patterns"])
    return dict(zip(table["pattern"].to_pylist(), table["count"].to_pylist(), strict=True))


def test_a_task_that_is_run_again_writes_the_same_files(finished: Finished) -> None:
    work = str(finished.setup.work)
    assert learn.records_partition(work, 1) == bare(receipts(finished.setup, "learn")[1])
    assert learn.reference(work) == bare(receipts(finished.setup, "learn-reference", 1)[0])


def test_patterns_of_records_count_every_candidate_pair_once(finished: Finished) -> None:
    setup, linkage = finished.setup, rules.load()
    opened = open_index(setup, linkage)
    for number, receipt in enumerate(receipts(setup, "learn")):
        identities, sightings, tape = compared(setup, number)
        skip, wanted = learn.skipped(setup, tape, identities), Counter[int]()
        for block in Prober(encode_people(identities, sightings), opened, linkage, skip).blocks():
            wanted.update(block.pattern.tolist())
        assert counts_in(receipt) == wanted
        assert len(wanted) > 10


def test_the_size_of_a_chunk_changes_no_count(finished: Finished, monkeypatch: pytest.MonkeyPatch) -> None:
    before = receipts(finished.setup, "learn")[0]
    monkeypatch.setattr(learn, "CHUNK", 7)
    assert learn.records_partition(str(finished.setup.work), 0) == bare(before)


def test_an_account_and_a_person_are_one_pattern(finished: Finished) -> None:
    """Persons have several records, so that there are fewer pairs with persons than with records."""
    found = {step: [counts_in(receipt) for receipt in receipts(finished.setup, step)] for step in ("learn", "learn-persons")}
    records, persons = (sum(sum(counts.values()) for counts in parts) for parts in found.values())
    assert 0 < persons < records


def test_counts_of_several_tasks_add_up(finished: Finished) -> None:
    parts = receipts(finished.setup, "learn")
    levels, counts = learn.counted(parts)
    wanted = Counter[int]()
    for part in parts:
        wanted.update(counts_in(part))
    codes = patterns.pack(levels)
    assert codes.tolist() == sorted(wanted)
    assert dict(zip(codes.tolist(), counts.tolist(), strict=True)) == wanted
    assert levels.shape == (len(wanted), len(NAMES))
    turned = learn.counted(parts[::-1])
    assert np.array_equal(turned[0], levels)
    assert np.array_equal(turned[1], counts)


def test_no_tasks_have_no_counts(tmp_path: Path) -> None:
    levels, counts = learn.counted([])
    assert (levels.shape, len(counts)) == ((0, len(NAMES)), 0)
    nothing = pa.table({"pattern": pa.array([], pa.int64()), "count": pa.array([], pa.int64())})
    empty = write_table(nothing, learn.PATTERNS, tmp_path, "empty")
    assert len(learn.counted([{"patterns": empty.plain()}])[1]) == 0


def test_a_large_portfolio_is_learned_from_by_a_fixed_sample(finished: Finished, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learn, "LEARN_FROM", ACCOUNTS // 4)
    every, some = [], []
    for number in range(PARTS):
        identities, sightings, tape = compared(finished.setup, number)
        sample = learn.sample_of(finished.setup, number)
        assert sample[1].equals(sightings)
        assert sample[2].equals(tape)
        assert sample[0].equals(learn.sample_of(finished.setup, number)[0])
        every += identities["record_id"].to_pylist()
        some += sample[0]["record_id"].to_pylist()
    assert set(some) < set(every)
    assert 0 < len(some) < ACCOUNTS // 2
    assert [account for account in every if account in some] == some
