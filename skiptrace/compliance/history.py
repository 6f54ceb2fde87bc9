"""What past contacts and lists say about accounts and points: counts in rolling windows, reports, opt-outs, statements.

Days are counted so that doubt falls on the careful side: an attempt belongs to its UTC day, which is never earlier than
the consumer's own; attempts after the end of `as_of` anywhere in the United States are not known yet and do not count.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pyarrow as pa

from skiptrace.rulebook.model import UNLISTED_OUTCOME, Rulebook
from skiptrace.schema import EVENTS, SUPPRESSIONS
from skiptrace.schema.facts import REPORTABLE
from skiptrace.schema.working import CONSUMERS
from skiptrace.sql import query

COUNTS = (
    "calls_7_days",
    "calls_30_days",
    "conversations_7_days",
    "calls_and_texts_2_days",
    "calls_and_texts_7_days",
    "electronic_7_days",
    "contacts_7_days",
)
LATEST_LOCAL_MIDNIGHT = dt.timedelta(hours=11)
"""American Samoa's day ends eleven hours after the UTC day."""


@dataclass(frozen=True)
class History:
    """Events and list entries known on a day, read once and used for accounts and for points.

    `known`: see `known_events`; `listed`: see `known_suppressions`; `reached`: see `reach_of_lists`; `refusals`: see `refusals`.
    `with_events` and `with_lists` say whether the project has such a delivery, which is not the same as an empty one: what nobody delivered
    is not known."""

    known: pa.Table
    listed: pa.Table
    reached: pa.Table
    with_events: bool
    with_lists: bool
    refusals: pa.Table


def gather(
    rulebook: Rulebook,
    as_of: dt.date,
    events: pa.Table | None = None,
    suppressions: pa.Table | None = None,
    consumers: pa.Table | None = None,
    attempts_delivered: bool = True,
) -> History:
    """History of EVENTS and SUPPRESSIONS, each None where the project delivers none. `attempts_delivered` is False where events
    are no delivery but what lasts of old ones, so that they count nothing."""
    known = known_events(events if events is not None else EVENTS.empty(), rulebook, as_of)
    listed = known_suppressions(suppressions if suppressions is not None else SUPPRESSIONS.empty(), rulebook, as_of)
    people = consumers if consumers is not None else CONSUMERS.empty()
    reached = reach_of_lists(listed, people)
    delivered = events is not None and attempts_delivered
    return History(known, listed, reached, delivered, suppressions is not None, refusals(known, people))


def known_events(events: pa.Table, rulebook: Rulebook, as_of: dt.date) -> pa.Table:
    """Attempts known on `as_of` with how they count: account_id, channel, kind, value, `days` (0: on as_of) and the
    truth columns of an Outcome, plus `reports` (string). One row per event id."""
    names = sorted(rulebook.outcomes)
    listed = [rulebook.outcomes[name] for name in names]
    truths = ("call", "conversation", "contact", "opt_out", "from_consumer")
    outcomes = pa.table(
        {"outcome": pa.array(names, pa.string()), "reports": pa.array([o.reports for o in listed], pa.string())}
        | {name: pa.array([getattr(o, name) for o in listed], pa.bool_()) for name in truths}
    )
    moment = dt.datetime.combine(as_of + dt.timedelta(days=1), dt.time()) + LATEST_LOCAL_MIDNIGHT
    # The engine would read a zoned time in the machine's own zone; a plain one is the UTC it was stored as.
    plain = events.set_column(
        events.column_names.index("occurred_at"), "occurred_at", events.column("occurred_at").cast(pa.timestamp("s"))
    )
    counted = ", ".join(f"coalesce(o.{name}, {getattr(UNLISTED_OUTCOME, name)}) AS {name}" for name in truths)
    text = f"""
        SELECT e.account_id, e.channel, e.kind, e.value, e.event_id,
            greatest(date_diff('day', e.occurred_at::DATE, DATE '{as_of}'), 0)::INTEGER AS days, {counted}, o.reports
        FROM events e LEFT JOIN outcomes o USING (outcome)
        WHERE e.occurred_at < TIMESTAMP '{moment}'
        QUALIFY row_number() OVER (PARTITION BY e.event_id ORDER BY e.account_id, e.outcome) = 1
        ORDER BY e.event_id"""
    return query(text, {"events": plain, "outcomes": outcomes})


_COUNTED = {
    "calls_7_days": "channel = 'voice' AND call AND days < 7",
    "calls_30_days": "channel = 'voice' AND call AND days < 30",
    "conversations_7_days": "channel = 'voice' AND conversation AND days < 7",
    "calls_and_texts_2_days": "((channel = 'voice' AND call) OR (channel = 'sms' AND contact)) AND days < 2",
    "calls_and_texts_7_days": "((channel = 'voice' AND call) OR (channel = 'sms' AND contact)) AND days < 7",
    "electronic_7_days": "channel IN ('sms', 'email') AND contact AND days < 7",
    "contacts_7_days": "(contact OR (channel = 'voice' AND call)) AND days < 7",
    "contacts_30_days": "(contact OR (channel = 'voice' AND call)) AND days < 30",
}


