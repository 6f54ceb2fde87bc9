"""What each account's own rows, links and attempts say, as numbers, so that two nights are compared without comparing rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from jobs import inventory, placed
from jobs.linked import likely
from jobs.night.base import DIGESTS
from jobs.noted import past
from jobs.setup import Setup, read_plan
from jobs.tape import intake_receipts
from skiptrace.columns import of_accounts
from skiptrace.intake.partitions import ROWS_OF_A_FILE
from skiptrace.sql import query
from skiptrace.store.tables import read_table, write_table

_PORTFOLIO = ("identities", "sightings", "consents", "tape")
_NOT_SAID = ("identity", "source", "row")
_TEXT = """
with who as (select identity, record_id from identities),
rows as (
    select record_id as account_id, 'own' as what, hash('identity', {identities}) as h from identities i
    union all select w.record_id, 'own', hash('sighting', {sightings}) from sightings s join who w using (identity)
    union all select w.record_id, 'own', hash('consent', {consents}) from consents c join who w using (identity)
    union all select account_id, 'own', hash('tape', {tape}) from tape t
    union all select account_id, 'own', hash('state', account_state, account_state_since) from inventory
    union all select account_id, 'own', hash('placed', placed_with, placed_on) from placed
    union all
    select account_id, 'linked', hash(l.source, record_id, identity, match_probability, relation, status, k.key)
    from likely l left join keys k on k.source = l.source and k.file = l.identity // {rows_of_a_file}
    union all select account_id, 'told', hash({events}) from events e),
sums as (select account_id, what, (sum(h::hugeint) % 18446744073709551616)::ubigint as h from rows group by all)
select t.account_id, coalesce(o.h, 0)::ubigint as own, coalesce(l.h, 0)::ubigint as linked, coalesce(d.h, 0)::ubigint as told
from tape t left join sums o on o.account_id = t.account_id and o.what = 'own'
left join sums l on l.account_id = t.account_id and l.what = 'linked'
left join sums d on d.account_id = t.account_id and d.what = 'told'
order by t.account_id
"""


def of_partition(work: str, number: int, considered: dict[str, Any]) -> dict[str, Any]:
    """DIGESTS of partition `number`. considered: its file of pairs, see `jobs.linked.likely`."""
    setup = read_plan(work)
    receipt = intake_receipts(setup, "portfolio")[number]
    tables = {name: read_table(receipt[name]) for name in _PORTFOLIO}
    tables["events"] = past(setup)
    ids = tables["tape"]["account_id"].combine_chunks()
    known = {"inventory": of_accounts(inventory.of_accounts(setup), ids), "placed": of_accounts(placed.of_accounts(setup), ids)}
    found = query(_text(tables, setup.as_of), {**tables, **known, "likely": likely(considered), "keys": keys(setup)})
    table = found.append_column("part", pa.repeat(pa.scalar(number, pa.int32()), len(found)))
    return {"digests": write_table(table, DIGESTS, setup.work / "digests", f"part-{number:05d}").plain()}


def keys(setup: Setup) -> pa.Table:
    """source, file, key: of each file of a source the number that the numbers of its rows begin with, and the key of its reading."""
    rows = {
        (source, part.first_row // ROWS_OF_A_FILE, key)
        for source in setup.record_sources
        for part, key in zip(setup.partitions[source], setup.delivery_keys[source], strict=True)
    }
    source, file, key = zip(*sorted(rows), strict=True) if rows else ((), (), ())
    return pa.table({"source": pa.array(source, pa.string()), "file": pa.array(file, pa.int64()), "key": pa.array(key, pa.string())})


def _text(tables: Mapping[str, pa.Table], as_of: dt.date) -> str:
    """The query. Numbers of rows are left out: a row that moved within its file says the same. A day is told together with whether it
    has come, for what lies ahead of a run's day is not heard by it."""

    def said(name: str, schema: pa.Schema) -> str:
        columns = [(f'{name[0]}."{field.name}"', field.type) for field in schema if field.name not in _NOT_SAID]
        days = [column for column, type_ in columns if pa.types.is_temporal(type_)]
        return ", ".join([*(column for column, _ in columns), *(f"{day}::date <= DATE '{as_of}'" for day in days)])

    return _TEXT.format(rows_of_a_file=ROWS_OF_A_FILE, **{name: said(name, table.schema) for name, table in tables.items()})
