"""The reference files of a year of nights: each source hears of a change in its own time and writes it in its next delivery.

A delivery holds new and changed records alone; on the first of a month the credit header comes whole again, without the records that
were withdrawn. Records are numbered on from those of the first delivery.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from jobs.demo import records, sources
from jobs.demo.coverage import CONTACT, HEADER, UTILITY, VOTER, Plan
from jobs.demo.nights_life import Day, known_by
from jobs.demo.points import FORMER_MOBILE
from jobs.demo.project import FILES, write
from jobs.demo.records import World
from jobs.demo.words import Days, Whole, stream, texts

# Of the changes of people whom a source knows: the share that it hears of, least days until then, and mean days beyond.
HEARS: Final[dict[str, tuple[float, int, float]]] = {HEADER: (0.9, 12, 30.0), UTILITY: (0.8, 2, 10.0), VOTER: (0.5, 30, 90.0),
                                                     CONTACT: (0.6, 10, 45.0)}  # fmt: skip
REPORTS_DEATH: Final = (15, 25.0)  # Least and mean further days until the credit header hears of a death.
CONFIRMED: Final = 0.002  # People of a source, per delivery, whose record is written again although nothing changed.
WITHDRAWN: Final = 0.002  # Records of the credit header that are withdrawn in a month.
LINE_CHECK: Final = 0.35  # Numbers given up, of people in the contact file, that a check of lines comes across.

_CHECKS = "checks of lines"


@dataclass
class Shown:
    """What the deliveries of one night show of people: the row of the address book, or a phone with what is said of it."""

    source: list[str] = field(default_factory=list)
    person: list[Whole] = field(default_factory=list)
    address: list[Whole] = field(default_factory=list)
    batch: list[sources.Batch] = field(default_factory=list)
    dead: list[np.ndarray] = field(default_factory=list)


class Deliveries:
    """The reference files of a project, night by night."""

    def __init__(self, folder: Path, world: World, plans: dict[str, Plan], seed: int, day: np.datetime64) -> None:
        self._folder, self._seed = folder, seed
        self._known = {name: np.unique(plan.person) for name, plan in plans.items()}
        self._numbers: dict[str, int] = {}
        self._due: dict[str, list[tuple[Whole, Days]]] = {
            name: [] for name in (*plans, _CHECKS)
        }  # people and the days on which it is heard
        delay, rng = REPORTS_DEATH, stream(seed, "deaths are heard of")
        self._delay: Whole = delay[0] + rng.exponential(delay[1], len(world.people)).astype(np.int64)
        self._whole: list[pa.Table] = []
        for name in plans:
            file = folder / FILES[name][0]
            table = pq.read_table(file) if file.suffix == ".parquet" else pcsv.read_csv(file)
            self._numbers[name] = table.num_rows
            if name == HEADER:
                self._whole = [table]
            file.rename(self._file(name, day))

    def hear(self, happened: Day, world: World) -> None:
        """Note who will hear of the day's changes, and when."""
        today = world.people.as_of
        rng = stream(self._seed, f"hears {today}")
        changed = np.unique(np.concatenate([happened.moved, happened.married, happened.renumbered, happened.remailed]))
        for name, (share, least, mean) in HEARS.items():
            some = changed[np.isin(changed, self._known[name]) & (rng.random(len(changed)) < share)]
            self._due[name].append((some, self._later(today, least, mean, len(some), rng)))
        theirs = happened.died[np.isin(happened.died, self._known[HEADER])]
        heard = world.people.died[theirs] + self._delay[theirs]
        self._due[HEADER].append((theirs, np.maximum(heard, today + 1)))
        gone = np.concatenate([happened.renumbered, happened.disconnected])
        gone = gone[np.isin(gone, self._known[CONTACT]) & (rng.random(len(gone)) < LINE_CHECK)]
        self._due[_CHECKS].append((gone, self._later(today, 5, 20.0, len(gone), rng)))

    @staticmethod
    def _later(today: np.datetime64, least: int, mean: float, n: int, rng: np.random.Generator) -> Days:
        return today + least + rng.exponential(mean, n).astype(np.int64)

    def deliver(self, world: World) -> Shown:
        """Write the deliveries of the day; returns what they show."""
        day = world.people.as_of
        date = day.astype(object)
        shown = Shown()
        seen = known_by(world, self._delay)
        daily = {HEADER: True, UTILITY: date.weekday() == 0, CONTACT: date.weekday() == 3, VOTER: date.day == 15}
        for name in (one for one, due in daily.items() if due):
            rng = stream(self._seed, f"delivery {name} {day}")
            person = self._taken(name, day)
            again = rng.random(len(self._known[name])) < CONFIRMED
            again &= np.isnat(seen.people.died[self._known[name]]) & np.isnat(world.people.died[self._known[name]])
            person = np.union1d(person, self._known[name][again])
            n = len(person)
            age = rng.integers(0, 3, n)
            last = day - age
            slot = np.zeros(n, np.int64)
            if name == CONTACT:
                checked = self._taken(_CHECKS, day)
                old = world.points.mobile_since[checked] - 1
                former = world.points.phone[checked, FORMER_MOBILE] > 0
                former &= world.points.mobile_since[checked] > day - 200  # the number that was given up, not the one in use
                person, slot = np.append(person, checked), np.append(slot, np.where(former, world.people.slot_at(checked, old), 0))
                last = np.append(last, np.where(former, old, day - 1))
            ends = seen.people.died[person]
            last = np.where(np.isnat(ends), last, np.minimum(last, ends))
            self._write(seen, name, Plan(person, slot, np.minimum(world.people.since[person, slot] + 3, last), last), shown)
        if date.day == 1 and len(self._whole):
            self._replace(day)
        return shown

    def _taken(self, name: str, day: np.datetime64) -> Whole:
        """People of whom a source has heard by a day; they leave the queue."""
        if not self._due[name]:
            return np.zeros(0, np.int64)
        person, when = (np.concatenate(part) for part in zip(*self._due[name], strict=True))
        ready = when <= day
        self._due[name] = [(person[~ready], when[~ready])]
        return np.unique(person[ready])

    def _write(self, world: World, name: str, plan: Plan, shown: Shown) -> None:
        if not len(plan.person):
            return
        day = world.people.as_of
        batch = sources.WRITERS[name](world, plan, stream(self._seed, f"written {name} {day}"))
        _, column, form = FILES[name]
        start = self._numbers[name]
        ids = texts([form.format(number) for number in range(start + 1, start + 1 + len(plan.person))])
        self._numbers[name] = start + len(plan.person)
        table = batch.table.add_column(0, column, records.column(ids))
        if name == HEADER:
            self._whole.append(table)
        write(self._file(name, day), iter([table]), table.schema)
        dead = np.zeros(len(plan.person), np.bool_)
        if name == HEADER:
            dead = ~np.isnat(world.people.died[plan.person]) & table["DOD"].is_valid().to_numpy()
        shown.source.append(name)
        shown.person.append(plan.person)
        shown.address.append(world.people.address[plan.person, plan.slot])
        shown.batch.append(batch)
        shown.dead.append(dead)

    def _replace(self, day: np.datetime64) -> None:
        """The credit header whole, without what was withdrawn; its earlier files go."""
        whole = pa.concat_tables(self._whole).combine_chunks()
        keep = stream(self._seed, f"withdrawn {day}").random(whole.num_rows) >= WITHDRAWN
        whole = whole.filter(pa.array(keep))
        self._whole = [whole]
        for file in sorted(self._folder.glob("header-*.parquet")):
            file.unlink()
        write(self._file(HEADER, day), iter([whole]), whole.schema)

    def _file(self, name: str, day: np.datetime64) -> Path:
        stem, ending = FILES[name][0].split(".")
        return self._folder / f"{stem}-{str(day).replace('-', '')}.{ending}"


__all__ = ["HEARS", "Deliveries", "Shown"]
