"""`skiptrace runs purge --policy`: what the project may not keep any longer goes, and nothing that it must keep.

Readings and layers of the index go for a source whose contract has ended, whose delivery is older than its licence lets anybody keep it,
or which is no source of the project any more. Evidence of decisions goes account by account, three years (`rules/retention`) after the
last activity for it: the last attempt, or the day from which it was not worked any more. Of the run published last nothing goes, nor
what past attempts proved: an opt-out outlives the account.
"""

from __future__ import annotations

import datetime as dt
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs import outcomes, unremembered
from jobs.feedback import load_project
from jobs.locking import locked
from jobs.own_rows import published
from jobs.purged import purge
from jobs.rewritten import rewrite
from jobs.unremembered import Numbers, receipts_of
from skiptrace.errors import ConfigError, Problem
from skiptrace.plugins import rules_root
from skiptrace.project import PRIVATE, Project, home_of
from skiptrace.results import Run, latest
from skiptrace.results.shelf import RUNS, last_day
from skiptrace.sql import query
from skiptrace.store.commit import read_json
from skiptrace.store.permissions import private_folder, refuse_unsafe
from skiptrace.store.places import Place, entries
from skiptrace.store.tables import read_table

_LAST_SEEN = "select account_id, max(day) as day from seen group by account_id"
_OVER = f"""
with last as ({_LAST_SEEN}),
known as (
    select account_id, case when w.account_id is null then l.day when w.account_state = 'open' or w.account_state_since is null
        then DATE '9999-12-31' else w.account_state_since end as day
    from last l full join worked w using (account_id)),
tries as (select account_id, max(day) as day from tried group by account_id)
select account_id from known k left join tries t using (account_id) where greatest(k.day, t.day) < DATE '{{edge}}' order by account_id
"""


@dataclass(frozen=True)
class Ended:
    """A source of which what was read goes, and why, as the end of a sentence about it."""

    source: str
    why: str


@dataclass(frozen=True)
class Purged:
    """What went, or would go: sources and why; readings, layers and persons by kind; rows of evidence by run and table; runs of which
    nothing was left; accounts whose evidence is over."""

    sources: tuple[Ended, ...]
    readings: dict[str, int]
    evidence: dict[str, dict[str, int]]
    runs: tuple[str, ...]
    accounts: int


@cache
def periods() -> Mapping[str, Mapping[str, Any]]:
    """`rules/retention/periods.toml`."""
    return tomllib.loads((rules_root() / "retention" / "periods.toml").read_text(encoding="utf-8"))


def apply(folder: Path, today: dt.date, dry: bool = False) -> Purged:
    """Remove what is over by `today`, or with `dry` only find it. Doing it twice changes nothing; what a kill left is done the next time.

    Raises ConfigError (exit 2) for a day before that of a published run (a clock set back), and where the project wants evidence to go
    sooner than the law lets it; SafeToRerun (75) where a run is under way."""
    project, home = load_project(folder, os.environ), home_of(folder).resolve()
    refuse_unsafe(home)
    _refuse_past(home, today)
    years = _years(project)
    private = private_folder(home / PRIVATE)
    with locked(private):
        ended = _ended(project, private, today)
        gone = {one.source for one in ended}
        notes = _read_on(private)
        went = unremembered.drop(private, lambda place: _over(project, place, gone, notes, today), dry)
        none = project.retention.legal_hold or last_day(home) is None
        over = None if none else _accounts_over(home, private, _years_before(today, years))
        evidence, runs = dict[str, dict[str, int]](), list[str]()
        for run in [] if over is None or not len(over) else _all_but_the_last(home):
            rows = _rows_of(run, over)
            if not rows:
                continue
            if rows.get("decisions") == _count(run, "decisions") and rows.get("contact_points") == _count(run, "contact_points"):
                runs.append(run.run_id)
                if not dry:
                    purge(home, run)
                continue
            evidence[run.run_id] = rows
            if not dry:
                rewrite(run.folder, Over(over), "the evidence of these accounts was kept as long as it must be")
    return Purged(ended, {kind: count for kind, count in went.items() if count}, evidence, tuple(runs), 0 if over is None else len(over))


@dataclass(frozen=True)
class Over:
    """Accounts whose evidence is over, as `jobs.rewritten` asks for them."""

    accounts: pa.Array

    def others(self, table: pa.Table) -> pa.Table:
        """The rows of a table that are of no such account."""
        if "account_id" not in table.column_names:
            return table
        mine = pc.is_in(table["account_id"], self.accounts)
        return table.filter(pc.invert(mine)) if pc.any(mine).as_py() else table

    def without(self, table: pa.Table, name: str, gone_points: list[pa.Array]) -> tuple[pa.Table, bool]:
        """A table without their rows, and whether there were any."""
        kept = self.others(table)
        return kept, len(kept) < len(table)


def _refuse_past(home: Place, today: dt.date) -> None:
    last = last_day(home)
    if last is not None and today < last[1]:
        what = f"today would be {today}, and run {last[0]} was published for {last[1]}"
        raise ConfigError(
            "a policy of days cannot be followed with a wrong clock; nothing was removed",
            (Problem(RUNS, "as_of", what, "set the clock right, or wait for that day"),),
        )


