"""Deliveries that are probably not what they should be: far smaller than before, or older. And days that are not past yet.

A list that says no, and is not whole, lets contacts through that it should stop. So the tables of such a run are published, with what was
delivered, and its exports are held until the list is delivered whole or a person says that it is right. Until then every later
run is compared with the last delivery that was trusted, so a doubt does not go by being ignored for a night.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jobs import verdicts
from jobs.alerts import pointed
from jobs.arrivals import WINDOW, Arrival, from_plain
from jobs.setup import Setup
from skiptrace.errors import ConfigError, Problem
from skiptrace.project import Project
from skiptrace.results import Run, latest
from skiptrace.results.shelf import RUNS, last_day
from skiptrace.store.places import Place

HOLDING = ("suppression", "dispositions", "deceased", "bankruptcy", "litigator", "notes")
"""Kinds of source that stop contacts: what is missing in them would not be stopped."""
_KEPT = ("account_events", "placements")
"""Kinds of which the project keeps all that it was told: nothing is lost with a file."""
Plain = Mapping[str, Any]
_COUNTED = {"suppression": "entries", "dispositions": f"attempts of {WINDOW} days"}


@dataclass(frozen=True)
class Doubt:
    """What is doubtful of a delivery, as the end of a sentence about it, and whether exports are held for it."""

    source: str
    what: str
    holds: bool

    def __str__(self) -> str:
        return f'"{self.source}" {self.what}' + (": exports are held" if self.holds else "")


def judge(setup: Setup, home: Place, run_id: str, arrived: Mapping[str, Plain]) -> tuple[dict[str, Any], tuple[Doubt, ...]]:
    """What a run's ledger says of its deliveries, beside those of the run published last, and what is doubtful of them. arrived: of
    each of them, see `jobs.arrivals.of_run`.

    By source: its Arrival and the one it is compared with next time, `trusted`: this one, or the one before where this one is
    doubtful."""
    project, as_of, accepted = setup.project, setup.as_of, verdicts.load(setup.private)
    told, doubts = dict[str, Any](), list[Doubt]()
    known = latest(home).ledger.get("arrivals", {}) if pointed(home / RUNS) else {}
    for name, plain in arrived.items():
        kind, mine = _kind(project, name), {**plain, "run_id": run_id}
        basis = verdicts.basis(accepted, name, known[name]["trusted"]) if name in known else mine
        if name == "portfolio" and setup.limit is not None:  # a part of it is read because somebody wants that
            told[name] = {**plain, "trusted": basis}
            continue
        what = _doubtful(kind, project.limits.shrink, basis, from_plain(plain), as_of)
        told[name] = {**plain, "trusted": mine if what is None else basis}
        if what is not None:
            doubts.append(Doubt(name, what, kind in HOLDING))
    return told, tuple(doubts)


def held(run: Run, project: Project, private: Place, lists: Mapping[str, Arrival], as_of: dt.date) -> tuple[Problem, ...]:
    """Why the exports of a published run may not be written on a day: nothing where they may. lists: the lists as they are delivered
    by then, which are asked again when an export is written, so one that is whole now holds nothing."""
    found, accepted = list[Problem](), verdicts.load(private)
    last = last_day(private.parent)
    if last is not None and as_of < last[1]:
        late = f"the exports would be of {as_of}, and run {last[0]} was published for {last[1]}: what came in between would not count"
        found.append(Problem("runs", "as_of", late, "set the clock or the day right; to make a past day again, leave exports out"))
    day = dt.date.fromisoformat(str(run.ledger["as_of"]))
    for name, told in run.ledger.get("arrivals", {}).items():
        kind = _kind(project, name)
        if kind not in HOLDING:
            continue
        basis, mine = verdicts.basis(accepted, name, told["trusted"]), from_plain(told)
        what = _doubtful(kind, project.limits.shrink, basis, mine, day)
        if what is not None and name in lists:
            what = _doubtful(kind, project.limits.shrink, basis, lists[name], as_of)
        if what is not None:
            mend = (
                "have it delivered whole and run again; if it is right as it is, say"
                f" `skiptrace note --accept {name} --by WHO --reason WHY`, and then the same command again"
            )
            found.append(Problem(name, "", what, mend))
    return tuple(found)


def refuse_past(home: Place, as_of: dt.date) -> None:
    """Raise ConfigError (exit 2) for a night of a day before that of a published run: a clock was set back, or a day mistyped."""
    last = last_day(home)
    if last is not None and as_of < last[1]:
        what = f"tonight would be {as_of}, and run {last[0]} was published for {last[1]}"
        mend = "set the clock or the day right; `skiptrace run --as-of DAY --no-exports` makes a past day again"
        raise ConfigError("a night cannot be before the last one", (Problem("runs", "as_of", what, mend),))


def _doubtful(kind: str, shrink: float, basis: Plain, now: Arrival, as_of: dt.date) -> str | None:
    """What is doubtful of a delivery beside an earlier one, in words; None where nothing is. Rows that are left out since then, because
    their people were forgotten, do not count as missing, and may have been the newest."""
    if kind in _KEPT:
        return None
    had, has, less = int(basis["rows"]), now.rows, max(0, now.forgotten - int(basis.get("forgotten", 0)))
    if kind == "dispositions":
        first, last = (as_of - dt.timedelta(days=WINDOW)).isoformat(), as_of.isoformat()
        days = {day: count for day, count in basis["days"].items() if first < day <= last}
        had, has = sum(days.values()), sum(min(count, now.days.get(day, 0)) for day, count in days.items())
    has += less
    if has < had * (1 - shrink):
        return f"has {has:,} of the {had:,} {_COUNTED.get(kind, 'rows')} that it had in run {basis['run_id']} (limits.shrink is {shrink:g})"
    then, late = (basis["newest"], now.newest) if basis["newest"] and now.newest else (basis["modified"], now.modified)
    if not less and then and late and late < then <= as_of.isoformat():
        return f"is older than what run {basis['run_id']} was given: of {late}, not {then}"
    return None


def _kind(project: Project, name: str) -> str:
    return next((source.kind for source in project.source if source.name == name), "portfolio")
