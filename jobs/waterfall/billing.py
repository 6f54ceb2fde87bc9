"""Bills of vendors, compared with what the ledger says is owed for each request. A bill that differs is refused, with the difference,
until a person says that it is right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pyarrow as pa

from jobs.acknowledged import refuse_values
from jobs.waterfall import history, log
from jobs.waterfall.log import State
from skiptrace.errors import ConfigError, DataRefused, Problem
from skiptrace.ids import digest
from skiptrace.intake.gate import Gate
from skiptrace.intake.reading import describe, read
from skiptrace.project import Project
from skiptrace.store.inputs import expand
from skiptrace.store.places import Place

CENT = Decimal("0.01")
COUNTS = {"records": "asked", "hits": "hits", "successes": "successes"}
"""Columns of a bill that may stand beside its amounts, and what of the ledger they are compared with."""


@dataclass(frozen=True)
class Line:
    """A line of a bill: the row of its file (0: of the command line), the request, the amount, and what the bill counts, where it does."""

    row: int
    request: str
    amount: Decimal
    counts: Mapping[str, int]


def of_file(project: Project, file: Path) -> tuple[tuple[Line, ...], str]:
    """The lines of a bill, a table with the columns `request` and `amount`, and maybe `records`, `hits` and `successes`; and its key.

    Raises DataRefused (exit 3) for a file that cannot be read, lacks a column, or holds what is no amount or count."""
    found = expand(str(file), Path.cwd())
    with Gate(project.limits) as gate:
        files, hashes = gate.admit(found)
    lines, problems = list[Line](), list[Problem]()
    for one in files:
        table = read(one, slice(0, describe(one, limits=project.limits).rows), limits=project.limits)
        if lacking := [name for name in ("request", "amount") if name not in table.column_names]:
            problems.append(Problem(one.name, "", f"has no column {' and '.join(lacking)}", "name them request and amount"))
            continue
        for number, row in enumerate(table.to_pylist(), 1):
            try:
                counts = {name: int(str(row[name])) for name in COUNTS if row.get(name) not in (None, "")}
                lines.append(Line(number, str(row["request"]).strip(), amount_of(str(row["amount"])), counts))
            except (ValueError, InvalidOperation):
                problems.append(Problem(one.name, f"row {number}", "holds no amount, or a count that is no number", "write 12.50"))
    if problems or not lines:
        raise DataRefused("a bill cannot be read", tuple(problems) or (Problem(file.name, "", "has no rows", "have it sent again"),))
    return tuple(lines), digest("bill", hashes)


def amount_of(text: str) -> Decimal:
    """An amount of money, at most to the hundredth of a cent. Raises ValueError or InvalidOperation for what is none."""
    amount = Decimal(text.strip().replace(",", ""))
    if not amount.is_finite() or amount < 0 or amount != round(amount, 4):
        raise ValueError("no amount")
    return amount


def book(
    private: Place, found: pa.Table, lines: Sequence[Line], key: str, file: str, day: dt.date, accepted: tuple[str, str] | None
) -> list[dict[str, Any]]:  # fmt: skip
    """Put a bill into the ledger; returns what is told of each line: the request, what was billed and is owed. found: `history`. accepted:
    who says that it is right although it differs, and why. A bill whose key is in the ledger changes nothing. The project's lock is held.

    Raises DataRefused (exit 3) with every line that differs from what is owed by more than half a cent, or is of no request; nothing is
    booked then."""
    if accepted is not None:
        refuse_values(*accepted)
    state = log.now(private)
    counts = history.counts_of(state, found)
    if any(bill["bill"] == key for bill in state["bills"]):
        return [told(state, counts, line, paid_before=True) for line in lines]
    problems, once = list[Problem](), set[str]()
    for line in lines:
        place = f"row {line.row}" if line.row else line.request
        if line.request not in state["requests"] or log.is_withdrawn(state, line.request):
            problems.append(Problem(file, place, "is of no request of this project", "ask the vendor what they bill"))
        elif line.request in once:
            problems.append(Problem(file, place, f"bills {line.request} twice", "have the bill corrected"))
        elif accepted is None:
            problems += [Problem(file, place, what, _MEND) for what in _differences(state, counts, line)]
        once.add(line.request)
    if problems:
        raise DataRefused("a bill does not match what is owed; nothing was booked", tuple(problems))
    by, reason = accepted or (None, None)
    booked = [
        {"bill": key, "request": line.request, "amount": str(line.amount), "booked_on": day.isoformat(), "by": by, "reason": reason}
        for line in lines
    ]

    def changed(known: State) -> State:
        return known if any(one["bill"] == key for one in known["bills"]) else {**known, "bills": [*known["bills"], *booked]}

    log.change(private, changed)
    return [told(state, counts, line) for line in lines]


_MEND = "have the bill corrected; if it is right, say so with --accept --by WHO --reason WHY"


def told(state: State, counts: Mapping[str, Mapping[str, int]], line: Line, paid_before: bool = False) -> dict[str, Any]:
    """A line of a bill beside what is owed."""
    request = state["requests"].get(line.request)
    owed = history.owed(request, counts[line.request]) if request else None
    return {"request": line.request, "amount": line.amount, "owed": owed, "booked_before": paid_before}


def _differences(state: State, counts: Mapping[str, Mapping[str, int]], line: Line) -> list[str]:
    request, mine = state["requests"][line.request], counts[line.request]
    before, owed = history.billed(state, line.request), history.owed(request, mine)
    found = [
        f"bills {number:,} {name}, and the ledger has {mine.get(COUNTS[name], 0):,}"
        for name, number in line.counts.items() if number != mine.get(COUNTS[name], 0)
    ]  # fmt: skip
    if abs(before + line.amount - owed) * 2 > CENT:
        earlier = f", {before:,} billed before" if before else ""
        waiting = f"; {mine['waiting']:,} accounts are not answered yet" if mine.get("waiting") else ""
        found.append(f"bills {line.amount:,} and {owed:,} is owed{earlier}: {mine['asked']:,} records, {mine.get('hits', 0):,} hits,"
                     f" {mine.get('successes', 0):,} successes{waiting}")  # fmt: skip
    return found


def amount_given(text: str) -> Decimal:
    """An amount of the command line. Raises ConfigError (exit 2) for what is none."""
    try:
        return amount_of(text)
    except (ValueError, InvalidOperation):
        raise ConfigError("this is no amount", (Problem("--amount", "", "is no amount of money", "write 12.50"),)) from None
