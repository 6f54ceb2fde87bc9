"""What a delivery is beside that of the run before: how much of it there is, and how new it is.

A list is counted by what it says and not by its rows, so that a list delivered twice is no larger, and one that is no longer delivered
twice no smaller. Attempts are counted by day, as far back as a contact rule looks: older ones may go.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs.setup import read_plan
from jobs.tape import intake_receipts
from skiptrace.intake.forgotten import REASON
from skiptrace.schema import EVENTS, SUPPRESSIONS, Table
from skiptrace.sql import query
from skiptrace.store.inputs import InputFile
from skiptrace.store.tables import read_tables

LISTS: dict[str, tuple[Table, tuple[str, ...]]] = {
    "suppression": (SUPPRESSIONS, ("scope", "channel", "kind", "value", "account_id", "effective_from")),
    "dispositions": (EVENTS, ("event_id", "occurred_at")),
}
"""Kinds of source that are counted by what they say: the table that each is read as, and the columns that are looked at."""
WINDOW = 30
"""Days of attempts that contact rules count, and that are counted here."""
_SAID = """
select count(distinct hash(scope, channel, kind, value, account_id)) as n,
    max(effective_from) filter (effective_from <= DATE '{as_of}') as newest
from said
"""
_TRIED = """
select occurred_at::date as day, count(distinct hash(event_id)) as n from said where occurred_at::date <= DATE '{as_of}'
group by day order by day
"""


@dataclass(frozen=True)
class Arrival:
    """What was delivered of a source: `rows` (of a list: entries that differ; of attempts: those of WINDOW days), the `newest` day that
    it tells, ISO, up to the day of the run (None where it tells none), how many attempts there were on each of `days`, ISO, and the
    day on which the newest file of a list without any day was `modified`, ISO; how many rows were left out as `forgotten` people's."""

    rows: int
    newest: str | None = None
    days: Mapping[str, int] = field(default_factory=dict)
    modified: str | None = None
    forgotten: int = 0

    def plain(self) -> dict[str, Any]:
        """As a JSON object."""
        return {name: value for name, value in asdict(self).items() if name != "forgotten" or value}


def from_plain(plain: Mapping[str, Any]) -> Arrival:
    """From what `plain` gave, and a ledger kept."""
    return Arrival(int(plain["rows"]), plain["newest"], plain["days"], plain["modified"], int(plain.get("forgotten", 0)))


def of_run(work: str, rows: dict[str, int]) -> dict[str, Any]:
    """The arrivals of a run by source (`arrivals`: see `Arrival.plain`), after its intake step. rows: of every delivery, the portfolio
    among them."""
    setup = read_plan(work)
    found, kinds = dict[str, Arrival](), {"portfolio": "portfolio", **setup.kinds}
    for name, count in sorted(rows.items()):
        receipts = intake_receipts(setup, name)
        if kinds[name] in LISTS:
            spec, columns = LISTS[kinds[name]]
            said = read_tables([one[spec.name] for one in receipts], spec, list(columns))
            found[name] = of_list(kinds[name], said, [part.file for part in setup.partitions[name]], setup.as_of)
        else:
            found[name] = Arrival(count, max((one["newest"] for one in receipts if one.get("newest")), default=None))
        left_out = sum(one["rejected_by_reason"].get(REASON, 0) for one in receipts)
        found[name] = replace(found[name], forgotten=left_out)
    return {"arrivals": {name: arrival.plain() for name, arrival in found.items()}}


def of_list(kind: str, said: pa.Table, files: Iterable[InputFile], as_of: dt.date) -> Arrival:
    """The arrival of a source of one of LISTS, by the columns that are looked at and the files that they were read from."""
    modified = max((file.modified.isoformat() for file in files if file.modified is not None), default=None)
    if kind == "suppression":
        row = query(_SAID.format(as_of=as_of), {"said": said}).to_pylist()[0]
        return Arrival(row["n"], row["newest"].isoformat(), {}) if row["newest"] else Arrival(row["n"], None, {}, modified)
    plain = said.select(["event_id"]).append_column("occurred_at", said["occurred_at"].cast(pa.timestamp("s")))
    tried = query(_TRIED.format(as_of=as_of), {"said": plain}).to_pylist()
    first = as_of - dt.timedelta(days=WINDOW)
    days = {row["day"].isoformat(): row["n"] for row in tried if row["day"] > first}
    return Arrival(sum(days.values()), tried[-1]["day"].isoformat() if tried else None, days)


def newest(identities: pa.Table, as_of: dt.date) -> str | None:
    """The newest day up to `as_of` on which a source saw any of its records (IDENTITIES), ISO; None where it tells none."""
    found: Sequence[dt.date | None] = [
        pc.max(column.filter(pc.less_equal(column, pa.scalar(as_of)))).as_py()
        for column in (identities["first_seen"], identities["last_seen"], identities["deceased_date"])
    ]
    return max((day.isoformat() for day in found if day is not None), default=None)
