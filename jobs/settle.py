"""The settle step: decisions meet scores; channels are ordered, accounts get their status."""

from __future__ import annotations

from typing import Any

from jobs.screen import HOLDS
from jobs.setup import read_plan
from jobs.tape import borrowers
from skiptrace.contacts import locate, rules
from skiptrace.reach import order, scorecards
from skiptrace.schema import ACCOUNTS, CHANNELS, CONTACT_POINTS, DECISIONS, conform
from skiptrace.schema.working import CONSUMERS, DEATHS
from skiptrace.sql import query
from skiptrace.store.tables import read_table, read_tables, write_table

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
    o.expected_value, h.holds, l.linked_records, l.review_records, d.deceased_date, t.minor
from tape t join consumers c using (account_id) join own i on i.record_id = t.account_id
join located l using (account_id) join ordered o using (account_id)
join holds h using (account_id) join deaths d using (account_id)
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
        "tape": tape, "own": own,
        "points": read_tables([points], CONTACT_POINTS), "decisions": read_tables([decisions], DECISIONS),
        "deaths": read_tables([deaths], DEATHS), "holds": read_tables([holds], HOLDS),
        "consumers": read_tables([consumers], CONSUMERS),
    }  # fmt: skip
    decided = conform(query(_DECIDED, {"channels": read_table(channels), "decisions": tables["decisions"]}), CHANNELS)
    currency = rules.load()
    located = locate.locate(
        tape, read_table(links), tables["points"], tables["deaths"], tables["holds"], currency, currency.recency_day(setup.as_of)
    )
    ordered = order.order_channels(tape, tables["points"], decided, scorecards.order_rules())
    accounts = query(_ACCOUNTS, {**tables, "located": located, "ordered": ordered})
    stem = f"part-{number:05d}"
    return {
        "channels": write_table(decided, CHANNELS, setup.work / "channels", stem).plain(),
        "accounts": write_table(accounts, ACCOUNTS, setup.work / "accounts", stem).plain(),
    }  # fmt: skip
