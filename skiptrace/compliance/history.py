"""What past contacts and lists say about an account: counts in rolling windows, reports, opt-outs.

Days are counted so that doubt falls on the careful side: an attempt belongs to its UTC day, which is never earlier than
the consumer's own; attempts after the end of `as_of` anywhere in the United States are not known yet and do not count.
"""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from skiptrace.rulebook.model import UNLISTED_OUTCOME, Rulebook
from skiptrace.sql import query

COUNTS = (
    "calls_7_days",
    "calls_30_days",
    "conversations_7_days",
    "calls_and_texts_7_days",
    "electronic_7_days",
    "contacts_7_days",
)
REPORTABLE = (
    "attorney_known",
    "bankruptcy_reported",
    "cease_written",
    "deceased_reported",
    "dispute_open",
    "litigator",
)
LATEST_LOCAL_MIDNIGHT = dt.timedelta(hours=11)
"""American Samoa's day ends eleven hours after the UTC day."""


def known_events(events: pa.Table, rulebook: Rulebook, as_of: dt.date) -> pa.Table:
    """Attempts known on `as_of` with how they count: account_id, channel, kind, value, `days` (0: on as_of) and the
    truth columns of an Outcome, plus `reports` (string). One row per event id."""
    names = sorted(rulebook.outcomes)
    listed = [rulebook.outcomes[name] for name in names]
    outcomes = pa.table(
        {
            "outcome": pa.array(names, pa.string()),
            "call": pa.array([o.call for o in listed], pa.bool_()),
            "conversation": pa.array([o.conversation for o in listed], pa.bool_()),
            "contact": pa.array([o.contact for o in listed], pa.bool_()),
            "opt_out": pa.array([o.opt_out for o in listed], pa.bool_()),
            "reports": pa.array([o.reports for o in listed], pa.string()),
        }
    )
    moment = dt.datetime.combine(as_of + dt.timedelta(days=1), dt.time()) + LATEST_LOCAL_MIDNIGHT
    # The engine would read a zoned time in the machine's own zone; a plain one is the UTC it was stored as.
    plain = events.set_column(
        events.column_names.index("occurred_at"), "occurred_at", events.column("occurred_at").cast(pa.timestamp("s"))
    )
    default = UNLISTED_OUTCOME
    text = f"""
        SELECT e.account_id, e.channel, e.kind, e.value, e.event_id,
            greatest(date_diff('day', e.occurred_at::DATE, DATE '{as_of}'), 0)::INTEGER AS days,
            coalesce(o.call, {default.call}) AS call, coalesce(o.conversation, {default.conversation}) AS conversation,
            coalesce(o.contact, {default.contact}) AS contact,
            coalesce(o.opt_out, {default.opt_out}) AS opt_out, o.reports
        FROM events e LEFT JOIN outcomes o USING (outcome)
        WHERE e.occurred_at < TIMESTAMP '{moment}'
        QUALIFY row_number() OVER (PARTITION BY e.event_id ORDER BY e.account_id, e.outcome) = 1
        ORDER BY e.event_id"""
    return query(text, {"events": plain, "outcomes": outcomes})


def counts(known: pa.Table) -> pa.Table:
    """account_id and COUNTS (int32), one row per account that has any attempt."""
    text = """
        SELECT account_id,
            count(*) FILTER (channel = 'voice' AND call AND days < 7)::INTEGER AS calls_7_days,
            count(*) FILTER (channel = 'voice' AND call AND days < 30)::INTEGER AS calls_30_days,
            count(*) FILTER (channel = 'voice' AND conversation AND days < 7)::INTEGER AS conversations_7_days,
            count(*) FILTER (((channel = 'voice' AND call) OR (channel = 'sms' AND contact)) AND days < 7)::INTEGER
                AS calls_and_texts_7_days,
            count(*) FILTER (channel IN ('sms', 'email') AND contact AND days < 7)::INTEGER AS electronic_7_days,
            count(*) FILTER ((contact OR (channel = 'voice' AND call)) AND days < 7)::INTEGER AS contacts_7_days
        FROM known GROUP BY account_id ORDER BY account_id"""
    return query(text, {"known": known})


def known_suppressions(suppressions: pa.Table, rulebook: Rulebook, as_of: dt.date) -> pa.Table:
    """List entries that hold on `as_of`, with `reports` (string): the fact that the entry's reason tells about an
    account or person; NULL for an opt-out."""
    reasons = pa.table(
        {
            "reason": pa.array(sorted(rulebook.reasons), pa.string()),
            "reports": pa.array([rulebook.reasons[r] for r in sorted(rulebook.reasons)], pa.string()),
        }
    )
    text = f"""
        SELECT DISTINCT s.scope, s.channel, s.kind, s.value, s.account_id,
            CASE WHEN s.scope <> 'endpoint' THEN r.reports END AS reports
        FROM suppressions s LEFT JOIN reasons r USING (reason)
        WHERE s.effective_from IS NULL OR s.effective_from <= DATE '{as_of}' ORDER BY ALL"""
    return query(text, {"suppressions": suppressions, "reasons": reasons})


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


def reports(known: pa.Table, reached: pa.Table) -> pa.Table:
    """account_id and one truth column per REPORTABLE fact: TRUE where an attempt or a list reports it, else NULL."""
    columns = ", ".join(f"bool_or(reports = '{name}') FILTER (reports = '{name}') AS {name}" for name in REPORTABLE)
    text = f"""
        SELECT account_id, {columns} FROM (
            SELECT account_id, reports FROM known WHERE reports IS NOT NULL
            UNION ALL SELECT account_id, reports FROM reached WHERE reports IS NOT NULL)
        GROUP BY account_id ORDER BY account_id"""
    return query(text, {"known": known, "reached": reached})
