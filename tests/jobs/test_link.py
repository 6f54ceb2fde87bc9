from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jobs import link, models, screen
from jobs.index import open_index
from jobs.linked import likely
from jobs.runner import done
from jobs.setup import Setup
from jobs.tape import borrowers
from skiptrace.linkage import model, persons, resolve, rules
from skiptrace.schema import links
from skiptrace.schema.working import CONSIDERED, CONSUMERS
from skiptrace.store.commit import read_json
from skiptrace.store.tables import read_table
from tests.jobs.projects import ACCOUNTS, PARTS, Finished
from tests.jobs.work import bare, with_rows

NAMES = rules.load().names


def receipts(setup: Setup, step: str) -> list[dict[str, Any]]:
    found = [done(setup.receipt(step, number)) for number in range(PARTS)]
    assert None not in found
    return [receipt for receipt in found if receipt is not None]


def model_of(finished: Finished) -> Path:
    return models.model_file(finished.setup.private, finished.outcome.ledger["hashes"]["model"])


def resolved(finished: Finished) -> dict[str, Any]:
    """What the run kept of the persons of its reference."""
    found = done(finished.setup.entities(models.content_key(model_of(finished))) / "resolved.json")
    assert found is not None
    return found


def linked(finished: Finished, number: int) -> dict[str, Any]:
    return link.link_partition(str(finished.setup.work), number, str(model_of(finished)), resolved(finished)["entities"])


def test_a_task_that_is_run_again_writes_the_same_files(finished: Finished) -> None:
    assert linked(finished, 1) == bare(receipts(finished.setup, "link")[1])


def test_the_size_of_a_chunk_changes_nothing(finished: Finished, monkeypatch: pytest.MonkeyPatch) -> None:
    before = receipts(finished.setup, "link")[0]
    monkeypatch.setattr(link, "CHUNK", 7)
    assert with_rows(linked(finished, 0)) == with_rows(before)


def test_links_are_of_the_partitions_accounts_and_conform(finished: Finished) -> None:
    setup, statuses = finished.setup, Counter[str]()
    for number, receipt in enumerate(receipts(setup, "link")):
        table, considered = read_table(receipt["links"]), likely(receipt["considered"])
        assert table.column_names == list(links(NAMES).names)
        assert considered.schema.equals(CONSIDERED.arrow)
        assert min(considered["match_probability"].to_pylist()) >= rules.load().decision["floor"]
        accounts = set(borrowers(setup, number)[0]["record_id"].to_pylist())
        assert set(table["account_id"].to_pylist()) | set(considered["account_id"].to_pylist()) <= accounts
        assert receipt["pairs"] == table.num_rows + receipt["unwritten"]
        statuses.update(table["status"].to_pylist())
        assert set(receipt["blocking"]) == {key.name for key in rules.load().keys}
    assert statuses["linked"] > ACCOUNTS / 2


def test_the_ledger_adds_up_what_the_partitions_compared(finished: Finished) -> None:
    told, parts = finished.outcome.ledger["linkage"], receipts(finished.setup, "link")
    assert told["pairs"] == sum(part["pairs"] for part in parts) > 0
    assert told["pairs_not_written"] == sum(part["unwritten"] for part in parts)
    for key, counts in told["blocking"].items():
        assert counts == {name: sum(part["blocking"][key][name] for part in parts) for name in counts}
    assert sum(counts["pairs"] for counts in told["blocking"].values()) > 0


def test_the_persons_of_the_reference_are_found_once_and_kept(finished: Finished) -> None:
    setup, linkage = finished.setup, rules.load()
    told, opened = resolved(finished), open_index(setup, linkage)
    found = persons.load(told["entities"])
    again = resolve.resolve(opened, model.from_plain(read_json(model_of(finished)), linkage).reference, linkage)
    assert np.array_equal(found.entity, again.entity)
    assert np.array_equal(found.bond, again.bond)
    sizes = np.diff(found.offsets)
    assert (told["persons"], told["largest"]) == (np.count_nonzero(sizes), sizes.max())
    assert len(found) == len(opened)
    assert 1 < told["largest"] <= linkage.most_records
    assert link.resolve_reference(str(setup.work), str(model_of(finished))) == bare(told)


def test_every_account_has_one_consumer(finished: Finished) -> None:
    ref = link.consumers(str(finished.setup.work), str(model_of(finished)))["consumers"]
    table = read_table(ref)
    assert table.schema.equals(CONSUMERS.arrow)
    assert len(set(table["account_id"].to_pylist())) == table.num_rows == ACCOUNTS
    assert not (finished.setup.work / "consumers-index").exists()


def test_an_account_that_a_rule_holds_is_not_compared_with_a_source_that_costs_money(finished: Finished) -> None:
    """The demo's `contact` costs money. What holds an account is what the same rules hold it by before anything is linked."""
    identities, _, tape = borrowers(finished.setup, 0)
    held = {row["account_id"] for row in screen.held_before(finished.setup, tape).to_pylist() if row["holds"]}
    assert 0 < len(held) < len(tape)
    flagged = {row["account_id"] for row in tape.to_pylist() if row["bankruptcy"] or row["attorney"] or row["cease"] or row["dispute"]}
    assert flagged <= held
    skipped = link.skipped(finished.setup, tape, identities)
    paid = [name == "contact" for name in finished.setup.record_sources]
    expected = [[one and row["record_id"] in held for one in paid] for row in identities.to_pylist()]
    assert skipped.tolist() == expected


def test_a_paid_source_is_not_consulted_for_an_account_that_the_tape_holds(finished: Finished, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every second account that has pairs with the paid source is held, as if the tape said so."""
    rows = borrowers(finished.setup, 0)[0]["record_id"].to_pylist()

    def of_paid() -> dict[str, int]:
        """How many records of the paid source each account was considered with."""
        table = likely(linked(finished, 0)["considered"])
        sources = zip(table["account_id"].to_pylist(), table["source"].to_pylist(), strict=True)
        return Counter(account for account, source in sources if source == "contact")

    monkeypatch.setattr(link, "_held", lambda setup, tape, identities: np.zeros(len(identities), bool))
    before = of_paid()
    chosen = sorted(before)[::2]
    assert len(chosen) > 1
    monkeypatch.setattr(link, "_held", lambda setup, tape, identities: np.isin(rows, chosen))
    after = of_paid()
    assert after == {account: count for account, count in before.items() if account not in chosen}
