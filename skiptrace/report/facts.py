"""From a run's tables and ledger to the figures of the report: the one place where the page's numbers are made."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa

from skiptrace.errors import DataRefused, Problem
from skiptrace.report import (
    ages,
    calibration,
    deliveries,
    drift,
    gain,
    inventory,
    linkage,
    overlap,
    planned,
    portfolio,
    spend,
    states,
    uses,
    worth,
)  # fmt: skip
from skiptrace.report.book import open_book
from skiptrace.report.figures import is_small
from skiptrace.report.model import ReportInput, Timing, Wording
from skiptrace.vocabulary import STEPS


def summarise(
    tables: Mapping[str, pa.Table], run: Mapping[str, Any], rules: Mapping[str, tuple[str, str]] | None = None,
    wording: Wording | None = None, counts: pa.Table | None = None,
) -> ReportInput:  # fmt: skip
    """Every figure of the report.

    `tables`: accounts, links, contact_points, channels, decisions, rejects and alerts, as published; in place of the first
    five `counts` of them (see `skiptrace.report.counting`), a row for each part of whole accounts.
    `run`: the ledger (`run.json`). Read from it: `name` and `as_of` (ISO date) are required; `run_id`;
    `counts.portfolio` = {rows_in, rows_out, filtered, rejected: {reason: rows}}; `sources` = [{name, kind, rows, cost_per_record}];
    `versions` and `hashes` = {label: text}; `timings` = {step: {seconds, peak_bytes}}; `warnings` = texts; `linkage` = {pairs,
    blocking: {key: counts}, expected_recall}; `inventory` = {portfolios, further}; `outcomes` = {events};
    `calibration`: see `skiptrace.report.calibration`; `plan`: see `skiptrace.report.planned`; `since`: see `skiptrace.report.drift`;
    `spend`: see `skiptrace.report.spend`. What
    is missing is left out, or said to be unknown. `rules`: rule id to its sentence and citation; an unknown id is shown without them.
    `wording`: the linkage rules in words, likewise.

    Raises ContractError where a table is missing or does not conform, DataRefused where the ledger has no name or day.
    """
    as_of = _day(run)
    with open_book(tables, counts) as book:
        whole = portfolio.summary(book)
        quality = deliveries.quality(book, run, whole.accounts)
        decided, stopped = uses.counts(book)
        sources, attempts = deliveries.sources(book, run), run.get("outcomes", {}).get("events")
        linked = {one.name: one.linked for one in sources}
        valued = worth.figures(book, run, linked)
        told = {name: cost for name, cost in valued.costs.items() if not is_small(linked[name])}
        return ReportInput(
            name=str(run["name"]),
            run_id=str(run.get("run_id", "")),
            as_of=as_of,
            summary=whole,
            funnel=portfolio.funnel(book, whole, quality.rows_in),
            statuses=portfolio.statuses(book),
            channels=uses.channels(book),
            stops=uses.stops(book, rules or {}),
            stopped_uses=stopped,
            uses=decided,
            steps=uses.steps(book),
            sources=sources,
            quality=quality,
            changes=deliveries.changes(book, (wording or Wording()).alerts),
            versions=_labelled(run.get("versions", {})),
            hashes=_labelled(run.get("hashes", {})),
            timings=_timings(run.get("timings", {})),
            warnings=tuple(str(text) for text in run.get("warnings", ())),
            linkage=linkage.figures(book, run.get("linkage", {}), wording or Wording()),
            inventory=inventory.figures(run.get("inventory", {})),
            worth=valued,
            overlap=overlap.figures(book),
            gain=gain.figures(book),
            states=states.figures(book),
            ages=ages.figures(book, as_of),
            drift=drift.figures(run.get("since", {})),
            calibration=calibration.figures(run.get("calibration", {})),
            planned=planned.figures(run, told),
            spend=spend.figures(run.get("spend", {}), (wording or Wording()).stops),
            attempts=None if attempts is None else int(attempts),
        )


def _day(run: Mapping[str, Any]) -> datetime.date:
    try:
        if not run["name"]:
            raise KeyError("name")
        as_of = run["as_of"]
        return as_of if isinstance(as_of, datetime.date) else datetime.date.fromisoformat(as_of)
    except (KeyError, TypeError, ValueError):
        problem = Problem("run.json", "name, as_of", "missing, or not a name and a day", "run again")
        raise DataRefused("a run's ledger cannot be used", (problem,)) from None


def _labelled(entries: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((str(label), str(value)) for label, value in entries.items()))


def _timings(entries: Mapping[str, Mapping[str, Any]]) -> tuple[Timing, ...]:
    """The steps in the order they run, whatever the order of the ledger's keys."""
    place = {step: number for number, step in enumerate(STEPS)}
    order = sorted(entries, key=lambda step: (place.get(step, len(place)), step))
    return tuple(
        Timing(step, Decimal(str(entries[step]["seconds"])), _size(entries[step].get("peak_bytes"))) for step in order
    )


def _size(found: Any) -> int | None:
    return None if found is None else int(found)
