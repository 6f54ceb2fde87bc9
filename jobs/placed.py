"""Accounts that an agency or law firm works: placed by a delivery, by an export with a holder, or called back by a note.

What was told of placements lasts as account events do: the register keeps every placement that a published run was told, the log of
exports says what an export placed, and recalls are notes. An account is in the exports of one holder: `assigned` gives everybody
else's away, before any of it is written, so no order of exports sends an account to two.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs import exported, noted
from jobs.register import LOGGED_PLACEMENTS, log
from jobs.setup import Setup, read_plan
from jobs.tape import intake_receipts, tape_refs
from skiptrace.errors import ConfigError, Problem
from skiptrace.export.holding import needed, taken
from skiptrace.onboard import placing
from skiptrace.project import Project
from skiptrace.results import Run
from skiptrace.schema import PLACEMENTS, TAPE, conform
from skiptrace.schema.working import PLACED
from skiptrace.sql import query
from skiptrace.store.commit import read_json
from skiptrace.store.places import Place
from skiptrace.store.tables import read_table, read_tables, write_table

KIND, STEP = "placements", "placed"
_NAMES = ", ".join(PLACEMENTS.names)
_NEW = f"select distinct {_NAMES} from delivered except select {_NAMES} from kept order by all"
_DATED = """
select account_id, placed_with, coalesce(placed_on, case when recalled_on is null then told_on end) as placed_on, recalled_on, reason
from kept
union all
select account_id, placed_with, coalesce(placed_on, case when recalled_on is null then DATE '{as_of}' end), recalled_on, reason from others
"""
"""A placement without a day holds from the day it was first told; a recall without one is none."""
_WRITTEN = """
select distinct account_id, holder as placed_with, exported_on as placed_on, null::date as recalled_on, null::varchar as reason
from log where holder is not null order by all
"""
NOBODY = ""
"""The holder of an account that was called back since the run: it leaves with nobody until a run decided anew."""


def is_told(setup: Setup) -> bool:
    """Whether anything could be placed."""
    project = setup.project
    named = any(export.holder for export in project.export) or any(source.kind == KIND for source in project.source)
    return named or bool(setup.register.get("placements"))


def states(work: str) -> dict[str, Any]:
    """PLACED of the whole portfolio (`placed`), the placements that no run was told before (`placements`), and what is counted."""
    setup = read_plan(work)
    kept = read_tables(setup.register.get("placements", []), LOGGED_PLACEMENTS)
    kept = kept.filter(pc.less_equal(kept["night"], setup.register.get("night", 0)))
    sources = [source.name for source in setup.project.source if source.kind == KIND]
    delivered = read_tables([receipt[KIND] for name in sources for receipt in intake_receipts(setup, name)], PLACEMENTS)
    new = query(_NEW, {"delivered": delivered, "kept": kept})
    others = [_written(setup.exported), noted.recalls(setup.private, setup.notes)]
    told = _dated(kept, [new, *others], setup.as_of)
    columns = [*new.columns, pa.repeat(pa.scalar(setup.as_of, pa.date32()), len(new))]
    columns.append(pa.repeat(pa.scalar(setup.register.get("night", 0) + 1, pa.int32()), len(new)))
    logged = conform(pa.table(columns, names=list(LOGGED_PLACEMENTS.names)), LOGGED_PLACEMENTS)
    accounts = read_tables(tape_refs(setup, "tape"), TAPE, ["account_id"])["account_id"].combine_chunks()
    found = placing.held(told, setup.as_of)
    found, folder = found.filter(pc.is_in(found["account_id"], accounts)), setup.work / STEP
    holders = pc.value_counts(found["placed_with"].combine_chunks()).to_pylist()
    by_holder = {one["values"]: one["counts"] for one in sorted(holders, key=lambda one: str(one["values"]))}
    return {
        STEP: write_table(found, PLACED, folder, STEP).plain(), "placements": write_table(logged, LOGGED_PLACEMENTS, folder, KIND).plain(),
        "counted": {"placed": by_holder, **placing.counts(told, accounts, setup.as_of)},
    }  # fmt: skip


def of_accounts(setup: Setup) -> pa.Table:
    """PLACED, after the intake step."""
    return read_table(read_json(setup.receipt(STEP, 0))[STEP]).cast(PLACED.arrow) if is_told(setup) else PLACED.empty()


def told_by(private: Place, delivered: pa.Table, left: dict[str, Any], as_of: dt.date) -> pa.Table:
    """PLACEMENTS, as delivered on a day (`delivered`), as any run was told, as exports wrote (`left`: `jobs.exported.now`) and as noted."""
    others = [delivered, _written(left), noted.recalls(private, noted.standing(private))]
    return _dated(log(private, "placements"), others, as_of)


def assigned(run: Run, project: Project, told: pa.Table, as_of: dt.date) -> pa.Table:
    """account_id and holder of every account of a published run that does not leave in the owner's own exports on a day: who holds it,
    NOBODY where it came back since the run, or the first export in the file's order that takes accounts and takes this one (`place`),
    unless it came back from there before. told: see `told_by`.

    Raises ConfigError (exit 2) where a `place` cannot be evaluated over the accounts of the run."""
    found = placing.held(told, as_of).select(["account_id", "placed_with"]).rename_columns(["account_id", "holder"])
    before = "placed_with" in run.columns("accounts")
    if before:
        accounts = run.table("accounts", ["account_id", "placed_with"])
        gone = accounts.filter(pc.is_valid(accounts["placed_with"]))["account_id"]
        gone = gone.filter(pc.invert(pc.is_in(gone, found["account_id"].combine_chunks())))
        found = pa.concat_tables([found, pa.table([gone, pa.repeat(NOBODY, len(gone))], schema=found.schema)])
    came_back = placing.returned(told, as_of)
    for number, export in enumerate(project.export, 1):
        if (holder := export.holder) is None or export.place is None:
            continue
        accounts = run.table("accounts", [name for name in needed(export.place) if name in run.columns("accounts")])
        takes = taken(accounts, export.place, project.file.name, f"export[{number}].place")
        back = came_back.filter(pc.equal(came_back["placed_with"], holder))["account_id"].combine_chunks()
        takes = takes.filter(pc.invert(pc.or_(pc.is_in(takes, found["account_id"].combine_chunks()), pc.is_in(takes, back))))
        found = pa.concat_tables([found, pa.table([takes, pa.repeat(holder, len(takes))], schema=found.schema)])
    return found.combine_chunks()


def recall(
    private: Place, run: Run, account: str, holder: str, by: str, reason: str, day: dt.date, at: dt.datetime
) -> str:  # fmt: skip
    """Call an account of a run back from its holder from a day on; returns the note's id. Raises as `jobs.noted.add`, and ConfigError
    (exit 2) where the run knows of no such placement."""
    if "placed_with" in run.columns("accounts"):
        accounts = run.table("accounts", ["account_id", "placed_with"])
        mine = accounts.filter(pc.equal(accounts["account_id"], account))["placed_with"].to_pylist()
        if mine and mine[0] not in (None, holder.lower()):
            problem = Problem("--recall", "", f'the account is placed with "{mine[0]}"', "name that holder")
            raise ConfigError("the account is not placed there", (problem,))
    return noted.add_recall(private, run, account, holder.lower(), by, reason, day, at)


def _written(left: dict[str, Any]) -> pa.Table:
    return query(_WRITTEN, {"log": exported.log(left)}).cast(PLACEMENTS.arrow)


def _dated(kept: pa.Table, others: list[pa.Table], as_of: dt.date) -> pa.Table:
    tables = {"kept": kept, "others": pa.concat_tables([one.cast(PLACEMENTS.arrow) for one in others])}
    return query(_DATED.format(as_of=as_of), tables)