def _years(project: Project) -> int:
    least, wanted = int(periods()["evidence"]["years"]), project.retention.evidence_years
    if wanted is not None and wanted < least:
        what = f"is {wanted}, and evidence of decisions is kept {least} years ({periods()['evidence']['citation']})"
        problem = Problem(project.file.name, "retention.evidence_years", what, f"write {least} or more, or leave it out")
        raise ConfigError("evidence would go too soon; nothing was removed", (problem,))
    return least if wanted is None else wanted


def _years_before(day: dt.date, years: int) -> dt.date:
    return day.replace(year=day.year - years, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _ended(project: Project, private: Place, today: dt.date) -> tuple[Ended, ...]:
    found = [
        Ended(source.name, f"has a contract that ended on {source.contract_expires}")
        for source in project.source if source.contract_expires is not None and source.contract_expires < today
    ]
    named = {source.name for source in project.source}
    kept = {source for place in entries(private / unremembered.DELIVERIES) for source in _sources(place)}
    return tuple(found + [Ended(name, "is no source of the project any more") for name in sorted(kept - named)])


def _sources(place: Place) -> set[str]:
    """Of which sources a reading is."""
    found = set[str]()
    for receipt in receipts_of(place):
        if "source" in receipt:
            found.add(str(receipt["source"]))
        else:  # an earlier version did not say
            found.update(read_table(receipt["identities"], ["source"])["source"].to_pylist())
    return found


def _over(
    project: Project, place: Place, gone: set[str], read_on: Mapping[str, dt.date], today: dt.date
) -> tuple[bool, Numbers]:  # fmt: skip
    """Whether a reading is of a source that has ended, or is kept longer than its licence says; else the numbers of its records."""
    sources = _sources(place)
    if sources & gone:
        return True, {}
    kept = (today - read_on[place.name]).days if place.name in read_on else 0
    if any(source.name in sources and source.retention_days is not None and kept > source.retention_days for source in project.source):
        return True, {}
    if kept > int(periods()["unused"]["years"]) * 365:  # no reading serves so long (`intake.lasting`): nobody has used it since
        return True, {}
    numbers = Numbers()
    for receipt in receipts_of(place):
        identities = read_table(receipt["identities"], ["source", "identity"])
        for source in identities["source"].unique().to_pylist():
            numbers.setdefault(source, []).append(identities["identity"].to_numpy())
    return False, numbers


def _read_on(private: Place) -> dict[str, dt.date]:
    """On which day each reading was made, by its folder's name."""
    found = dict[str, dt.date]()
    for note in entries(private / "readings"):
        name = unremembered.reading_of(note)
        if name is not None:
            found[name] = dt.date.fromisoformat(str(read_json(note)["as_of"]))
    return found


def _all_but_the_last(home: Place) -> list[Run]:
    last = latest(home).run_id
    return [run for run in published(home) if run.run_id != last]


def _accounts_over(home: Place, private: Place, edge: dt.date) -> pa.Array:
    """The accounts whose last activity was before `edge`: those that the last run has as open are worked; of the others it is the last
    attempt, the first day of being closed, recalled or transferred, or the last run that had them."""
    seen = [pa.table({"account_id": pa.array([], pa.string()), "day": pa.array([], pa.date32())})]
    for run in published(home):
        day = dt.date.fromisoformat(str(run.ledger["as_of"]))
        ids = run.table("accounts" if "accounts" in run.ledger["tables"] else "decisions", ["account_id"])["account_id"].unique()
        seen.append(pa.table({"account_id": ids.cast(pa.string()), "day": pa.repeat(pa.scalar(day, pa.date32()), len(ids))}))
        if len(seen) > 2:  # a row per account, however many nights there were
            seen = [query(_LAST_SEEN, {"seen": pa.concat_tables(seen)})]
    tried = outcomes.kept(private).select(["account_id", "occurred_at"])
    days = tried["occurred_at"].cast(pa.timestamp("s")).cast(pa.date32())
    tables = {
        "seen": pa.concat_tables(seen), "tried": pa.table({"account_id": tried["account_id"], "day": days}),
        "worked": latest(home).table("accounts", ["account_id", "account_state", "account_state_since"]),
    }  # fmt: skip
    return query(_OVER.format(edge=edge), tables)["account_id"].cast(pa.string()).combine_chunks()


def _rows_of(run: Run, accounts: pa.Array) -> dict[str, int]:
    """How many rows of each table of a run are of some accounts."""
    found = {}
    for name in (*run.ledger["tables"], *run.ledger.get("evidence", {})):
        if "account_id" in run.columns(name):
            count = pc.sum(pc.is_in(run.table(name, ["account_id"])["account_id"], accounts), min_count=0).as_py()
            if count:
                found[name] = int(count)
    return found


def _count(run: Run, name: str) -> int:
    return int({**run.ledger["tables"], **run.ledger.get("evidence", {})}.get(name, {}).get("rows", 0))
