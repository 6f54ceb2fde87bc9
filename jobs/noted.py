"""What people found out about contact points, or know better: notes of the command line and of deliveries, as evidence of the next run.

A note of the command line is a file under `.skiptrace/notes/`, put if absent and never changed; one that is withdrawn stays, with a
file beside it that says so. They hold values of persons (0600, as all private files are). A run reads the notes that stood when it
was planned: their names are part of its key and of its plan.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs import outcomes
from jobs.acknowledged import refuse_values
from jobs.setup import Setup
from jobs.tape import intake_receipts
from skiptrace.contacts.outcomes import FOUND
from skiptrace.errors import ConfigError, Problem
from skiptrace.ids import digest
from skiptrace.intake.endpoints import endpoints, where_nobody_could_write
from skiptrace.results import Run
from skiptrace.schema import NOTED, NOTES, PLACEMENTS
from skiptrace.schema.working import PAST_EVENTS
from skiptrace.sql import query
from skiptrace.store.commit import put_private, read_json
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place, entries
from skiptrace.store.tables import read_tables, write_table

FOLDER, SOURCE, KIND, RECALL = "notes", "note", "notes", "recall"
_NOTE = re.compile(r"note-([0-9a-f]{16})\.json")
_OUTCOMES = {"find": FOUND, "confirm": "right_party", "not_mine": "wrong_party"}
_AS_EVENTS = """
select note_id as event_id, account_id, case kind when 'phone' then 'voice' when 'email' then 'email' else 'mail' end as channel, kind,
    value, map_extract({words}, says)[1] as outcome, null::varchar as system, ("date" + time '23:59:59')::timestamp as occurred_at, source
from noted
"""
"""A note is of the end of its day: who corrects something on a day knows what came of the day's attempts."""


def add(
    private: Place, run: Run, account: str, says: str, text: str, by: str, reason: str, day: dt.date, at: dt.datetime
) -> str:  # fmt: skip
    """Take a note of an account of a run: what is said (NOTE_WORDS) of a phone, e-mail or one-line address, who says so and why, as of
    which day. Returns its id. Doing it twice changes nothing; after it was withdrawn it is another note.

    Raises ConfigError (exit 2) for an account that the run has not, a text that is none of these, a day to come, and as
    `refuse_values`. The text is never repeated."""
    _refuse(run, account, by, reason, day, at)
    kinds, values, reasons = endpoints(pa.array([text], pa.string()), pa.nulls(1, pa.string()))
    kind, value, bad = kinds[0].as_py(), values[0].as_py(), reasons[0].as_py()
    if value is None or where_nobody_could_write(kinds, values)[0].as_py():
        mend = "write a phone number, an e-mail address, or an address on one line with city, state and postal code"
        problem = Problem(f"--{says.replace('_', '-')}", "", bad or "is no whole one", mend)
        raise ConfigError("the value of a note cannot be read", (problem,))
    return _put(private, {"account_id": account, "says": says, "kind": kind, "value": value, "by": by, "date": day.isoformat()}, reason, at)


def _put(private: Place, told: dict[str, Any], reason: str, at: dt.datetime) -> str:
    folder, gone = private_folder(private / FOLDER), _withdrawn(private)
    for number in range(1_000):
        note = digest("note", told, number, size=8)
        content = {**told, "note_id": note, "reason": reason, "at": at.isoformat(timespec="seconds")}
        if note not in gone:
            put_private(folder / f"note-{note}.json", content)
            return note
    raise ConfigError("this was noted and withdrawn too often — say it of another day, or for another reason")


def add_recall(
    private: Place, run: Run, account: str, holder: str, by: str, reason: str, day: dt.date, at: dt.datetime
) -> str:  # fmt: skip
    """Take a note that an account of a run is called back from its holder from a day on. Returns its id; otherwise as `add`."""
    _refuse(run, account, by, reason, day, at)
    return _put(private, {"account_id": account, "says": RECALL, "holder": holder, "by": by, "date": day.isoformat()}, reason, at)


def withdraw(private: Place, account: str, note: str, by: str, reason: str | None, at: dt.datetime) -> None:
    """Let a note of an account not count any longer; it stays, with who withdrew it and why. Doing it twice changes nothing.

    Raises ConfigError (exit 2) where the account has no such note, and as `refuse_values`."""
    refuse_values(by, reason)
    mine = [one["note_id"] for one in _read(private, _names(private)) if one["account_id"] == account]
    if note not in mine:
        mend = f"it has {', '.join(mine)}" if mine else "`skiptrace explain ACCOUNT` shows the notes that a run read"
        raise ConfigError("there is nothing to withdraw", (Problem("--withdraw", "", "is no note of this account", mend),))
    content = {"note_id": note, "by": by, "reason": reason, "at": at.isoformat(timespec="seconds")}
    put_private(private_folder(private / FOLDER) / f"withdrawn-{note}.json", content)


