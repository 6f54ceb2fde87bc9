"""The settle step: decisions meet scores; channels are ordered, accounts get their status."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs import inventory, placed
from jobs.screen import CHUNK, HOLDS
from jobs.setup import Setup, read_plan
from jobs.tape import borrowers
from skiptrace.columns import of_accounts
from skiptrace.contacts import locate, rules
from skiptrace.reach import order, scorecards
from skiptrace.schema import ACCOUNTS, CHANNELS, CONTACT_POINTS, DECISIONS, conform
from skiptrace.schema.working import CONSUMERS, DEATHS
from skiptrace.sql import query
from skiptrace.store.tables import read_table, read_tables, write_pieces

_DECIDED = """
select c.* exclude (decision), coalesce(d.decision, 'stopped') as decision
from channels c left join decisions d using (account_id, point_id, channel)
order by c.account_id, c.channel, c.rank
"""
_ACCOUNTS = """
select t.account_id, c.consumer_id, t.portfolio_id,
    i.first as first_name, i.middle as middle_name, i.last as last_name, i.suffix,
    l.state, t.language, t.original_creditor, t.charge_off_date, t.balance,
    l.locate_status, o.best_channel, o.channel_order, o.p_any_channel,
    o.expected_value, h.holds, l.linked_records, l.review_records, d.deceased_date, t.minor,
    coalesce(v.account_state, 'open') as account_state, v.account_state_since, v.account_state_reason,
    x.placed_with, x.placed_on
from tape t join consumers c using (account_id) join own i on i.record_id = t.account_id
join located l using (account_id) join ordered o using (account_id)
join holds h using (account_id) join deaths d using (account_id)
left join inventory v using (account_id) left join placed x using (account_id)
order by t.account_id
"""


def settle_partition(
    work: str, number: int, points: dict[str, Any], channels: dict[str, Any], decisions: dict[str, Any],
    links: dict[str, Any], deaths: dict[str, Any], holds: dict[str, Any], consumers: dict[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """Final CHANNELS and ACCOUNTS of partition `number`."""
    setup = read_plan(work)
    own, _, tape = borrowers(setup, number)
    tables = {
        "tape": tape, "links": read_table(links), "points": read_tables([points], CONTACT_POINTS), "channels": read_table(channels),
        "decisions": read_tables([decisions], DECISIONS, [*DECISIONS.key, "decision"]),
        "deaths": read_tables([deaths], DEATHS), "holds": read_tables([holds], HOLDS), "consumers": read_tables([consumers], CONSUMERS),
        "inventory": inventory.of_accounts(setup), "placed": placed.of_accounts(setup),
    }  # fmt: skip
    ids = tape["account_id"].combine_chunks()
    ids = ids.take(pc.sort_indices(ids))

    def settled() -> Iterator[tuple[pa.Table, pa.Table]]:
        for start in range(0, len(ids), CHUNK):
            some = ids.slice(start, CHUNK)
            theirs = {name: of_accounts(table, some) for name, table in tables.items()} | {"own": of_accounts(own, some, "record_id")}
            theirs["channels"] = conform(query(_DECIDED, {name: theirs[name] for name in ("channels", "decisions")}), CHANNELS)
            yield theirs["channels"], _accounts(theirs, setup)

    stem = f"part-{number:05d}"
    uses, accounts = write_pieces(settled(), [(CHANNELS, setup.work / "channels", stem), (ACCOUNTS, setup.work / "accounts", stem)])
    return {"channels": uses.plain(), "accounts": accounts.plain()}


def _accounts(tables: dict[str, pa.Table], setup: Setup) -> pa.Table:
    tape, points = tables["tape"], tables["points"]
    located = locate.locate(tape, tables["links"], points, tables["deaths"], tables["holds"], rules.load(), setup.as_of)
    ordered = order.order_channels(tape, points, tables["channels"], scorecards.order_rules())
    return query(_ACCOUNTS, {**tables, "located": located, "ordered": ordered})
