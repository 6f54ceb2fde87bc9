"""Which accounts are still worked: account events as delivered and as earlier runs were told, and what follows for the steps.

A recall holds although its file is gone: the register keeps every event that a published run was told (`jobs.register`). What a
wrong event did is undone by a later `reopened`, not by taking it out of the file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs.register import LOGGED_EVENTS, log
from jobs.setup import Setup, read_plan
from jobs.tape import intake_receipts, tape_refs
from skiptrace.errors import DataRefused, Problem
from skiptrace.onboard import inventory
from skiptrace.results import Run
from skiptrace.schema import ACCOUNT_EVENTS, ACCOUNTS, TAPE, conform
from skiptrace.schema.working import INVENTORY
from skiptrace.sql import query
from skiptrace.store.commit import put_json, read_json
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place
from skiptrace.store.tables import read_table, read_tables, write_table
from skiptrace.vocabulary import AWAY

KIND, STEP = "account_events", "inventory"
_NAMES = ", ".join(ACCOUNT_EVENTS.names)
_NEW = f"select distinct {_NAMES} from delivered except select {_NAMES} from kept order by all"
_DATED = """
select account_id, portfolio_id, event, coalesce(date, least(told_on, DATE '{as_of}')) as date, reason
from told
"""
"""A stop without a day holds from the day it was first told, so that a later event can lift it."""


def is_told(setup: Setup) -> bool:
    """Whether anything was ever delivered that could change the state of an account."""
    return bool(setup.register.get("events")) or any(source.kind == KIND for source in setup.project.source)


def states(work: str) -> dict[str, Any]:
    """INVENTORY of the whole portfolio (`inventory`), the events that no run was told before (`events`), and what is counted."""
    setup = read_plan(work)
    kept, delivered = _kept(setup), _delivered(setup)
    new = _new(delivered, kept, setup.as_of, setup.register.get("night", 0) + 1)
    told = _dated([kept, new], setup.as_of)
    tape = read_tables(tape_refs(setup, "tape"), TAPE, ["account_id", "portfolio_id"])
    folder = setup.work / STEP
    return {
        STEP: write_table(inventory.states(tape, told, setup.as_of), INVENTORY, folder, STEP).plain(),
        "events": write_table(new, LOGGED_EVENTS, folder, "events").plain(),
        "counted": {"delivered": len(delivered), "new": len(new), **inventory.counts(tape, told, setup.as_of)},
    }


def told_by(private: Place, delivered: pa.Table, as_of: dt.date) -> pa.Table:
    """ACCOUNT_EVENTS, each with a day, as they are delivered on a day (`delivered`) and as any run was told them."""
    kept = log(private, "events")
    return _dated([kept, _new(delivered, kept, as_of, 0)], as_of)


def stopped_since(run: Run, told: pa.Table, as_of: dt.date) -> pa.Table:
    """account_id, account_state of the accounts that a published run held to be open and that are not on `as_of`. told: see `told_by`.

    Raises DataRefused (exit 3) where there are some and the run was made when there was no inventory."""
    known = "account_state" in run.columns("accounts")
    accounts = run.table("accounts", ["account_id", "portfolio_id", *(["account_state"] if known else [])])
    now = inventory.states(accounts, told, as_of)
    now = now.filter(pc.not_equal(now["account_state"], "open")).select(["account_id", "account_state"])
    if not known:
        if len(now):
            problem = Problem(run.run_id, "accounts", "has no states of accounts, and account events are told", "run again")
            raise DataRefused("this run cannot be exported", (problem,))
        return now
    before = accounts.filter(pc.equal(accounts["account_state"], "open"))["account_id"].combine_chunks()
    return now.filter(pc.is_in(now["account_id"], before))


def _new(delivered: pa.Table, kept: pa.Table, as_of: dt.date, night: int) -> pa.Table:
    new = query(_NEW, {"delivered": delivered, "kept": kept})
    columns = [*new.columns, pa.repeat(pa.scalar(as_of, pa.date32()), len(new)), pa.repeat(pa.scalar(night, pa.int32()), len(new))]
    return conform(pa.table(columns, names=list(LOGGED_EVENTS.names)), LOGGED_EVENTS)


def _dated(told: Sequence[pa.Table], as_of: dt.date) -> pa.Table:
    return query(_DATED.format(as_of=as_of), {"told": pa.concat_tables(told)})


def _kept(setup: Setup) -> pa.Table:
    found = read_tables(setup.register.get("events", []), LOGGED_EVENTS)
    return found.filter(pc.less_equal(found["night"], setup.register.get("night", 0)))


def _delivered(setup: Setup) -> pa.Table:
    sources = [source.name for source in setup.project.source if source.kind == KIND]
    return read_tables([receipt[KIND] for name in sources for receipt in intake_receipts(setup, name)], ACCOUNT_EVENTS)


def of_accounts(setup: Setup) -> pa.Table:
    """INVENTORY, after the intake step."""
    return read_table(read_json(setup.receipt(STEP, 0))[STEP]).cast(INVENTORY.arrow) if is_told(setup) else INVENTORY.empty()


def by_portfolio(accounts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What `run.json` says of the inventory. accounts: files of ACCOUNTS. See `skiptrace.onboard.inventory.by_portfolio`."""
    columns = ["portfolio_id", "balance", "account_state", "best_channel", "placed_with"]
    return inventory.by_portfolio(read_tables(list(accounts), ACCOUNTS, columns))


def hand_on(setup: Setup, small: Setup) -> None:
    """Let a small portfolio of the run's accounts, whose plan is written, have the run's INVENTORY."""
    if is_told(setup):
        target = small.receipt(STEP, 0)
        put_json(private_folder(target.parent) / target.name, read_json(setup.receipt(STEP, 0)))


def away(setup: Setup) -> pa.Array:
    """The accounts that are no longer the buyer's, after the intake step."""
    found = of_accounts(setup)
    return found.filter(pc.is_in(found["account_state"], pa.array(AWAY)))["account_id"].combine_chunks()


def owned(setup: Setup, tape: pa.Table) -> pa.Table:
    """The rows of TAPE whose accounts are still the buyer's."""
    gone = away(setup)
    return tape.filter(pc.invert(pc.is_in(tape["account_id"], gone))) if len(gone) else tape


def lenders(setup: Setup, related: pa.Table) -> pa.Table:
    """Of account_id and record_id, an account and one of the same consumer (itself included), those whose points may serve the
    account. What a seller took back, or a buyer bought, is no longer ours to use for another debt; an account keeps its own points,
    as evidence."""
    gone = away(setup)
    if not len(gone):
        return related
    lent = pc.and_(pc.is_in(related["record_id"], gone), pc.not_equal(related["account_id"], related["record_id"]))
    return related.filter(pc.invert(lent))