def _columns(names: dict[str, str]) -> str:
    return ", ".join(f"count(*) FILTER ({_COUNTED[counted]})::INTEGER AS {name}" for name, counted in names.items())


def counts(known: pa.Table) -> pa.Table:
    """account_id and COUNTS (int32), one row per account that has any attempt."""
    text = f"SELECT account_id, {_columns({name: name for name in COUNTS})} FROM known GROUP BY account_id ORDER BY account_id"
    return query(text, {"known": known})


def point_counts(known: pa.Table) -> pa.Table:
    """account_id, kind, value, point_contacts_7_days, point_contacts_30_days (int32) and texted_days (int32: days since
    the consumer's own last text from there), one row per endpoint that has any attempt."""
    names = {"point_contacts_7_days": "contacts_7_days", "point_contacts_30_days": "contacts_30_days"}
    text = f"""
        SELECT account_id, kind, value, {_columns(names)},
            min(days) FILTER (channel = 'sms' AND from_consumer)::INTEGER AS texted_days
        FROM known WHERE value IS NOT NULL GROUP BY ALL ORDER BY ALL"""
    return query(text, {"known": known})


def known_suppressions(suppressions: pa.Table, rulebook: Rulebook, as_of: dt.date) -> pa.Table:
    """List entries that hold on `as_of`: scope, channel, kind, value, account_id, reason, `reports` (string: the fact that
    the reason tells about an account or person; NULL for an opt-out) and `stated` (bool: the reason states something of
    an endpoint and opts nobody out)."""
    reasons = pa.table(
        {
            "reason": pa.array(sorted(rulebook.reasons), pa.string()),
            "reports": pa.array([rulebook.reasons[r] for r in sorted(rulebook.reasons)], pa.string()),
        }
    )
    stated = pa.table({"reason": pa.array(sorted(rulebook.point_reasons), pa.string())})
    text = f"""
        SELECT DISTINCT s.scope, s.channel, s.kind, s.value, s.account_id, s.reason, r.reports,
            s.scope = 'endpoint' AND t.reason IS NOT NULL AS stated
        FROM suppressions s LEFT JOIN reasons r USING (reason) LEFT JOIN stated t ON t.reason = s.reason
        WHERE s.effective_from IS NULL OR s.effective_from <= DATE '{as_of}' ORDER BY ALL"""
    return query(text, {"suppressions": suppressions, "reasons": reasons, "stated": stated})


def reach_of_lists(listed: pa.Table, consumers: pa.Table) -> pa.Table:
    """Entries of scope account and person per account they hold for: account_id, scope, channel, reports. An entry
    about a person holds for every account of that consumer."""
    text = """
        SELECT DISTINCT account_id, scope, channel, reports FROM listed WHERE scope = 'account'
        UNION
        SELECT DISTINCT coalesce(other.account_id, l.account_id), l.scope, l.channel, l.reports
        FROM listed l LEFT JOIN consumers own ON own.account_id = l.account_id
            LEFT JOIN consumers other ON other.consumer_id = own.consumer_id
        WHERE l.scope = 'person' ORDER BY ALL"""
    return query(text, {"listed": listed, "consumers": consumers})


def refusals(known: pa.Table, consumers: pa.Table) -> pa.Table:
    """account_id, channel: the channels on which somebody opted out in an attempt (`known`), for every account of that consumer. Who
    says so at one number or mailbox is not tried at another, for whichever debt."""
    text = """
        WITH told AS (SELECT DISTINCT account_id, channel FROM known WHERE opt_out)
        SELECT account_id, channel FROM told
        UNION
        SELECT other.account_id, t.channel
        FROM told t JOIN consumers own ON own.account_id = t.account_id JOIN consumers other ON other.consumer_id = own.consumer_id
        ORDER BY ALL"""
    return query(text, {"known": known, "consumers": consumers})


def reports(history: History, points: pa.Table, linked: pa.Table) -> pa.Table:
    """account_id and one truth column per REPORTABLE fact: TRUE where an attempt, a list or a linked record (`linked`:
    account_id, reports) reports it, else NULL. A litigator's endpoint tells on every account whose points (account_id,
    kind, value) show it: such people change numbers."""
    columns = ", ".join(f"bool_or(reports = '{name}') FILTER (reports = '{name}') AS {name}" for name in REPORTABLE)
    text = f"""
        SELECT account_id, {columns} FROM (
            SELECT account_id, reports FROM known WHERE reports IS NOT NULL
            UNION ALL SELECT account_id, reports FROM reached WHERE reports IS NOT NULL
            UNION ALL SELECT account_id, reports FROM linked
            UNION ALL SELECT p.account_id, l.reports FROM listed l JOIN points p ON p.kind = l.kind AND p.value = l.value
                WHERE l.scope = 'endpoint' AND l.reports = 'litigator')
        GROUP BY account_id ORDER BY account_id"""
    tables = {"known": history.known, "reached": history.reached, "listed": history.listed, "points": points, "linked": linked}
    return query(text, tables)
