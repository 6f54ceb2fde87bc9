"""Quality gates: a run that differs too much from the one trusted last keeps its tables, and its exports are held until a person says that
it is right, or mends what it was made from.

Every figure is compared with the last one that was trusted, as deliveries are (`jobs.doubts`), so that a doubt does not go by being
ignored for a night."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from jobs import verdicts
from jobs.alerts import pointed
from jobs.doubts import Doubt
from jobs.quality import by_chance, fresh, stability
from jobs.setup import Setup
from skiptrace.errors import ConfigError, Problem
from skiptrace.project.gates import Gates
from skiptrace.project.suggestions import did_you_mean
from skiptrace.results import Run, latest
from skiptrace.results.shelf import RUNS
from skiptrace.store.places import Place

Plain = Mapping[str, Any]
_OWN = ("alerts", "fresh")
"""Figures that are judged by themselves: what they were before says nothing."""


def judged(setup: Setup, home: Place, run_id: str, measured: Mapping[str, Plain]) -> tuple[dict[str, Any], tuple[Doubt, ...]]:
    """As `judge`, of the run with this plan; one over a part of the portfolio is compared with nothing."""
    if setup.limit is not None:
        return {}, ()
    return judge(home, setup.private, run_id, setup.project.gates, setup.as_of, measured)


def judge(
    home: Place, private: Place, run_id: str, gates: Gates, as_of: dt.date, measured: Mapping[str, Plain]
) -> tuple[dict[str, Any], tuple[Doubt, ...]]:  # fmt: skip
    """What a run's ledger says of its figures (`jobs.quality.measures`), and what is doubtful of them. By name: the figure, and the one
    that it is compared with next time, `trusted`: this one, or the one before where this one is doubtful (None: there is none)."""
    known = latest(home).ledger.get("quality", {}) if pointed(home / RUNS) else {}
    said, told, doubts = verdicts.load(private), dict[str, Any](), list[Doubt]()
    for name, figure in measured.items():
        before = known.get(name)
        mine = dict(figure)
        if name.startswith("fresh."):
            mine = fresh(figure, before, as_of)
        mine["run_id"] = run_id
        own = name.partition(".")[0] in _OWN
        trusted = mine if before is None or own or before["trusted"] is None else verdicts.basis(said, name, before["trusted"])
        what = _doubtful(name, gates, trusted, mine, as_of)
        if what is not None and _known_stale(said, name, mine):
            what = None
        told[name] = {**mine, "trusted": mine if what is None else None if own else trusted}
        if what is not None:
            doubts.append(Doubt(name, what, holds=True))
    return told, tuple(doubts)


def held(run: Run, gates: Gates, private: Place) -> tuple[Problem, ...]:
    """Why the exports of a published run may not be written for its figures, or because somebody said that something of it is not right:
    nothing where they may."""
    said, found = verdicts.load(private), list[Problem]()
    day = dt.date.fromisoformat(str(run.ledger["as_of"]))
    for name, plain in run.ledger.get("quality", {}).items():
        mine = _figure(plain)
        trusted = mine if plain["trusted"] is None else verdicts.basis(said, name, plain["trusted"])
        what = _doubtful(name, gates, trusted, mine, day)
        if what is not None and not verdicts.taken(said, name, mine) and not _known_stale(said, name, mine):
            mend = f"see what it was made from, and run again; if it is right, `skiptrace note --accept {name} --by WHO --reason WHY`"
            found.append(Problem(name, "", what, mend))
    for about, one in verdicts.refused(said, run.run_id).items():
        what = f"was refused by {one['by']} on {one['at'][:10]}: {one['reason']}"
        found.append(Problem(about, "", what, "run again on what was mended, or take it back with `skiptrace note --accept`"))
    return tuple(found)


def about(private: Place, run: Run, option: str, name: str, right: bool) -> tuple[Plain | None, dict[str, Any]]:
    """What a verdict about a figure or source of a run is about: what it was compared with, and what it is.

    Raises ConfigError (exit 2) for a name that the run has not, and where something is taken for right that is neither doubtful nor was
    refused."""
    known: dict[str, Plain] = {**run.ledger.get("quality", {}), **run.ledger.get("arrivals", {})}
    if name not in known:
        mend = did_you_mean(name, list(known)) or "`skiptrace runs show` lists what is noted"
        raise ConfigError("no such source or figure", (Problem(option, name, "is no source and no figure of the last run", mend),))
    plain = known[name]
    mine = {**_figure(plain), "run_id": run.run_id}
    if right and plain["trusted"] == mine and name not in verdicts.refused(verdicts.load(private), run.run_id):
        problem = Problem(option, name, f"is not doubtful in run {run.run_id}", "`skiptrace runs show` lists what is noted")
        raise ConfigError("there is nothing to accept", (problem,))
    return plain["trusted"], mine


def _figure(plain: Plain) -> dict[str, Any]:
    return {key: value for key, value in plain.items() if key != "trusted"}


def _known_stale(said: Sequence[Plain], name: str, mine: Plain) -> bool:
    """Whether somebody took for right that a source brings nothing newer since that day."""
    return "since" in mine and any(
        one["source"] == name and one["right"] and one["now"].get("since") == mine["since"] and verdicts.taken(said, name, one["now"])
        for one in said
    )


def _doubtful(name: str, gates: Gates, trusted: Plain, mine: Plain, as_of: dt.date) -> str | None:
    """What is doubtful of a figure, in words; None where nothing is."""
    topic, _, rest = name.partition(".")
    if topic == "fresh":
        days = (as_of - dt.date.fromisoformat(mine["since"])).days
        if mine["moved"] and days > gates.stale_days:
            return f"{rest} brought nothing newer than {mine['newest']} for {days} days (gates.stale_days is {gates.stale_days})"
        return None
    if topic == "alerts":
        if mine["of"] >= gates.least and mine["part"] > gates.alerts * mine["of"]:
            return f"{mine['part']:,} of {mine['of']:,} accounts have an alert in one night (gates.alerts is {gates.alerts:g})"
        return None
    if topic == "reach":
        return _drifted(rest, gates, trusted, mine)
    limit, key = (gates.match_rate, "match_rate") if topic == "match_rate" else (gates.fill, "fill")
    if min(trusted["of"], mine["of"]) < gates.least or not trusted["part"]:
        return None
    then, now = trusted["part"] / trusted["of"], mine["part"] / mine["of"]
    if now >= then * (1 - limit):
        return None
    source, _, column = rest.rpartition(".")
    what = "of accounts are linked" if topic == "match_rate" else f"of {source} have a value of {column}"
    return f"{now:.1%} {what}, and {then:.1%} in run {trusted['run_id']} (gates.{key} is {limit:g})"


def _drifted(channel: str, gates: Gates, trusted: Plain, mine: Plain) -> str | None:
    if min(sum(trusted["tenths"]), sum(mine["tenths"])) < gates.least:
        return None
    index = stability(trusted["tenths"], mine["tenths"])
    if index - by_chance(trusted["tenths"], mine["tenths"]) <= gates.drift:
        return None
    told = f"chances to reach accounts by {channel} lie elsewhere than in run {trusted['run_id']}"
    return f"{told}: population stability index {index:.2f} (gates.drift is {gates.drift:g})"