def standing(private: Place) -> tuple[str, ...]:
    """The ids of the notes of the command line that were not withdrawn, sorted."""
    gone = _withdrawn(private)
    return tuple(note for note in _names(private) if note not in gone)


def noted(setup: Setup) -> pa.Table:
    """NOTED: the notes that a run reads, of the command line and of deliveries, each once, sorted."""
    parts = [_of_people(setup.private, setup.notes)]
    for name in sorted(source.name for source in setup.project.source if source.kind == KIND):
        found = read_tables([receipt["notes"] for receipt in intake_receipts(setup, name)], NOTES)
        parts.append(found.append_column("source", pa.repeat(name, len(found))))
    told = pa.concat_tables([part.cast(NOTED.arrow) for part in parts])
    return query(f"select distinct * from told where \"date\" <= DATE '{setup.as_of}' order by all", {"told": told}).cast(NOTED.arrow)


def recalls(private: Place, notes: Iterable[str]) -> pa.Table:
    """PLACEMENTS: what notes of these ids call back."""
    found = [one for one in _read(private, notes) if one["says"] == RECALL]
    rows = [{**dict.fromkeys(PLACEMENTS.names), "account_id": one["account_id"], "placed_with": one["holder"],
             "recalled_on": dt.date.fromisoformat(one["date"]), "reason": one["reason"]} for one in found]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=PLACEMENTS.arrow)


def past(setup: Setup) -> pa.Table:
    """PAST_EVENTS that say something of contact points: past attempts, and what notes say, a confirmation as a right party and a point
    that is somebody else's as a wrong one."""
    found = noted(setup)
    if not len(found):
        return outcomes.events(setup)
    words = ", ".join(f"'{says}': '{outcome}'" for says, outcome in _OUTCOMES.items())
    told = query(_AS_EVENTS.format(words=f"MAP {{{words}}}"), {"noted": found})
    at = told.column_names.index("occurred_at")
    told = told.set_column(at, "occurred_at", told["occurred_at"].cast(pa.timestamp("s")).cast(pa.timestamp("s", "UTC")))
    return outcomes.distinct(pa.concat_tables([outcomes.events(setup), told.cast(PAST_EVENTS.arrow)]))


def written(setup: Setup) -> dict[str, list[dict[str, Any]]]:
    """NOTED as a table that a run keeps; nothing where there are no notes."""
    found = noted(setup)
    return {NOTED.name: [write_table(found, NOTED, setup.work / NOTED.name, "part-00000").plain()]} if len(found) else {}


def told(setup: Setup, accounts: pa.Array) -> dict[str, int]:
    """What `run.json` says of notes: how many there are, how many of them of deliveries, and of accounts that no portfolio has."""
    found = noted(setup)
    mine = pc.sum(pc.equal(found["source"], SOURCE), min_count=0).as_py()
    known = pc.sum(pc.is_in(found["account_id"], accounts), min_count=0).as_py()
    return {"notes": len(found), "delivered": len(found) - mine, "of_unknown_accounts": len(found) - known}


@lru_cache(maxsize=4)
def _of_people(private: Place, notes: tuple[str, ...]) -> pa.Table:
    """NOTED of the command line. Files of notes never change, so a process reads them once."""
    kept = [one for one in _read(private, notes) if one["says"] != RECALL]
    days = [{**one, "date": dt.date.fromisoformat(one["date"])} for one in kept]
    mine = pa.table([pa.array([one[c.name] for one in days], c.type) for c in NOTES.columns], schema=NOTES.arrow)
    return mine.append_column("source", pa.repeat(SOURCE, len(mine)))


def _refuse(run: Run, account: str, by: str, reason: str, day: dt.date, at: dt.datetime) -> None:
    refuse_values(by, reason)
    if day > at.date():
        problem = Problem("--on", day.isoformat(), f"is after {at.date()}", "correct the day")
        raise ConfigError("a note cannot be of a day to come", (problem,))
    ids = run.table("accounts", ["account_id"])["account_id"]
    if not pc.any(pc.equal(ids, account), min_count=0).as_py():
        problem = Problem(f"run {run.run_id}", "ACCOUNT", "no account has that id", "ids are compared exactly, leading zeros and all")
        raise ConfigError("no such account in the latest run", (problem,))


def _names(private: Place) -> list[str]:
    return sorted(found[1] for place in entries(private / FOLDER) if (found := _NOTE.fullmatch(place.name)))


def _withdrawn(private: Place) -> set[str]:
    names = [place.name for place in entries(private / FOLDER)]
    return {name.removeprefix("withdrawn-").removesuffix(".json") for name in names if name.startswith("withdrawn-")}


def _read(private: Place, notes: Iterable[str]) -> list[dict[str, Any]]:
    return [read_json(private / FOLDER / f"note-{note}.json") for note in notes]
