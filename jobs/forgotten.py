"""`skiptrace forget`: a person leaves the project for good.

First the tombstone is put: from then on no reading lets the person in, and whatever happens next the same command goes on. Then
what was made of the person is taken out: of what the project keeps for later runs, and of every published run. Files of the user (the
tape, sources, what has left already) are not ours to change; they are listed.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from jobs import own_rows, rewritten, tombstones, unremembered
from jobs.acknowledged import refuse_values
from jobs.feedback import load_project
from jobs.inputs_holding import Holding, holding
from jobs.leftovers import collect
from jobs.locking import locked
from jobs.rewritten import People
from jobs.setup import key_id
from skiptrace.errors import ConfigError, Problem
from skiptrace.intake import tombstones as marks
from skiptrace.project import PRIVATE, Project, home_of, token_key
from skiptrace.store import cache, points
from skiptrace.store.objects import ObjectPath
from skiptrace.store.permissions import private_folder, refuse_unsafe
from skiptrace.store.places import Place


@dataclass(frozen=True)
class Forgotten:
    """What was done: the tombstone's name and whether it is new, how many accounts it is of, other accounts of the same consumer that do
    not say the same person and stay, other accounts that show a point on which the person opted out, what went (by kind; by run and
    table), the input files that still hold the person, and what was exported before and is elsewhere by now."""

    tombstone: str
    new: bool
    accounts: int
    same_consumer: tuple[str, ...]
    opted_out: tuple[str, ...]
    removed: dict[str, int]
    runs: dict[str, dict[str, int]]
    inputs: tuple[Holding, ...]
    unread: tuple[str, ...]
    exports: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)


def forget(folder: Path, account: str, by: str, reason: str, at: dt.datetime) -> Forgotten:
    """Forget the person of an account. Asking twice changes nothing; what a kill left is done the next time.

    Raises ConfigError (exit 2) for an account that nobody knows, and for a name or reason that looks as if it held a value of a person;
    SafeToRerun (75) where a run is under way; DataRefused (3) where something damaged could still hold the person."""
    refuse_values(by, reason)
    if account.casefold() in f"{by} {reason}".casefold():
        problem = Problem("--reason", "", "holds the number of the account", "say it without the number")
        raise ConfigError("a tombstone must not hold a person's data", (problem,))
    project, home = load_project(folder, os.environ), home_of(folder).resolve()
    refuse_unsafe(home)
    key, private = token_key(project, os.environ), private_folder(home / PRIVATE)
    with locked(private):
        name, new, beside, opted_out = _tombstone(project, home, account, key, {"by": by, "reason": reason, "at": at})
        points.passed("tombstone-put")
        removed, went, exports = sweep(home, key, at)
        for kind in unremembered.ON_THE_WAY:  # on this machine, wherever the runs lie; what is written anew is sealed anew
            if waiting := unremembered.remove_all(project.folder / PRIVATE / kind):
                removed = {**removed, kind: waiting}
    inputs, unread = holding(project, private, at.date(), key)
    told = tombstones.read(private, name)
    return Forgotten(name, new, len(told["accounts"]), beside, opted_out, removed, went, inputs, unread, exports)


def sweep(home: Place, key: bytes, at: dt.datetime) -> tuple[dict[str, int], dict[str, dict[str, int]], tuple[str, ...]]:
    """Take everybody who has a tombstone out of a project: what went, by kind and by run, and names of exports that were removed, as
    `run/name`. The project's lock is held."""
    people = People(tombstones.load(home / PRIVATE), key)
    if not people.tombs:
        return {}, {}, ()
    removed, went = unremembered.sweep(home / PRIVATE, people), dict[str, dict[str, int]]()
    exports = []
    for run in own_rows.published(home):
        there = rewritten.exported(run.folder)
        if gone := rewritten.rewrite(run.folder, people):
            went[run.run_id] = gone
            exports += [f"{run.run_id}/{name}" for name in there]
    if isinstance(home, ObjectPath):
        cache.empty()
    collect(home, at, young=dt.timedelta(0), unfinished=dt.timedelta(0))
    return removed, went, tuple(exports)


def _tombstone(
    project: Project, home: Place, account: str, key: bytes, asked: dict[str, Any]
) -> tuple[str, bool, tuple[str, ...], tuple[str, ...]]:  # fmt: skip
    """The name of the person's tombstone, whether it is new, the accounts of the same consumer that are not the same person, and those
    that show a point on which the person opted out."""
    private, mine, today = home / PRIVATE, marks.token(key, "account", account), asked["at"].date()
    for name in tombstones.names(private):
        if mine in tombstones.read(private, name)["accounts"]:
            return name, False, (), ()
    known = own_rows.of_accounts(project, home, [account], key, today)
    if account not in known.accounts:
        problem = Problem("ACCOUNT", "", "is in no tape and in no run of this project", "write the number as the tape has it")
        raise ConfigError("there is nobody to forget", (problem,))
    first = marks.together([_content(home, key, known, [account])])
    consumer = known.consumers.get(account)
    others = [one for one in own_rows.of_consumer(home, consumer) if one != account] if consumer else []
    theirs = own_rows.of_accounts(project, home, others, key, today) if others else own_rows.Known({}, frozenset(), {}, frozenset())
    same = [one for one, rows in theirs.rows.items() if _is(first, key, rows)]
    beside = tuple(one for one in others if one not in same)
    every = own_rows.Known(
        {**known.rows, **{one: theirs.rows[one] for one in same}}, known.accounts, known.consumers,
        known.records | (own_rows.of_accounts(project, home, same, key, today).records if same else frozenset()),
    )  # fmt: skip
    content = _content(home, key, every, [account, *same], [consumer] if consumer and not beside else [])
    asked = {**asked, "at": asked["at"].isoformat(timespec="seconds"), "key_id": key_id(key)}
    opted_out = tuple(own_rows.opted_out_with(home, [account, *same]))
    return tombstones.put(private, {**content, **asked}), True, beside, opted_out


def _content(
    home: Place, key: bytes, known: own_rows.Known, accounts: Sequence[str], consumers: Sequence[str] = ()
) -> dict[str, Any]:  # fmt: skip
    linked = own_rows.identities_of(home, known.records) if known.records else []
    return marks.content(key, accounts, list(known.rows.values()), linked, known.records, consumers)


def _is(tombs: marks.Tombs, key: bytes, rows: tuple[pa.Table, pa.Table]) -> bool:
    return bool(marks.people_of(tombs, key, *rows).any())
