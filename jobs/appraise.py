"""An appraisal: the steps of a run up to what each account would come to, and then only sums. Nothing is published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from jobs import publish
from jobs.pipeline import Options, run
from jobs.setup import Setup, read_plan
from jobs.tape import intake_receipts, of_borrowers
from skiptrace.onboard.appraisal import Appraisal, appraise
from skiptrace.reach import order, scorecards
from skiptrace.report import figures
from skiptrace.report.appraisal import render_appraisal
from skiptrace.schema import ACCOUNTS, CHANNELS, CONTACT_POINTS, IDENTITIES, SIGHTINGS, SITUATIONS, TAPE
from skiptrace.sql import query
from skiptrace.store.commit import read_json, replace_bytes
from skiptrace.store.tables import read_tables

Observe = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Appraised:
    """An appraisal with the project's name and its day."""

    name: str
    as_of: dt.date
    appraisal: Appraisal

    def page(self) -> str:
        """As one HTML page."""
        return render_appraisal(self.appraisal, self.name, figures.day(self.as_of))


def appraise_project(folder: Path, options: Options, observe: Observe) -> Appraised:
    """Appraise the portfolio of a project by the project's own evidence. Raises as `run`."""
    made = run(folder, Options(options.as_of, options.scheduler, options.limit, False, to_step="settle"), observe, again=True)
    setup = read_plan(str(made.folder))
    found = appraise(_tables(setup), _rejected(setup), setup.as_of)
    if publish.published(setup.private.parent / "runs", made.run_id) is not None:
        publish.clear(setup.work)  # nobody would go on from it
    return Appraised(setup.project.project.name, setup.as_of, found)


def _tables(setup: Setup) -> dict[str, pa.Table]:
    parts = range(len(setup.partitions["portfolio"]))
    taken = intake_receipts(setup, "portfolio")

    def of(step: str, name: str) -> list[dict[str, Any]]:
        return [read_json(setup.receipt(step, number))[name] for number in parts]

    tape = read_tables([receipt["tape"] for receipt in taken], TAPE)
    points, channels = read_tables(of("score", "points"), CONTACT_POINTS), read_tables(of("settle", "channels"), CHANNELS)
    sheets = read_tables(of("screen", "situations"), SITUATIONS, ["account_id", "limitation_status"])
    anyway = channels.set_column(
        channels.column_names.index("decision"), "decision", pa.repeat("permitted", len(channels)).cast(pa.string())
    )
    return {
        "tape": tape,
        "identities": of_borrowers(read_tables([receipt["identities"] for receipt in taken], IDENTITIES)),
        "sightings": of_borrowers(read_tables([receipt["sightings"] for receipt in taken], SIGHTINGS)),
        "points": points,
        "limits": query("select account_id, any_value(limitation_status) as limitation_status from s group by all", {"s": sheets}),
        "before": order.order_channels(tape, points, anyway, scorecards.order_rules()).select(["account_id", "p_any_channel"]),
        "after": read_tables(of("settle", "accounts"), ACCOUNTS, ["account_id", "p_any_channel"]),
    }


def _rejected(setup: Setup) -> dict[str, int]:
    found: dict[str, int] = {}
    for receipt in intake_receipts(setup, "portfolio"):
        for reason, count in receipt["rejected_by_reason"].items():
            found[reason] = found.get(reason, 0) + count
    return found


def write(appraised: Appraised, file: Path) -> Path:
    """Write the page."""
    replace_bytes(file, appraised.page().encode())
    return file


def plain(appraised: Appraised) -> dict[str, Any]:
    """As a JSON object."""
    one = appraised.appraisal
    sections = {}
    for section in one.sections:
        titles = [head.title for head in section.heads]
        sections[section.name] = [dict(zip(titles, row, strict=True)) for row in section.rows]
    return {
        "project": appraised.name, "as_of": appraised.as_of.isoformat(), "accounts": one.accounts, "balance": one.balance,
        "reachable": one.reachable, "reachable_balance": one.reachable_balance, "permitted": one.permitted,
        "permitted_balance": one.permitted_balance, **sections,
    }  # fmt: skip
