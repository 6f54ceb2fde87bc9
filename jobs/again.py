"""Decisions screened again on the day an export is written: what lists, past contacts and account events say by then counts.

Only uses that the run left open are looked at, and of these only the ones that something speaks of now. They are decided by the
rules and on the facts of the run, with what is said now added, by the functions that decided them first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs import inventory
from jobs.decided import rulebook_of, situations_of
from jobs.lists import Lists
from jobs.parts import parts_of
from skiptrace.compliance import listed
from skiptrace.compliance.history import gather
from skiptrace.compliance.screening import screen
from skiptrace.reach import order, scorecards
from skiptrace.results import Run
from skiptrace.schema import ACCOUNTS, CHANNELS, DECISIONS, Table, conform
from skiptrace.sql import query

TABLES = ("accounts", "contact_points", "channels", "decisions")
OPEN = "('permitted', 'conditional')"
_MERGED = """
select d.* replace (
    case when a.decision = 'stopped' then 'stopped' when len(a.conditions) + len(d.conditions) > 0 then 'conditional'
        else d.decision end as decision,
    coalesce(a.stopped_by, d.stopped_by) as stopped_by, coalesce(a.steps_required, d.steps_required) as steps_required,
    list_sort(list_distinct(list_concat(d.conditions, coalesce(a.conditions, [])))) as conditions,
    coalesce(a.facts_digest, d.facts_digest) as facts_digest)
from decisions d left join again a using (account_id, point_id, channel)
order by d.account_id, d.point_id, d.channel
"""
_CHANNELS = """
select c.* replace (d.decision as decision) from channels c join decisions d using (account_id, point_id, channel)
order by c.account_id, c.channel, c.rank
"""
_ACCOUNTS = """
select a.* replace (
    case when o.account_id is null then a.channel_order else list_filter(a.channel_order, lambda one: list_contains(o.channel_order, one))
        end as channel_order,
    case when o.account_id is null then a.best_channel
        else list_filter(a.channel_order, lambda one: list_contains(o.channel_order, one))[1] end as best_channel,
    coalesce(o.p_any_channel, a.p_any_channel) as p_any_channel, coalesce(o.expected_value, a.expected_value) as expected_value)
from accounts a left join ordered o using (account_id) order by a.account_id
"""


_ROWS = ("account_id", "point_id", "channel", "decision", "conditions")


@dataclass(frozen=True)
class Again:
    """What a run's open uses come to now: `decisions` of those that something speaks of now, and what changed by them: uses that
    are stopped now by the first rule that stops them, and uses that got a further duty."""

    run: Run
    decisions: pa.Table
    stopped: Mapping[str, int]
    duties: int

    @property
    def tables(self) -> dict[str, pa.Table]:
        """The published tables as they hold now, whole: accounts, contact_points, channels, decisions."""
        return self.holding({name: self.run.table(name) for name in TABLES})

    def holding(self, tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
        """Published tables, or parts of them with every column, as they hold now."""
        if not self.decisions.num_rows:
            return dict(tables)
        merged = conform(query(_MERGED, {"decisions": tables["decisions"], "again": self.decisions}), DECISIONS)
        return _settled(tables, merged, self.decisions)

    def plain(self, as_of: dt.date, lists: Lists) -> dict[str, Any]:
        """What the manifest of an export says of it."""
        return {
            "as_of": as_of.isoformat(), "deliveries": list(lists.deliveries), "stopped": sum(self.stopped.values()),
            "stopped_by": dict(self.stopped), "further_duties": self.duties,
        }  # fmt: skip


def screen_again(run: Run, lists: Lists, as_of: dt.date) -> Again:
    """Every open use of a published run decided again by what lists, past contacts and account events say on `as_of`.

    Raises DataRefused (exit 3) for a run that kept no facts or no rules, and see `jobs.inventory.stopped_since`."""
    book = rulebook_of(run)
    history = gather(book, as_of, lists.events, lists.suppressions, run.table("accounts", ["account_id", "consumer_id"]))
    stopped_since = inventory.stopped_since(run, lists.account_events, as_of)
    found, before = [], []
    for part in parts_of(run, {"decisions": _ROWS, "contact_points": ("account_id", "point_id", "kind", "value")}):
        uses = query(f"select account_id, point_id, channel from d where decision in {OPEN}", {"d": part["decisions"]})
        told = listed.told_now(uses, part["contact_points"], history, stopped_since)
        found.append(told)
        before.append(part["decisions"].filter(pc.is_in(part["decisions"]["account_id"], told["account_id"].combine_chunks())))
    told, decisions = pa.concat_tables(found), pa.concat_tables(before)
    if not told.num_rows:
        return Again(run, DECISIONS.empty(), {}, 0)
    sheet = listed.with_told(situations_of(run), told)
    again = screen(sheet, book, dt.date.fromisoformat(str(run.ledger["as_of"])))
    text = "select stopped_by[1] as rule, count(*) as uses from again where decision = 'stopped' group by rule order by rule"
    stopped = {row["rule"]: row["uses"] for row in query(text, {"again": again}).to_pylist()}
    text = """select count(*) as uses from again a join d using (account_id, point_id, channel)
        where a.decision <> 'stopped' and not list_has_all(d.conditions, a.conditions)"""
    duties = query(text, {"again": again, "d": decisions}).to_pylist()[0]["uses"]
    return Again(run, again, stopped, duties)


def _settled(tables: Mapping[str, pa.Table], decisions: pa.Table, again: pa.Table) -> dict[str, pa.Table]:
    """The tables with these decisions: channels say the same, and the order of channels and the values of accounts that changed
    count open uses only, in the order that the run settled."""
    channels = conform(query(_CHANNELS, {"channels": tables["channels"], "decisions": decisions}), CHANNELS)
    text = "select *, null::varchar as preferred_channel from accounts where account_id in (select account_id from again)"
    some = query(text, {"accounts": tables["accounts"].select(["account_id", "balance"]), "again": again})
    text = "select * from channels where account_id in (select account_id from again)"
    theirs = query(text, {"channels": channels, "again": again})
    points = tables["contact_points"].select(["account_id", "point_id", "p_right_party"])
    ordered = order.order_channels(some, points, theirs, scorecards.order_rules())
    # a run of an earlier version lacks some columns
    there = tuple(column for column in ACCOUNTS.columns if column.name in tables["accounts"].column_names)
    spec = Table(ACCOUNTS.name, ACCOUNTS.sentence, there, ACCOUNTS.key)
    accounts = conform(query(_ACCOUNTS, {"accounts": tables["accounts"], "ordered": ordered}), spec)
    return {**tables, "accounts": accounts, "channels": channels, "decisions": decisions}
