"""One run over accounts that are odd, for all tests of values."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jobs import publish, tape
from jobs.prepare import Options, prepare
from skiptrace.results.run import read_run
from tests.hostile.odd_people import make_odd
from tests.jobs.projects import run_project

Row = dict[str, Any]


@dataclass(frozen=True)
class Odd:
    """What the run made of each account: its canonical row and person, its points by kind, what was published of it, and the ledger."""

    tape: dict[str, Row]
    person: dict[str, Row]
    points: dict[str, dict[str, Row]]
    account: dict[str, Row]
    decisions: dict[str, list[Row]]
    links: dict[str, list[Row]]
    rejects: dict[str, set[tuple[str | None, str]]]
    ledger: dict[str, Any]


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory, own_settings: Path, private_session: None) -> Odd:
    """The project of odd accounts after its run."""
    folder = make_odd(tmp_path_factory.mktemp("odd") / "project")
    setup = prepare(folder, Options()).setup
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publish, "clear", lambda work: None)
        outcome = run_project(folder)
    run = read_run(outcome.folder)
    identities, sightings, rows = (table.to_pylist() for table in tape.parties(setup, 0))
    whose = {row["identity"]: row["record_id"] for row in identities}
    points: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in sightings:
        points[whose[row["identity"]]].setdefault(row["kind"], row)
    named = [line.split(",")[0] for line in (folder / "portfolio.csv").read_text(encoding="utf-8").splitlines()[1:]]
    rejects: dict[str, set[tuple[str | None, str]]] = defaultdict(set)
    for row in run.table("rejects").to_pylist():
        if row["source"] == "portfolio":
            rejects[named[row["row"] - 1]].add((row["column"], row["reason"]))
    return Odd(
        {row["account_id"]: row for row in rows}, {row["record_id"]: row for row in identities}, points,
        {row["account_id"]: row for row in run.table("accounts").to_pylist()}, _by_account(run.table("decisions").to_pylist()),
        _by_account(run.table("links").to_pylist()), rejects, dict(run.ledger),
    )  # fmt: skip


def _by_account(rows: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["account_id"]].append(row)
    return found
