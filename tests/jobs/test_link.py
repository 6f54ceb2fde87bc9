from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from jobs import link, models
from jobs.runner import done
from jobs.setup import Setup
from jobs.tape import borrowers
from skiptrace.linkage import rules, train
from skiptrace.schema import TAPE, links
from skiptrace.schema.working import CONSUMERS
from skiptrace.store.tables import read_table
from tests.jobs.projects import ACCOUNTS, PARTS, Finished
from tests.jobs.work import bare

NAMES = rules.load().names


def receipts(setup: Setup, step: str) -> list[dict[str, object]]:
    found = [done(setup.receipt(step, number)) for number in range(PARTS)]
    assert None not in found
    return [receipt for receipt in found if receipt is not None]


def test_a_task_that_is_run_again_writes_the_same_files(finished: Finished) -> None:
    setup = finished.setup
    assert link.compare_partition(str(setup.work), 1) == bare(receipts(setup, "compare")[1])


def test_the_size_of_a_chunk_changes_nothing(finished: Finished, monkeypatch: pytest.MonkeyPatch) -> None:
    before = receipts(finished.setup, "compare")[0]
    monkeypatch.setattr(link, "CHUNK", 7)
    after = link.compare_partition(str(finished.setup.work), 0)
    assert after == bare(before)


def test_patterns_count_every_pair_once(finished: Finished) -> None:
    compared = receipts(finished.setup, "compare")
    patterns, counts = link.pattern_counts(compared)
    tables = [read_table(receipt["pairs"]) for receipt in compared]  # type: ignore[arg-type]
    assert counts.sum() == sum(table.num_rows for table in tables) == finished.outcome.ledger["linkage"]["pairs"]
    levels = np.concatenate([np.stack([t[f"level_{name}"].to_numpy() for name in NAMES], axis=1) for t in tables])
    expected = train.count_patterns(levels)
    assert np.array_equal(patterns, expected[0])
    assert np.array_equal(counts, expected[1])


def test_links_are_of_the_partitions_accounts_and_conform(finished: Finished) -> None:
    setup = finished.setup
    for number, receipt in enumerate(receipts(setup, "decide")):
        table = read_table(receipt["links"])  # type: ignore[arg-type]
        assert table.column_names == list(links(NAMES).names)
        accounts = set(borrowers(setup, number)[0]["record_id"].to_pylist())
        assert set(table["account_id"].to_pylist()) <= accounts
        assert receipt["pairs"] == table.num_rows + receipt["unwritten"]  # type: ignore[operator]
    assert any(read_table(r["links"])["status"].to_pylist().count("linked") for r in receipts(setup, "decide"))  # type: ignore[arg-type]


def test_every_account_has_one_consumer(finished: Finished) -> None:
    model = models.model_file(finished.setup.private, finished.outcome.ledger["hashes"]["model"])
    ref = link.consumers(str(finished.setup.work), str(model))["consumers"]
    table = read_table(ref)
    assert table.schema.equals(CONSUMERS.arrow)
    assert len(set(table["account_id"].to_pylist())) == table.num_rows == ACCOUNTS


def flags(**columns: list[bool | None]) -> tuple[pa.Table, pa.Table]:
    size = len(next(iter(columns.values())))
    rows = [{"account_id": f"A{n}", "identity": n} | {k: v[n] for k, v in columns.items()} for n in range(size)]
    tape = pa.Table.from_pylist(rows, schema=TAPE.arrow)
    return tape, pa.table({"record_id": [f"A{n}" for n in reversed(range(size))]})


@pytest.mark.parametrize("flag", ["deceased", "bankruptcy", "attorney", "cease"])
def test_what_the_tape_says_holds_an_account(flag: str) -> None:
    assert link._held(*flags(**{flag: [True, False, None]})).tolist() == [False, False, True]


@pytest.mark.parametrize("flag", ["dispute", "scra", "minor"])
def test_other_flags_do_not_keep_a_paid_source_away(flag: str) -> None:
    assert link._held(*flags(**{flag: [True, True]})).tolist() == [False, False]


def test_a_paid_source_is_not_consulted_for_an_account_that_the_tape_holds(finished: Finished, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's `contact` costs money. Every second account that has pairs with it is held, as if the tape said so."""
    setup = finished.setup
    opened, _ = link._open(setup)
    paid = link._paid(setup, opened)
    assert [name for name, costs in zip(opened.sources, paid, strict=True) if costs] == ["contact"]

    def pairs() -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
        table = read_table(link.compare_partition(str(setup.work), 0)["pairs"])
        found = list(zip(table["left"].to_pylist(), table["right"].to_pylist(), strict=True))
        costs = paid[opened.source[[right for _, right in found]]].tolist()
        return {pair for pair, c in zip(found, costs, strict=True) if c}, {pair for pair, c in zip(found, costs, strict=True) if not c}

    monkeypatch.setattr(link, "_held", lambda tape, identities: np.zeros(len(identities), bool))
    paid_pairs, free_pairs = pairs()
    chosen = sorted({left for left, _ in paid_pairs})[::2]
    assert len(chosen) > 1
    monkeypatch.setattr(link, "_held", lambda tape, identities: np.isin(np.arange(len(identities)), chosen))
    assert pairs() == ({pair for pair in paid_pairs if pair[0] not in chosen}, free_pairs)
