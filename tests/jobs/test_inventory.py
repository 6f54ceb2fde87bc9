"""Account events from the file to the tables: over runs and nights, and for the other accounts of the same person."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from jobs import alerts, exports, inventory, register
from jobs.explain import explain
from jobs.pipeline import Outcome
from skiptrace.results import latest
from skiptrace.schema.working import INVENTORY
from tests.jobs.projects import copy_of, run_project
from tests.jobs.test_sharded import content

SOURCE = """
[[source]]
name = "inventory"
path = "inventory.csv"
kind = "account_events"
purposes = ["fcra.collection"]
[source.columns]
account_id = "account"
event = "what"
date = "day"
reason = "why"
"""
LATER = dt.date(2026, 7, 2)


def tell(project: Path, *rows: str) -> None:
    (project / "inventory.csv").write_text("\n".join(["account,what,day,why", *rows]) + "\n", encoding="utf-8")


def twin(project: Path, account: str, other: str) -> None:
    """Let another account be of the same person, with a phone of its own."""
    file = project / "portfolio.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    mine = next(line for line in lines if line.startswith(account)).split(",")
    mine[0], mine[8], mine[9] = other, "2535559999", "77.00"
    file.write_text("\n".join([*lines, ",".join(mine)]) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def told(tiny_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a second account of one person, one that was recalled, one that was closed, and one that will be sold."""
    project = copy_of(tiny_night, tmp_path_factory.mktemp("told") / "project")
    plan = project / "skiptrace.toml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("partition_rows = 6", "partition_rows = 20") + SOURCE, encoding="utf-8")
    twin(project, "A004", "B004")
    tell(project, "A001,recalled,2026-06-01,seller asked", "A002,closed,,paid", "B004,sold,2026-07-01,", "Z9,closed,2026-06-01,")
    run_project(project, exports=False)
    return project


def accounts(project: Path) -> dict[str, dict[str, Any]]:
    return {row["account_id"]: row for row in latest(project).table("accounts").to_pylist()}


def phones(project: Path, account: str) -> set[str]:
    points = latest(project).table("contact_points").to_pylist()
    return {point["value"] for point in points if point["account_id"] == account and point["kind"] == "phone"}


def state_of(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["account_state"], row["account_state_since"], row["account_state_reason"], row["holds"]


def test_an_account_is_stopped_on_every_channel_and_stays_in_the_tables(told: Path) -> None:
    rows, run = accounts(told), latest(told)
    assert state_of(rows["A001"]) == ("recalled", dt.date(2026, 6, 1), "seller asked", ["POL-RECALLED"])
    assert state_of(rows["A002"]) == ("closed", dt.date(2026, 6, 30), "paid", ["POL-CLOSED"])  # no day: that of the run that heard it
    assert state_of(rows["B004"]) == state_of(rows["A000"]) == ("open", None, None, [])
    assert len(rows) == 13
    for row in run.table("decisions").to_pylist():
        assert row["account_id"] not in ("A001", "A002") or {"POL-RECALLED", "POL-CLOSED"} & set(row["stopped_by"])
    counted = {"delivered": 4, "new": 4, "events": 4, "of_unknown": 1, "still_to_come": 1}
    assert counted.items() <= run.ledger["account_events"].items()


def test_a_night_is_the_full_run_and_lends_nothing_of_an_account_that_is_away(
    told: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(exports, "render_report", lambda folder, counts: folder)  # it is not looked at, and costs as much as a step
    assert "+12535559999" in phones(told, "A004") & phones(told, "B004")
    project, full = copy_of(told, tmp_path / "night"), copy_of(told, tmp_path / "full")
    runs: list[Outcome] = []
    for folder, nightly in ((full, False), (project, True)):
        tell(folder, "A002,reopened,2026-07-02,paid by mistake")  # the file of last time is gone
        runs.append(run_project(folder, as_of=LATER, exports=False, nightly=nightly))
    assert content(runs[0].ledger) == content(runs[1].ledger)
    assert runs[1].ledger["night"]["by_reason"] | {"own": 2, "together": 1} == runs[1].ledger["night"]["by_reason"]
    rows = accounts(project)
    assert state_of(rows["A001"]) == ("recalled", dt.date(2026, 6, 1), "seller asked", ["POL-RECALLED"])
    assert state_of(rows["A002"]) == ("open", LATER, "paid by mistake", [])
    assert state_of(rows["B004"]) == ("transferred", dt.date(2026, 7, 1), None, ["POL-TRANSFERRED"])
    assert rows["A004"]["consumer_id"] == rows["B004"]["consumer_id"]
    assert "+12535559999" not in phones(project, "A004")
    assert "+12535559999" in phones(project, "B004")  # its own evidence stays with it
    log = register.log(project / ".skiptrace", "events").to_pylist()
    assert [(row["account_id"], row["event"], row["night"]) for row in log if row["account_id"] == "A002"] == [
        ("A002", "closed", 2), ("A002", "reopened", 3)
    ]  # fmt: skip


def test_lenders_are_oneself_and_those_that_are_still_the_buyers(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"account_id": account, "account_state": state, "account_state_since": LATER}
            for account, state in (("A", "recalled"), ("B", "closed"), ("C", "open"))]  # fmt: skip
    monkeypatch.setattr(inventory, "of_accounts", lambda setup: pa.Table.from_pylist(rows, INVENTORY.arrow))
    both = [(one, other) for one in "ABCD" for other in "ABCD"]
    related = pa.table({"account_id": [one for one, _ in both], "record_id": [other for _, other in both]})
    kept = inventory.lenders(None, related).to_pylist()  # type: ignore[arg-type]
    assert {(row["account_id"], row["record_id"]) for row in kept} == {pair for pair in both if pair[1] != "A" or pair[0] == "A"}
    assert inventory.owned(None, pa.table({"account_id": list("ABCD")}))["account_id"].to_pylist() == ["B", "C", "D"]  # type: ignore[arg-type]


def test_alerts_are_told_of_accounts_that_are_ours_or_were_so_last_night(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inventory, "away", lambda setup: pa.array(["A001", "A003"]))
    changed = alerts._ours(None, pa.array(["A000", "A001", "A002", "A003"]), latest(told))  # type: ignore[arg-type]
    assert changed.to_pylist() == ["A000", "A002", "A003"]


def test_an_explanation_tells_state_day_and_whether_there_is_a_reason(told: Path) -> None:
    found = explain(latest(told), "A001", told)
    assert found.state is not None
    assert (found.state.state, found.state.since, found.state.reason) == ("recalled", dt.date(2026, 6, 1), "given, masked")
    assert [hold.rule for hold in found.holds] == ["POL-RECALLED"]
    assert "reopened" in found.next_steps[0]
    assert explain(latest(told), "A000", told).state is None
