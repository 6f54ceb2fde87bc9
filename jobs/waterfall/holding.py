"""Whom no source is asked about: accounts that a rule holds, that are not the owner's to work, or that nobody may hold any more.

Asked before anything is spent. What the run decided counts, and what lists, past contacts, account events and placements say on the day of
the order, by the same rules.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jobs import placed, tombstones
from jobs.decided import rulebook_of
from jobs.lists import Lists, lists_now
from jobs.rewritten import People
from skiptrace.compliance import accounts, screening
from skiptrace.compliance.history import gather
from skiptrace.compliance.licences import Licence
from skiptrace.onboard import inventory
from skiptrace.project import Project, Source
from skiptrace.results import Run
from skiptrace.schema import conform
from skiptrace.schema.delivered import TEXT, WORD
from skiptrace.schema.table import Column, Table
from skiptrace.schema.working import CONSUMERS
from skiptrace.sql import query
from skiptrace.store.places import Place

HELD = Table(
    "held", "An account that no source is asked about, and what holds it: a rule, or a word of this module.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("held", WORD, "What holds it.", "sensitive", nullable=False),
    ),
    key=("account_id",),
)  # fmt: skip
_HELD = """
select account_id, arg_min(held, place) as held from (
    select account_id, 0 as place, 'forgotten' as held from forgotten
    union all select account_id, 1, account_state from accounts where account_state <> 'open'
    union all select account_id, 2, account_state from moved where account_state <> 'open'
    union all select account_id, 3, holds[1] from accounts where len(holds) > 0
    union all select account_id, 4, holds[1] from later where len(holds) > 0
    union all select account_id, 5, 'deceased' from accounts where locate_status = 'deceased'
    union all select account_id, 6, 'minor' from accounts where minor
    union all select account_id, 7, 'placed' from placed)
group by account_id order by account_id
"""
_NEWLY = """
select n.account_id, list_filter(n.holds, lambda one: not list_contains(b.holds, one)) as holds
from now n join before b using (account_id)
"""
_COLUMNS = (
    "account_id", "consumer_id", "portfolio_id", "balance", "charge_off_date", "language", "holds", "locate_status", "minor",
    "account_state", "state",
)  # fmt: skip


def held(run: Run, project: Project, private: Place, key: bytes, as_of: dt.date) -> pa.Table:
    """HELD on a day. key: of the tokens of tombstones. Raises as `jobs.lists.lists_now` and `jobs.placed.assigned`."""
    lists, table = lists_now(project, private, as_of), run.table("accounts", _COLUMNS)
    gone = People(tombstones.load(private), key).accounts(table["account_id"])
    tables = {
        "accounts": table, "forgotten": table.filter(pa.array(gone)).select(["account_id"]),
        "moved": inventory.states(table, lists.account_events, as_of), "placed": placed.assigned(run, project, lists.placements, as_of),
        "later": _later(run, project, table, lists, as_of),
    }  # fmt: skip
    return conform(query(_HELD, tables), HELD)


def may_be_sent(sources: tuple[Source, ...], states: pa.ChunkedArray, as_of: dt.date) -> dict[str, NDArray[np.bool_]]:
    """Of each source whether an account of a state (string, NULL where none is known) may be sent to it by its licence: bool [n]. Where
    the licence is for some states, an account without one may not."""
    coded = states.combine_chunks().dictionary_encode()
    place, known = pc.fill_null(coded.indices, -1).to_numpy(), [*coded.dictionary.to_pylist(), None]  # the last is of no known state
    found = dict[str, NDArray[np.bool_]]()
    for source in sources:
        licence = Licence((), None, source.states, source.except_states, source.contract_expires)
        found[source.name] = np.array([licence.covers(state, as_of) for state in known], bool)[place]
    return found


def _later(run: Run, project: Project, table: pa.Table, lists: Lists, as_of: dt.date) -> pa.Table:
    """account_id and holds: rules that hold an account by what was delivered since the run. The facts of the tape are not known here, so
    what they alone say is taken off again: the run's own holds have it."""
    book, rows = rulebook_of(run), {name: table[name] for name in ("account_id", "balance", "charge_off_date", "language", "minor")}
    absent = {name: pa.nulls(len(table), pa.bool_()) for name in ("deceased", "bankruptcy", "attorney", "cease", "dispute", "scra")}
    absent |= {"last_payment_date": pa.nulls(len(table), pa.date32()), "inconvenient_times": pa.nulls(len(table), pa.string())}
    tape, consumers = pa.table({**rows, **absent}), conform(table.select(["account_id", "consumer_id"]), CONSUMERS)
    given: dict[str, Any] = {"as_of": as_of, "rulebook": book, "settings": project.compliance.model_dump(), "consumers": consumers}
    told = gather(book, as_of, lists.events, lists.suppressions, consumers)
    facts = [accounts.build_accounts(tape, history=history, **given) for history in (told, gather(book, as_of, None, None, consumers))]
    now, before = (screening.screen_accounts(one, book, as_of) for one in facts)
    return query(_NEWLY, {"now": now, "before": before})
