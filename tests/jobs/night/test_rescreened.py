from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs import screen
from jobs.night import rescreened
from skiptrace.compliance import situations
from skiptrace.results.shelf import latest
from skiptrace.store.tables import read_table
from tests.jobs.night.conftest import LATER
from tests.jobs.projects import Finished, run_project

NEXT = LATER + dt.timedelta(days=1)


@pytest.fixture
def second(evening: Path) -> Path:
    """The project after a night in which all accounts were screened, for a rule had come into force."""
    run_project(evening, as_of=LATER, exports=False, nightly=True)
    return evening


@pytest.fixture
def screened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The accounts whose uses were screened."""
    found, plain = list[str](), situations.build

    def build(accounts: pa.Table, *tables: pa.Table, **given: Any) -> pa.Table:
        found.extend(accounts["account_id"].to_pylist())
        return plain(accounts, *tables, **given)

    monkeypatch.setattr(screen.situations, "build", build)
    return found


def test_a_night_on_which_nothing_came_screens_those_whose_days_are_counted(second: Path, screened: list[str]) -> None:
    done = run_project(second, as_of=NEXT, exports=False, nightly=True)
    rows = done.ledger["tables"]["accounts"]["rows"]
    assert 0 < len(screened) < rows / 2
    assert done.ledger["night"]["screened_anew"] == len(screened) == len(set(screened))


@pytest.mark.long
def test_an_opt_out_is_heard_by_every_account_that_shows_the_number(second: Path, screened: list[str]) -> None:
    run_project(second, as_of=NEXT, exports=False, nightly=True)
    before = set(screened)
    screened.clear()
    points = latest(second).table("contact_points", ["account_id", "kind", "value"]).to_pylist()
    phone = next(row["value"] for row in points if row["kind"] == "phone" and row["account_id"] not in before)
    file = second / "sources" / "suppression.parquet"
    rows = pq.read_table(file).to_pylist()
    new = {**rows[0], "scope": "endpoint", "channel": "sms", "value": phone, "effective_from": None}
    pq.write_table(pa.Table.from_pylist([*rows, new], pq.read_schema(file)), file)
    run_project(second, as_of=NEXT, exports=False, nightly=True)
    showing = {row["account_id"] for row in points if row["value"] == phone}
    assert showing - before
    assert showing <= set(screened)


def test_other_circumstances_have_all_screened(finished: Finished) -> None:
    setup = finished.setup
    before = rescreened.circumstances(setup)
    assert before == rescreened.circumstances(replace(setup, as_of=setup.as_of - dt.timedelta(days=1)))
    assert before != rescreened.circumstances(replace(setup, as_of=LATER))
    compliance = setup.project.compliance.model_copy(update={"dialer_class": "prerecorded_or_ai_voice"})
    assert before != rescreened.circumstances(replace(setup, project=setup.project.model_copy(update={"compliance": compliance})))


def test_a_licence_that_runs_out_is_another_circumstance(finished: Finished) -> None:
    setup = finished.setup
    sources = [setup.project.source[0].model_copy(update={"contract_expires": setup.as_of}), *setup.project.source[1:]]

    def on(days: int) -> str:
        project = setup.project.model_copy(update={"source": sources})
        return rescreened.circumstances(replace(setup, project=project, as_of=setup.as_of + dt.timedelta(days=days)))

    assert on(-1) == on(0)
    assert on(0) != on(1)


def of(**rows: tuple[int, int]) -> pa.Table:
    facts, said = zip(*rows.values(), strict=True)
    return pa.table([list(rows), facts, said], schema=rescreened.SCREENED.arrow)


def test_who_keeps_decisions() -> None:
    before = [of(A=(1, 1), B=(2, 2), C=(3, 3)), of(D=(4, 4), E=(5, 5))]
    tonight = of(A=(1, 1), B=(9, 2), C=(3, 9), D=(4, 4), E=(5, 5), N=(6, 6))
    assert rescreened.same_as_before(before, tonight, pa.array(["E"])).to_pylist() == ["A", "D"]
    assert rescreened.same_as_before([], tonight, pa.array(["E"])).to_pylist() == []


def test_a_partition_in_pieces() -> None:
    assert [len(piece) for piece in rescreened.cut(of(A=(1, 1), B=(2, 2), C=(3, 3)), 2)] == [2, 1]


def test_where_the_last_run_had_accounts(base: dict[str, Any]) -> None:
    rows = [read_table(ref).to_pylist()[0] for ref in base["refs"]["digests"]]
    for some in (rows[:1], rows[1:], rows):
        ids = pa.array([row["account_id"] for row in some])
        assert rescreened.parts_with(base["refs"], ids) == sorted({row["part"] for row in some})
    assert rescreened.parts_with(base["refs"], pa.array(["nobody"])) == []


def test_what_an_account_was_screened_by_is_kept(base: dict[str, Any], finished: Finished) -> None:
    kept = [read_table(ref) for ref in base["refs"]["screened"]]
    assert sum(map(len, kept)) == finished.outcome.ledger["tables"]["accounts"]["rows"]
    assert all(table.schema.equals(rescreened.SCREENED.arrow) for table in kept)
