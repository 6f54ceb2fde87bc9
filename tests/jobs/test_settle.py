from __future__ import annotations

from typing import Any

import pytest

from jobs import settle
from jobs.runner import done
from jobs.settle import settle_partition
from jobs.setup import Setup
from jobs.tape import borrowers
from skiptrace.schema import ACCOUNTS, CHANNELS
from skiptrace.store.tables import read_table
from tests.jobs.projects import PARTS, Finished
from tests.jobs.work import bare


def receipt(setup: Setup, step: str, number: int = 0) -> dict[str, Any]:
    found = done(setup.receipt(step, number))
    assert found is not None
    return found


def settled_again(setup: Setup) -> dict[str, Any]:
    scored, screened = receipt(setup, "score"), receipt(setup, "screen")
    return settle_partition(
        str(setup.work),
        0,
        points=scored["points"],
        channels=scored["channels"],
        decisions=screened["decisions"],
        links=receipt(setup, "link")["links"],
        deaths=receipt(setup, "enrich")["deaths"],
        holds=screened["holds"],
        consumers=receipt(setup, "consumers")["consumers"],
    )


def test_a_task_that_is_run_again_writes_the_same_files(finished: Finished) -> None:
    assert settled_again(finished.setup) == bare(receipt(finished.setup, "settle"))


def test_the_rows_do_not_depend_on_how_many_accounts_are_settled_at_a_time(
    finished: Finished, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(settle, "CHUNK", 7)
    found = settled_again(finished.setup)
    for name in ("channels", "accounts"):
        assert read_table(found[name]).equals(read_table(receipt(finished.setup, "settle")[name]))


def test_every_account_of_the_tape_has_its_row(finished: Finished) -> None:
    for number in range(PARTS):
        accounts = read_table(receipt(finished.setup, "settle", number)["accounts"])
        assert accounts.column_names == list(ACCOUNTS.names)
        tape = borrowers(finished.setup, number)[2]
        assert accounts["account_id"].to_pylist() == sorted(tape["account_id"].to_pylist())


def test_uses_carry_the_decision_of_the_rules(finished: Finished) -> None:
    seen = set()
    for number in range(PARTS):
        channels = read_table(receipt(finished.setup, "settle", number)["channels"])
        assert channels.column_names == list(CHANNELS.names)
        decided = read_table(receipt(finished.setup, "screen", number)["decisions"]).to_pylist()
        decision = {(row["account_id"], row["point_id"], row["channel"]): row["decision"] for row in decided}
        rows = channels.to_pylist()
        assert [row["decision"] for row in rows] == [decision[row["account_id"], row["point_id"], row["channel"]] for row in rows]
        seen |= {row["decision"] for row in rows}
    assert {"stopped", "conditional"} & seen
    assert seen & {"permitted", "conditional"}


def test_an_account_offers_only_what_may_be_used(finished: Finished) -> None:
    for number in range(PARTS):
        told = receipt(finished.setup, "settle", number)
        usable: dict[str, set[str]] = {}
        for row in read_table(told["channels"]).to_pylist():
            if row["decision"] != "stopped":
                usable.setdefault(row["account_id"], set()).add(row["channel"])
        for account in read_table(told["accounts"]).to_pylist():
            order = account["channel_order"]
            assert set(order) == usable.get(account["account_id"], set())
            assert account["best_channel"] == (order[0] if order else None)
            assert (account["p_any_channel"] > 0) == bool(order)
            if account["holds"]:
                assert account["locate_status"] in {"held", "deceased"}
