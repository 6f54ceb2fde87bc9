"""A year of nights: the sample project from day to day, with the truth of each night.

    world = nights.World.start(folder, accounts=300)
    truth = world.advance()      # a day later: the files are there, and what is so is told

The files begin as those of `skiptrace demo`. Then people live (`nights_life`), sources hear of it in their own time
(`nights_sources`), and the buyer's own files change every night (`nights_book`). The same seed gives the same bytes. The year from
the default day on holds days on which shipped contact rules come into force.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from jobs.demo import nights_book, nights_life, nights_sources, project_file, records
from jobs.demo.points import e164
from jobs.demo.project import AS_OF, SEED, Begun, begin, new_file
from jobs.demo.records import World as People
from jobs.demo.tape import Debtors
from jobs.demo.words import Text, Whole, present, texts

ATTESTED_EVERY = 7
"""Days after which the steps that the project file attests are attested anew."""
_STATES = ("right", "disconnected", "reassigned")
_AS_OF = re.compile(r"^as_of.*\n", re.MULTILINE)
_TOLD = {"not_in_service": ("phone", "disconnected"), "wrong_party": ("phone", "reassigned"), "bounced": ("email", "email_dead")}
"""Outcomes of attempts that say what a phone or mailbox is: its kind, and what is said."""


@dataclass(frozen=True)
class Truth:
    """What is so on a night, and what the files of the night show for the first time.

    `shown`: account_id, what (`address`, `disconnected`, `reassigned`, `email_dead`, `deceased`), value (one-line address, E.164,
    mailbox, or the day of death), source, and `telling`, of every account of the consumer. An address is listed when a source first
    shows the one where the consumer lives now; a state of a number or mailbox when a source or an attempt first says it. `telling`:
    the record shares a birth date, last four digits, a number or a mailbox with what files showed of the consumer before; one that
    does not shows a name at a place where nobody knew them, and could be about anybody."""

    night: int
    day: dt.date
    shown: pa.Table
    _world: People
    _debtors: Debtors
    _accounts: tuple[str, ...]

    @cached_property
    def accounts(self) -> pa.Table:
        """account_id, person_id, current_address (one line, NULL for the dead), deceased, death_date of the accounts in the
        portfolio's files, by account."""
        account, person = self._ours
        people = self._world.people
        line = people.book.one_line(self._world.words, people.address[person, 0])
        dead = ~np.isnat(people.died[person])
        line[dead] = None
        return pa.table({
            "account_id": records.column(account), "person_id": records.column(texts([f"P{one:08d}" for one in person.tolist()])),
            "current_address": records.column(line), "deceased": pa.array(dead), "death_date": records.day_column(people.died[person]),
        })  # fmt: skip

    @cached_property
    def points(self) -> pa.Table:
        """account_id, kind, value (E.164, mailbox), state (right, disconnected, reassigned; of a mailbox right or email_dead): every
        number and mailbox that is or was the consumer's, once per account."""
        account, person = self._ours
        points, parts = self._world.points, []
        for slot in range(points.phone.shape[1]):
            value = e164(points.phone[person, slot])
            parts.append((account, "phone", value, np.array(_STATES, object)[points.state[person, slot]]))
        for slot in range(points.email.shape[1]):
            state = np.where(points.email_read[person, slot], "right", "email_dead").astype(object)
            parts.append((account, "email", points.email[person, slot], state))
        tables = [
            pa.table({"account_id": records.column(ids[has]), "kind": pa.repeat(kind, int(has.sum())), "value": records.column(value[has]),
                      "state": records.column(state[has])})
            for ids, kind, value, state in parts for has in [present(value)]
        ]  # fmt: skip
        return pa.concat_tables(tables)

    @property
    def _ours(self) -> tuple[Text, Whole]:
        rows = np.flatnonzero(np.isin(self._debtors.account_id.astype(str), np.array(self._accounts, dtype=str)))
        return self._debtors.account_id[rows], self._debtors.person[rows]


