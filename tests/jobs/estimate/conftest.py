"""The smallest project planned before its first run, run, and planned for a later day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jobs.estimate.estimate import estimate
from jobs.pipeline import Options, Outcome
from skiptrace.results import Run, latest
from tests.jobs.projects import change, files_below, run_project
from tests.jobs.tiny import make_tiny

LATER = dt.date(2026, 7, 10)


@dataclass(frozen=True)
class Planned:
    """The project, what was planned before either run, its run, and the private files before and after the first plan."""

    folder: Path
    first: dict[str, Any]
    outcome: Outcome
    run: Run
    again: dict[str, Any]
    before: frozenset[str]
    after: frozenset[str]


def make_priced(folder: Path) -> Path:
    """The smallest project, whose source has a price, and of whose accounts one has an attorney."""
    make_tiny(folder)
    file = folder / "portfolio.csv"
    head, *rows = file.read_text().splitlines()
    flagged = [f"{row},{'yes' if number == 4 else 'no'}" for number, row in enumerate(rows)]
    file.write_text("\n".join([f"{head},attorney", *flagged]) + "\n")
    change(folder, 'balance = "balance"', 'balance = "balance"\nattorney = "attorney"')
    change(folder, 'kind = "credit_header"', 'kind = "credit_header"\ncost_per_record = 0.5')
    return folder


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory, own_settings: Path, private_session: None) -> Planned:
    folder = make_priced(tmp_path_factory.mktemp("planned") / "project")
    before = frozenset(files_below(folder))
    first = estimate(folder, Options())
    after = frozenset(files_below(folder))
    outcome = run_project(folder, exports=False)
    return Planned(folder, first, outcome, latest(folder), estimate(folder, Options(as_of=LATER)), before, after)
