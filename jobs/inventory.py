"""Which accounts are still worked: account events as delivered and as earlier runs were told, and what follows for the steps.

A recall holds although its file is gone: the register keeps every event that a published run was told (`jobs.register`). What a
wrong event did is undone by a later `reopened`, not by taking it out of the file.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs.register import LOGGED_EVENTS
from jobs.setup import Setup, read_plan
from jobs.tape import intake_receipts, tape_refs
from skiptrace.onboard import inventory
from skiptrace.schema import ACCOUNT_EVENTS, TAPE
from skiptrace.schema.working import INVENTORY
from skiptrace.sql import query
from skiptrace.store.commit import put_json, read_json
from skiptrace.store.permissions import private_folder
from skiptrace.store.tables import read_table, read_tables, write_table
from skiptrace.vocabulary import AWAY

KIND, STEP = "account_events", "inventory"
_NAMES = ", ".join(ACCOUNT_EVENTS.names)
_NEW = f"select distinct {_NAMES} from delivered except select {_NAMES} from kept order by all"
_DATED = """
select account_id, portfolio_id, event, coalesce(date, least(told_on, DATE '{as_of}')) as date, reason
from (select * from kept union all select * from new)
"""
"""A stop without a day holds from the day it was first told, so that a later event can lift it."""


def is_told(setup: Setup) -> bool:
    """Whether anything was ever delivered that could change the state of an account."""
    return bool(setup.register.get("events")) or any(source.kind == KIND for source in setup.project.source)


def states(work: str) -> dict[str, Any]:
    """INVENTORY of the whole portfolio (`inventory`), the events that no run was told before (`events`), and what is counted."""
    setup = read_plan(work)
    kept, delivered = _kept(setup), _delivered(setup)
    new = query(_NEW, {"delivered": delivered, "kept": kept})
    told_on, night = pa.scalar(setup.as_of, pa.date32()), pa.scalar(setup.register.get("night", 0) + 1, pa.int32())
    new = new.append_column("told_on", pa.repeat(told_on, len(new))).append_column("night", pa.repeat(night, len(new)))
    told = query(_DATED.format(as_of=setup.as_of), {"kept": kept, "new": new})
    tape = read_tables(tape_refs(setup, "tape"), TAPE, ["account_id", "portfolio_id"])
    folder = setup.work / STEP
    return {
        STEP: write_table(inventory.states(tape, told, setup.as_of), INVENTORY, folder, STEP).plain(),
        "events": write_table(new, LOGGED_EVENTS, folder, "events").plain(),
        "counted": {"delivered": len(delivered), "new": len(new), **inventory.counts(tape, told, setup.as_of)},
    }


def _kept(setup: Setup) -> pa.Table:
    found = read_tables(setup.register.get("events", []), LOGGED_EVENTS)
    return found.filter(pc.less_equal(found["night"], setup.register.get("night", 0)))


def _delivered(setup: Setup) -> pa.Table:
    sources = [source.name for source in setup.project.source if source.kind == KIND]
    return read_tables([receipt[KIND] for name in sources for receipt in intake_receipts(setup, name)], ACCOUNT_EVENTS)


def of_accounts(setup: Setup) -> pa.Table:
    """INVENTORY, after the intake step."""
    return read_table(read_json(setup.receipt(STEP, 0))[STEP]).cast(INVENTORY.arrow) if is_told(setup) else INVENTORY.empty()


def hand_on(setup: Setup, small: Setup) -> None:
    """Let a small portfolio of the run's accounts, whose plan is written, have the run's INVENTORY."""
    if is_told(setup):
        target = small.receipt(STEP, 0)
        put_json(private_folder(target.parent) / target.name, read_json(setup.receipt(STEP, 0)))


def _away(setup: Setup) -> pa.Array:
    found = of_accounts(setup)
    return found.filter(pc.is_in(found["account_state"], pa.array(AWAY)))["account_id"].combine_chunks()


def owned(setup: Setup, tape: pa.Table) -> pa.Table:
    """The rows of TAPE whose accounts are still the buyer's."""
    away = _away(setup)
    return tape.filter(pc.invert(pc.is_in(tape["account_id"], away))) if len(away) else tape


def lenders(setup: Setup, related: pa.Table) -> pa.Table:
    """Of account_id and record_id, an account and one of the same consumer (itself included), those whose points may serve the
    account. What a seller took back, or a buyer bought, is no longer ours to use for another debt; an account keeps its own points,
    as evidence."""
    away = _away(setup)
    if not len(away):
        return related
    lent = pc.and_(pc.is_in(related["record_id"], away), pc.not_equal(related["account_id"], related["record_id"]))
    return related.filter(pc.invert(lent))