class World:
    """A sample project that lives on. `pace` multiplies how much happens in a day."""

    def __init__(self, folder: Path, seed: int, accounts: int, as_of: dt.date, pace: float) -> None:
        made, known = begin(folder, accounts, seed, as_of)
        self.folder, self.night, self.day = folder, 0, as_of
        self._seed, self._size, self._pace = seed, accounts, pace
        self._world, self._debtors = known.world, known.debtors
        day = np.datetime64(as_of, "D")
        suppressed = pq.read_table(made.sources["suppression"])
        self._seen: dict[str, set[tuple[int, str]]] = {}
        self._said: dict[str, set[str]] = {}  # what the first files say of numbers and mailboxes, whosever they are
        self._before(made.sources, known)
        self._sources = nights_sources.Deliveries(folder / "sources", known.world, known.plans, seed, day)
        self._book = nights_book.Book(folder, known.world, known.debtors, known.portfolio, suppressed, seed)
        self._attest()

    @classmethod
    def start(cls, folder: Path, seed: int = SEED, accounts: int = 300, as_of: dt.date = AS_OF, pace: float = 1.0) -> World:
        """Write the project of the first night into `folder`. Raises as `project.make`."""
        return cls(folder, seed, accounts, as_of, pace)

    def advance(self, days: int = 1) -> Truth:
        """Let days pass, and write the files of each; returns the truth of the last night, with what all of them first showed."""
        shown: list[tuple[str, str, str, str]] = []
        for _ in range(days):
            self.night, self.day = self.night + 1, self.day + dt.timedelta(days=1)
            self._world, happened = nights_life.live(self._world, np.datetime64(self.day, "D"), self._size, self._seed, self._pace)
            self._sources.hear(happened, self._world)
            shown += self._first_shown(self._sources.deliver(self._world))
            done = self._book.night(self._world, self.night, self._pace)
            shown += self._first_told(done)
            if self.night % ATTESTED_EVERY == 0:
                self._attest()
        names = ("account_id", "what", "value", "source")
        table = pa.table({name: pa.array([row[at] for row in shown], pa.string()) for at, name in enumerate(names)})
        return Truth(self.night, self.day, table, self._world, self._debtors, tuple(self._book.accounts))

    def truth(self) -> Truth:
        """The truth of the present night, showing nothing."""
        empty = pa.table({name: pa.array([], pa.string()) for name in ("account_id", "what", "value", "source")})
        return Truth(self.night, self.day, empty, self._world, self._debtors, tuple(self._book.accounts))

    def _before(self, files: dict[str, Path], known: Begun) -> None:
        """What the first files show: where people live, and who has died."""
        people, ours = self._world.people, np.unique(self._debtors.person)
        lives: set[tuple[int, str]] = set()
        for plan in known.plans.values():
            mine = np.isin(plan.person, ours)
            slot = plan.slot[mine]
            address = people.address[plan.person[mine], slot]
            lives |= set(zip(plan.person[mine].tolist(), map(str, address.tolist()), strict=True))
        tape = known.portfolio.slot
        lives |= set(zip(self._debtors.person.tolist(), map(str, people.address[self._debtors.person, tape].tolist()), strict=True))
        self._seen["address"] = lives
        said = pq.read_table(files["contact"], columns=["phone", "line_status"])
        gone = [(_plain(value), status) for value, status in zip(*(said[name].to_pylist() for name in said.column_names), strict=True) if value]
        tried = pcsv.read_csv(files["dispositions"], convert_options=pcsv.ConvertOptions(column_types={"value": pa.string()})).to_pylist()
        for what in ("disconnected", "reassigned", "email_dead"):
            self._said[what] = {value for value, status in gone if status == what} | {
                row["value"] if what == "email_dead" else _plain(row["value"]) for row in tried if _TOLD.get(row["outcome_code"], ("", ""))[1] == what
            }  # fmt: skip
        self._seen["deceased"] = {(person, "") for person in ours[~np.isnat(people.died[ours])].tolist()}

    def _new(self, what: str, person: int, value: str) -> bool:
        seen = self._seen.setdefault(what, set())
        fresh = (person, value) not in seen and value not in self._said.get(what, ())
        seen.add((person, value))
        return fresh

    def _first_shown(self, news: nights_sources.Shown) -> list[tuple[str, str, str, str]]:
        """What a night's deliveries show of debtors that no file showed before."""
        people, out = self._world.people, []
        for source, person, address, batch, dead in zip(news.source, news.person, news.address, news.batch, news.dead, strict=True):
            for row in np.flatnonzero(np.isin(person, self._debtors.person)).tolist():
                one = int(person[row])
                if self._new("address", one, str(address[row])) and address[row] == people.address[one, 0]:
                    out.append((one, "address", people.book.one_line(self._world.words, address[row : row + 1])[0], source))
                if batch.status[row] in ("disconnected", "reassigned") and self._new(batch.status[row], one, batch.phone[row]):
                    out.append((one, batch.status[row], batch.phone[row], source))
                if dead[row] and self._new("deceased", one, ""):
                    out.append((one, "deceased", str(people.died[one]), source))
        return self._of_accounts(out)

    def _first_told(self, done: pa.Table) -> list[tuple[str, str, str, str]]:
        """What the night's attempts prove of a number or mailbox that nobody said before."""
        person_of = dict(zip(self._debtors.account_id.tolist(), self._debtors.person.tolist(), strict=True))
        out = []
        for row in done.to_pylist():
            kind, what = _TOLD.get(row["outcome_code"], ("", ""))
            if not what or (kind == "email") != (row["channel"] == "email"):
                continue
            value = row["value"] if kind == "email" else _plain(row["value"])
            if self._new(what, person_of[row["account_id"]], value):
                out.append((person_of[row["account_id"]], what, value, "dispositions"))
        return self._of_accounts(out)

    def _of_accounts(self, found: list[tuple[int, str, str, str]]) -> list[tuple[str, str, str, str]]:
        accounts: dict[int, list[str]] = {}
        for account, person in zip(self._debtors.account_id.tolist(), self._debtors.person.tolist(), strict=True):
            accounts.setdefault(person, []).append(account)
        return [(account, what, value, source) for person, what, value, source in found for account in accounts[person]]

    def _attest(self) -> None:
        """The project file with its steps attested lately, its sources as folders of deliveries, and no day of its own."""
        text = project_file.text(self.day, self._world.words.states)
        for name, (file, _, _) in nights_sources.FILES.items():
            stem, ending = file.split(".")
            text = text.replace(f'"sources/{file}"', f'"sources/{stem}-*.{ending}"')
        text = _AS_OF.sub("", text.replace('"sources/dispositions.csv"', '"sources/dispositions-*.csv"'))
        with new_file(self.folder / "skiptrace.toml") as out:
            out.write(text.encode())


def _plain(phone: str) -> str:
    """A written number as E.164."""
    return "+1" + "".join(filter(str.isdigit, phone))[-10:]
