from __future__ import annotations

import pyarrow.compute as pc

from jobs.tape import borrowers, intake_receipts, tape_refs
from skiptrace.store.tables import read_table
from tests.jobs.projects import ACCOUNTS, PARTS, Finished


def test_every_partition_of_a_source_has_its_receipt(finished: Finished) -> None:
    for source, parts in finished.setup.partitions.items():
        receipts = intake_receipts(finished.setup, source)
        assert [receipt["counts"]["rows_in"] for receipt in receipts] == [part.rows for part in parts]


def test_tables_of_the_portfolio_are_named_partition_by_partition(finished: Finished) -> None:
    refs = tape_refs(finished.setup, "tape")
    assert len(refs) == PARTS
    assert sum(ref["rows"] for ref in refs) == ACCOUNTS


def test_borrowers_and_accounts_are_in_one_order(finished: Finished) -> None:
    seen: list[str] = []
    for number in range(PARTS):
        identities, sightings, tape = borrowers(finished.setup, number)
        assert identities["record_id"].to_pylist() == tape["account_id"].to_pylist()
        assert identities["identity"].to_pylist() == tape["identity"].to_pylist()
        assert pc.unique(identities["party"]).to_pylist() == ["borrower"]
        assert set(sightings["identity"].to_pylist()) <= set(identities["identity"].to_pylist())
        seen += tape["account_id"].to_pylist()
    assert len(seen) == len(set(seen)) == ACCOUNTS


def test_only_borrowers_are_read(finished: Finished) -> None:
    (ref, *_) = tape_refs(finished.setup, "sightings")
    _, sightings, _ = borrowers(finished.setup, 0)
    parties = read_table(ref)["party"].to_pylist()
    assert len(sightings) == parties.count("borrower") > 0
