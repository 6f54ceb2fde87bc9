"""What the files of a year of nights have shown so far: so that a night can say what it shows for the first time, and whether anybody
could know whom a record is about.

A record can be known to be a consumer's where it shares a birth date, last four digits, a number, a mailbox or a place with the tape,
or with an earlier record of which that is so. Otherwise it holds a name at a place where nobody knew them, and could be about anybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from jobs.demo import nights_sources
from jobs.demo.coverage import CONTACT, HEADER, UTILITY, VOTER
from jobs.demo.points import DISCONNECTED, LANDLINE
from jobs.demo.project import FILES, Begun
from jobs.demo.records import World
from jobs.demo.words import Whole

# Columns of each file that tell who it is about: birth date, last four digits, numbers, mailbox, and the first line and ZIP code.
_TELLING: Final[dict[str, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    HEADER: (("dob", ("DOB",)), ("ssn4", ("SSN4",)), ("phone", ("PHONE",)), ("place", ("ADDR1", "ZIP"))),
    UTILITY: (("phone", ("phone",)), ("place", ("service_address", "zip"))),
    VOTER: (("dob", ("BirthDate",)), ("place", ("ResAddress", "ResZip"))),
    CONTACT: (("phone", ("phone",)), ("email", ("email",)), ("place", ("address", "zip"))),
}
_OF_TAPE: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("dob", ("DOB",)),
    ("ssn4", ("SSN_LAST4",)),
    ("phone", ("HOME_PH",)),
    ("phone", ("CELL_PH",)),
    ("email", ("EMAIL_ADDR",)),
    ("place", ("ADDR_1", "ZIP")),
)
TOLD: Final = {"not_in_service": ("phone", "disconnected"), "wrong_party": ("phone", "reassigned"), "bounced": ("email", "email_dead")}
"""Outcomes of attempts that say what a phone or mailbox is: its kind, and what is said."""
First = tuple[int, str, str, str, bool]
"""What is shown for the first time: person, what, value, source, telling."""


def plain_phone(written: str) -> str:
    """A written number as E.164."""
    return "+1" + "".join(filter(str.isdigit, written))[-10:]


class ShownSoFar:
    """What files have shown of the consumers of a project, from its first files on."""

    def __init__(self, files: dict[str, Path], truth: Path, known: Begun) -> None:
        people, self._debtors = known.world.people, known.debtors
        self._ours = np.unique(self._debtors.person)
        self._person_of = dict(zip(self._debtors.account_id.tolist(), self._debtors.person.tolist(), strict=True))
        self._known: set[tuple[int, str]] = set()  # what is known of a person
        self._seen: set[tuple[str, int, str]] = set()
        self._said = self._first_said(files)
        self._know(_OF_TAPE, known.portfolio.rows, self._persons(known.portfolio.rows["ACCT_NO"].to_pylist()), always=True)
        links, records = pq.read_table(truth), []
        for name, columns in _TELLING.items():
            table = _read(files[name])
            mine = links.filter(pc.equal(links["source"], name))
            whose = dict(zip(mine["record_id"].to_pylist(), self._persons(mine["account_id"].to_pylist()), strict=True))
            records.append((columns, table, [whose.get(str(one)) for one in table[FILES[name][1]].to_pylist()]))
        for _ in range(4):  # one record makes another known, which makes a third
            for columns, table, persons in records:
                self._know(columns, table, persons)
        places = [(plan.person, people.address[plan.person, plan.slot]) for plan in known.plans.values()]
        places.append((self._debtors.person, people.address[self._debtors.person, known.portfolio.slot]))
        for person, address in places:
            mine_ = np.isin(person, self._ours)
            self._seen |= {("address", one, str(place)) for one, place in zip(person[mine_].tolist(), address[mine_].tolist(), strict=True)}
        self._seen |= {("deceased", one, "") for one in self._ours[~np.isnat(people.died[self._ours])].tolist()}

    def delivered(self, world: World, news: nights_sources.Shown) -> list[First]:
        """What a night's deliveries show of consumers that no file showed before."""
        people, out = world.people, []
        for source, person, address, batch, dead in zip(news.source, news.person, news.address, news.batch, news.dead, strict=True):
            rows = np.flatnonzero(np.isin(person, self._ours))
            some = batch.table.take(pa.array(rows))
            telling = self._know(_TELLING[source], some, person[rows].tolist())
            for row, tells in zip(rows.tolist(), telling, strict=True):
                one = int(person[row])
                lives = address[row] == people.address[one, 0]
                if self._new("address" if tells else "address, untold", one, str(address[row])) and lives:
                    line = people.book.one_line(world.words, address[row : row + 1])[0]
                    out.append((one, "address", line, source, tells))
                if batch.status[row] in ("disconnected", "reassigned") and self._new(batch.status[row], one, batch.phone[row]):
                    out.append((one, batch.status[row], batch.phone[row], source, tells))
                if dead[row] and self._new("deceased" if tells else "deceased, untold", one, ""):
                    out.append((one, "deceased", str(people.died[one]), source, tells))
        return out

    def tried(self, done: pa.Table) -> list[First]:
        """What a night's attempts prove of a number or mailbox that nobody said before."""
        out = []
        for row in done.to_pylist():
            kind, what = TOLD.get(row["outcome_code"], ("", ""))
            if not what or (kind == "email") != (row["channel"] == "email"):
                continue
            value, person = row["value"] if kind == "email" else plain_phone(row["value"]), self._person_of[row["account_id"]]
            if self._new(what, person, value):
                out.append((person, what, value, "dispositions", True))
        return out

    def of_accounts(self, found: Iterable[First]) -> pa.Table:
        """The same for every account of each consumer: account_id, what, value, source, telling."""
        accounts: dict[int, list[str]] = {}
        for account, person in self._person_of.items():
            accounts.setdefault(person, []).append(account)
        rows = [(account, *rest) for person, *rest in found for account in accounts[person]]
        names = (
            ("account_id", pa.string()),
            ("what", pa.string()),
            ("value", pa.string()),
            ("source", pa.string()),
            ("telling", pa.bool_()),
        )
        return pa.table({name: pa.array([row[at] for row in rows], kind) for at, (name, kind) in enumerate(names)})

    def _persons(self, accounts: list[str | None]) -> list[int | None]:
        return [self._person_of.get(account) if account is not None else None for account in accounts]

    def _know(self, columns: tuple[tuple[str, tuple[str, ...]], ...], table: pa.Table, persons: list[int | None],
              always: bool = False) -> list[bool]:  # fmt: skip
        """Note what rows tell of whom, where they can be known to be about them (or `always`); returns whether each can."""
        tells: list[list[tuple[int, str]]] = [[] for _ in persons]
        for kind, names in columns:
            for row, (person, *values) in enumerate(zip(persons, *(table[name].to_pylist() for name in names), strict=True)):
                if person is not None and all(value is not None and str(value).strip() for value in values):
                    tells[row].append((person, f"{kind} {_token(kind, [str(value) for value in values])}"))
        can = [always or any(one in self._known for one in row) for row in tells]
        self._known.update(one for row, known in zip(tells, can, strict=True) if known for one in row)
        return can

    def _new(self, what: str, person: int, value: str) -> bool:
        key = (what, person, value)
        fresh = key not in self._seen and value not in self._said.get(what, ())
        self._seen.add(key)
        return fresh

    @staticmethod
    def _first_said(files: dict[str, Path]) -> dict[str, set[str]]:
        """What the first files say of numbers and mailboxes, whosever they are."""
        said = pq.read_table(files[CONTACT], columns=["phone", "line_status"]).to_pylist()
        tried = _read(files["dispositions"]).to_pylist()
        found: dict[str, set[str]] = {}
        for row in said:
            if row["phone"] is not None:
                found.setdefault(str(row["line_status"]), set()).add(plain_phone(row["phone"]))
        for row in tried:
            kind, what = TOLD.get(row["outcome_code"], ("", ""))
            found.setdefault(what, set()).add(row["value"] if kind == "email" else plain_phone(row["value"]))
        return found


