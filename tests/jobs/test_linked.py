from __future__ import annotations

from typing import Any

from jobs import linked, models
from skiptrace.linkage.expected import add
from tests.jobs.projects import ACCOUNTS, Finished
from tests.jobs.test_link import receipts


def receipt(**more: Any) -> dict[str, Any]:
    blocking = {"dob": {"pairs": 2, "hot_values_dropped": 1}, "ssn": {"pairs": 3, "hot_values_dropped": 0}}
    return {"pairs": 7, "unwritten": 4, "blocking": blocking, "brought": add([]), **more}


def test_what_keys_brought_adds_up() -> None:
    assert linked.blocking([receipt(), receipt(blocking={"ssn": {"pairs": 1, "hot_values_dropped": 5}})]) == {
        "dob": {"pairs": 2, "hot_values_dropped": 1}, "ssn": {"pairs": 4, "hot_values_dropped": 5}}  # fmt: skip


def test_the_index_names_its_layers() -> None:
    built = [{"people": 2, "keys": 20, "source": "a", "folder": "f1"}, {"people": 3, "keys": 30, "source": "b", "folder": "f2"}]
    assert linked.index(built) == {"people": 5, "keys": 50, "sources": ["a", "b"], "folders": ["f1", "f2"]}


def test_the_ledger_holds_the_recall_to_expect_from_the_runs_own_model(finished: Finished) -> None:
    told = finished.outcome.ledger["linkage"]
    found = receipts(finished.setup, "link")
    model = models.model_file(finished.setup.private, finished.outcome.ledger["hashes"]["model"])
    again = linked.told(found, [], model)
    assert told["expected_recall"] == again["expected_recall"]
    assert (told["pairs"], told["blocking"]) == (again["pairs"], again["blocking"])
    recall = told["expected_recall"]
    assert sum(row["accounts"] for row in recall["by_fields"]) == ACCOUNTS
    assert 0.5 < recall["recall"] < 1
