"""What lists and past contacts say "no" to, matched by normalised endpoint, by account and by person.

One set of SQL pieces finds it, for the fact sheet of a run and again on the day an export is written, so that both match
alike. Later lists only add to what a fact sheet says: a "no" that is no longer delivered stays in it.
"""

from __future__ import annotations

import pyarrow as pa

from skiptrace.compliance.history import History, reports
from skiptrace.schema.facts import REPORTABLE
from skiptrace.sql import query

ENDPOINTS = """
    endpoints AS (
        SELECT DISTINCT kind, value, channel FROM listed WHERE scope = 'endpoint' AND value IS NOT NULL AND NOT stated
        UNION SELECT kind, value, NULL FROM known WHERE opt_out AND value IS NOT NULL),
    statements AS (
        SELECT kind, value, list_sort(list(DISTINCT reason)) AS reasons FROM listed
        WHERE scope = 'endpoint' AND value IS NOT NULL AND reason IS NOT NULL GROUP BY ALL),
    refused AS (
        SELECT account_id, channel FROM reached WHERE reports IS NULL AND channel IS NOT NULL
        UNION SELECT account_id, channel FROM refusals),
    everywhere AS (SELECT kind, value FROM endpoints WHERE channel IS NULL)"""
"""What is said of endpoints, and of whole channels of an account. Reads the tables `listed`, `reached`, `known` and `refusals` of
History."""
ACCOUNTS = """
    opted AS (
        SELECT account_id, bool_or(scope = 'account') AS account, bool_or(scope = 'person') AS person
        FROM reached WHERE reports IS NULL AND channel IS NULL GROUP BY account_id)"""
"""Accounts that opted out of everything, and why. Reads `reached`."""
JOINS = """
            LEFT JOIN (SELECT * FROM endpoints WHERE channel IS NOT NULL) e
                ON e.kind = p.kind AND e.value = p.value AND e.channel = u.channel
            LEFT JOIN everywhere w ON w.kind = p.kind AND w.value = p.value
            LEFT JOIN statements s ON s.kind = p.kind AND s.value = p.value
            LEFT JOIN refused f ON f.account_id = u.account_id AND f.channel = u.channel"""
"""Of a use `u` (account_id, channel) at its point `p` (kind, value), what ENDPOINTS says."""
OPTED_OUT, REFUSED, STATED = "e.value IS NOT NULL OR w.value IS NOT NULL", "f.account_id IS NOT NULL", "s.reasons"
"""Conditions over JOINS: the endpoint is opted out, the channel refused; and the reasons that lists state of the point."""
OWNERS = (("third_party", ("relative", "third_party")), ("work", ("work",)))
"""Whose a point is by the reasons that lists state of it; the first that applies."""

STOPPED = pa.schema([("account_id", pa.string()), ("account_state", pa.string())])
"""Accounts that are closed, recalled or transferred."""


def owner(reasons: str) -> str:
    """The WHEN branches of an SQL CASE that give OWNERS for a list of reasons."""
    return " ".join(f"WHEN list_has_any({reasons}, {list(words)}) THEN '{relation}'" for relation, words in OWNERS)


def told_now(uses: pa.Table, points: pa.Table, history: History, stopped: pa.Table | None = None) -> pa.Table:
    """The rows of `uses` (account_id, point_id, channel) on which something of `history` or `stopped` says no, with what it says:
    opt_out_endpoint, medium_refused, opt_out_account, opt_out_person and REPORTABLE (bool), point_reported (list of string), and
    account_state (string). `points`: account_id, point_id, kind, value; `stopped`: account_id, account_state of the accounts that
    are not open any more. Sorted by key."""
    nobody = pa.table({"account_id": pa.array([], pa.string()), "reports": pa.array([], pa.string())})
    told = reports(history, points.select(["account_id", "kind", "value"]), nobody)
    reported = ", ".join(f"coalesce(r.{name}, FALSE) AS {name}" for name in REPORTABLE)
    text = f"""
    WITH {ENDPOINTS},{ACCOUNTS}
    SELECT u.account_id, u.point_id, u.channel, {OPTED_OUT} AS opt_out_endpoint, {REFUSED} AS medium_refused,
        coalesce(o.account, FALSE) AS opt_out_account, coalesce(o.person, FALSE) AS opt_out_person,
        coalesce({STATED}, []) AS point_reported, v.account_state, {reported}
    FROM uses u JOIN points p USING (account_id, point_id) {JOINS}
        LEFT JOIN opted o ON o.account_id = u.account_id LEFT JOIN told r ON r.account_id = u.account_id
        LEFT JOIN stopped v ON v.account_id = u.account_id
    WHERE {OPTED_OUT} OR {REFUSED} OR {STATED} IS NOT NULL OR o.account_id IS NOT NULL OR r.account_id IS NOT NULL
        OR v.account_id IS NOT NULL
    ORDER BY ALL"""
    tables = {
        "uses": uses, "points": points, "told": told, "listed": history.listed, "reached": history.reached, "known": history.known,
        "refusals": history.refusals,
        "stopped": STOPPED.empty_table() if stopped is None else stopped,
    }  # fmt: skip
    return query(text, tables)


def with_told(situations: pa.Table, told: pa.Table) -> pa.Table:
    """The rows of SITUATIONS that `told` (see `told_now`) speaks of, with what it says added: nothing is taken back."""
    flags = ("opt_out_endpoint", "medium_refused", "opt_out_account", "opt_out_person", *REPORTABLE)
    said = ", ".join(f"(s.{name} OR n.{name}) AS {name}" for name in flags)
    if "account_state" in situations.column_names:  # a run of an earlier version had no inventory
        said += ", coalesce(n.account_state, s.account_state) AS account_state"
    text = f"""
    SELECT s.* REPLACE ({said},
        list_sort(list_distinct(list_concat(coalesce(s.point_reported, []), n.point_reported))) AS point_reported,
        CASE WHEN s.owner_relation = 'third_party' THEN 'third_party'
            {owner("n.point_reported")} ELSE s.owner_relation END AS owner_relation)
    FROM situations s JOIN told n USING (account_id, point_id, channel) ORDER BY account_id, point_id, channel"""
    return query(text, {"situations": situations, "told": told}).cast(situations.schema)