def _token(kind: str, values: list[str]) -> str:
    """What two records must have in common: digits of a date with the year in front, a number as E.164, a house at a ZIP code."""
    if kind == "phone":
        return plain_phone(values[0])
    if kind == "place":
        return f"{values[0].upper().split()[0]} {values[1]}"
    digits = "".join(filter(str.isdigit, values[0]))
    if kind == "dob":
        return digits[4:] + digits[:4] if "/" in values[0] else digits
    return digits if kind == "ssn4" else values[0].lower()


def _read(file: Path) -> pa.Table:
    """A delivery of the sample project, CSV as text throughout."""
    if file.suffix == ".parquet":
        return pq.read_table(file)
    names: list[str] = file.read_bytes().split(b"\n", 1)[0].decode().replace('"', "").strip().split(",")
    options: Any = pcsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True)
    return pcsv.read_csv(file, convert_options=options)


def shared_lines(world: World) -> np.ndarray:
    """States of numbers, with a household's line in one state for all who live with it: it is dead for everybody, or for nobody."""
    points, people = world.points, world.people
    state: np.ndarray = points.state.copy()
    dead = np.zeros(len(people), np.bool_)
    at_home = ~people.left_home
    gone: Whole = np.flatnonzero((state[:, LANDLINE] == DISCONNECTED) & (points.phone[:, LANDLINE] > 0) & at_home)
    dead[people.head[gone]] = True
    state[at_home & dead[people.head], LANDLINE] = DISCONNECTED
    return state
