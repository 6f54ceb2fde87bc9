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
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jobs.demo import nights_book, nights_life, nights_sources, project_file, records
from jobs.demo.nights_shown import First, ShownSoFar, shared_lines
from jobs.demo.points import e164
from jobs.demo.project import AS_OF, FILES, SEED, begin, new_file
from jobs.demo.records import World as People
from jobs.demo.tape import Debtors
from jobs.demo.words import Text, Whole, present, texts

ATTESTED_EVERY = 7
"""Days after which the steps that the project file attests are attested anew."""
_STATES = ("right", "disconnected", "reassigned")
_AS_OF = re.compile(r"^as_of.*\n", re.MULTILINE)


@dataclass(frozen=True)
class Truth:
    """What is so on a night, and what the files of the night show for the first time.

    `shown`: account_id, what (`address`, `disconnected`, `reassigned`, `email_dead`, `deceased`), value (one-line address, E.164,
    mailbox, or the day of death), source, and `telling`, of every account of the consumer. An address is listed when a source first
    shows the one where the consumer lives now; a state of a number or mailbox when a source or an attempt first says it. `telling`:
    it can be known to be about the consumer (see `nights_shown`)."""

    night: int
    day: dt.date
    shown: pa.Table
    _world: People
    _debtors: Debtors
    _accounts: tuple[str, ...]

    @cached_property
    def accounts(self) -> pa.Table:
        """account_id, person_id, current_address (one line, NULL for the dead), last_address (the same, also of the dead), deceased,
        death_date of the accounts in the portfolio's files, by account."""
        account, person = self._ours
        people = self._world.people
        line = people.book.one_line(self._world.words, people.address[person, 0])
        dead = ~np.isnat(people.died[person])
        last = line.copy()
        line[dead] = None
        return pa.table({
            "account_id": records.column(account), "person_id": records.column(texts([f"P{one:08d}" for one in person.tolist()])),
            "current_address": records.column(line), "last_address": records.column(last),
            "deceased": pa.array(dead), "death_date": records.day_column(people.died[person]),
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
        self._debtors = known.debtors
        day = np.datetime64(as_of, "D")
        suppressed = pq.read_table(made.sources["suppression"])
        self._so_far = ShownSoFar(made.sources, made.truth["links"], known)
        self._world = replace(known.world, points=replace(known.world.points, state=shared_lines(known.world)))
        self._sources = nights_sources.Deliveries(folder / "sources", known.world, known.plans, seed, day)
        self._book = nights_book.Book(folder, known.world, known.debtors, known.portfolio, suppressed, seed)
        self._attest()

    @classmethod
    def start(cls, folder: Path, seed: int = SEED, accounts: int = 300, as_of: dt.date = AS_OF, pace: float = 1.0) -> World:
        """Write the project of the first night into `folder`. Raises as `project.make`."""
        return cls(folder, seed, accounts, as_of, pace)

    def advance(self, days: int = 1) -> Truth:
        """Let days pass, and write the files of each; returns the truth of the last night, with what all of them first showed."""
        shown: list[First] = []
        for _ in range(days):
            self.night, self.day = self.night + 1, self.day + dt.timedelta(days=1)
            self._world, happened = nights_life.live(self._world, np.datetime64(self.day, "D"), self._size, self._seed, self._pace)
            self._sources.hear(happened, self._world)
            shown += self._so_far.delivered(self._world, self._sources.deliver(self._world))
            shown += self._so_far.tried(self._book.night(self._world, self.night, self._pace))
            if self.night % ATTESTED_EVERY == 0:
                self._attest()
        return Truth(self.night, self.day, self._so_far.of_accounts(shown), self._world, self._debtors, tuple(self._book.accounts))

    def truth(self) -> Truth:
        """The truth of the present night, showing nothing."""
        return Truth(self.night, self.day, self._so_far.of_accounts([]), self._world, self._debtors, tuple(self._book.accounts))

    def _attest(self) -> None:
        """The project file with its steps attested lately, its sources as folders of deliveries, and no day of its own."""
        text = project_file.text(self.day, self._world.words.states)
        for file, _, _ in FILES.values():
            stem, ending = file.split(".")
            text = text.replace(f'"sources/{file}"', f'"sources/{stem}-*.{ending}"')
        text = _AS_OF.sub("", text.replace('"sources/dispositions.csv"', '"sources/dispositions-*.csv"'))
        with new_file(self.folder / "skiptrace.toml") as out:
            out.write(text.encode())
