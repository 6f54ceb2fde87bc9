"""SITUATIONS: the fact sheet, one row per account, contact point and channel, built by queries over whole tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from skiptrace.compliance import history
from skiptrace.compliance.consents import consent_facts
from skiptrace.compliance.hours import windows
from skiptrace.compliance.places import with_places
from skiptrace.compliance.settings import attested, settle
from skiptrace.rulebook.model import Rulebook
from skiptrace.schema import EVENTS, SUPPRESSIONS, conform
from skiptrace.schema.facts import ACCOUNT_FACTS, CONSENT_FACTS, SITUATIONS
from skiptrace.schema.working import CONSUMERS
from skiptrace.sql import query

TIMED = ("voice", "sms", "email", "portal")
"""Channels whose time of day matters; a letter has none."""
NOT_THEIRS = "('invalid', 'wrong_party', 'reassigned')"
"""Statuses of a number that say it is not the consumer's, so that its area code tells nothing."""
REASSIGNED = pa.schema(
    [("point_id", pa.string()), ("response", pa.string()), ("queried_at", pa.date32()), ("date_used", pa.date32())]
)
"""Answers of the reassigned-number database, at most one per point and date asked for."""


def build(
    accounts: pa.Table,
    points: pa.Table,
    uses: pa.Table,
    *,
    as_of: dt.date,
    rulebook: Rulebook,
    settings: Mapping[str, Any],
    consents: pa.Table | None = None,
    consumers: pa.Table | None = None,
    events: pa.Table | None = None,
    suppressions: pa.Table | None = None,
    reassigned: pa.Table | None = None,
) -> pa.Table:
    """SITUATIONS of the rows of `uses` (account_id, point_id, channel; CHANNELS will do), sorted by key.

    `accounts` is ACCOUNT_SITUATIONS and `points` CONTACT_POINTS of the same accounts; a column `owner_relation` in
    `points` is used where there is one. `consents`: see `consent_facts`. `events`, `suppressions`, `consents`,
    `reassigned` (REASSIGNED): None where the project delivers none. `suppressions` must hold every endpoint entry, not
    only those of these accounts. Every use must have its point and account; one without is left out."""
    done = attested(rulebook, settings, as_of)
    hours = rulebook.hours(as_of)
    located = with_places(points, rulebook.places)
    known = history.known_events(events if events is not None else EVENTS.empty(), rulebook, as_of)
    listed = history.known_suppressions(
        suppressions if suppressions is not None else SUPPRESSIONS.empty(), rulebook, as_of
    )
    reached = history.reach_of_lists(listed, consumers if consumers is not None else CONSUMERS.empty())
    tables = {
        "accounts": accounts,
        "points": located,
        "uses": uses.select(["account_id", "point_id", "channel"]),
        "consents": consent_facts(points, consents, as_of),
        "known": known,
        "listed": listed,
        "reached": reached,
        "reassigned": reassigned if reassigned is not None else REASSIGNED.empty_table(),
    }
    found = query(
        _sql(hours.plausible if hours else 0.0, suppressions is not None, "owner_relation" in points.column_names),
        tables,
    )
    found = settle(_with_windows(found, rulebook, as_of), rulebook, done)
    return conform(found.select(SITUATIONS.names), SITUATIONS)


def _with_windows(found: pa.Table, rulebook: Rulebook, as_of: dt.date) -> pa.Table:
    """The calling window of each row; computed once per distinct zone set."""
    encoded = found.column("zone_set").combine_chunks().dictionary_encode()
    sets = [tuple(text.split("|")) if text else () for text in encoded.dictionary.to_pylist()]
    told = windows(sets, as_of, rulebook.hours(as_of))
    for place, (name, kind) in enumerate(
        (
            ("window_start", pa.timestamp("s", "UTC")),
            ("window_end", pa.timestamp("s", "UTC")),
            ("window_minutes", pa.int32()),
        )
    ):
        values = pa.array([row[place] for row in told], kind)
        found = found.append_column(name, values.take(encoded.indices))
    return found.drop_columns(["zone_set"])


def _sql(plausible: float, with_lists: bool, with_owner: bool) -> str:
    """The query that joins uses with their accounts, points, zones, consents, lists and number checks."""
    account = ", ".join(f"a.{c.name}" for c in ACCOUNT_FACTS if c.name != "jurisdictions")
    consent = ", ".join(f"c.{column.name}" for column in CONSENT_FACTS)
    absent = "FALSE" if with_lists else "NULL"
    owner = "p.owner_relation" if with_owner else "NULL"
    timed = ", ".join(f"'{channel}'" for channel in TIMED)
    return f"""
    WITH indicated AS (
        SELECT account_id, kind, zones FROM points
        WHERE (kind = 'address' AND status NOT IN ('invalid', 'wrong_party') AND (rank = 1 OR p_current >= {plausible}))
           OR (kind = 'phone' AND status NOT IN {NOT_THEIRS} AND (rank = 1 OR p_right_party >= {plausible}))),
    zoned AS (
        SELECT account_id, list_sort(list_distinct(flatten(list(zones)))) AS zones,
            bool_and(kind <> 'address' OR len(zones) > 0) AS complete
        FROM indicated GROUP BY account_id),
    endpoints AS (
        SELECT DISTINCT kind, value, channel FROM listed WHERE scope = 'endpoint' AND value IS NOT NULL
        UNION SELECT kind, value, NULL FROM known WHERE opt_out AND value IS NOT NULL),
    refused AS (
        SELECT account_id, channel FROM reached WHERE reports IS NULL AND channel IS NOT NULL
        UNION SELECT account_id, channel FROM known WHERE opt_out AND value IS NULL),
    everywhere AS (SELECT kind, value FROM endpoints WHERE channel IS NULL),
    answers AS (
        SELECT point_id, arg_max(response, (queried_at, date_used, response)) AS response,
            max(queried_at) AS queried_at, arg_max(date_used, (queried_at, date_used, response)) AS date_used
        FROM reassigned GROUP BY point_id),
    joined AS (
        SELECT u.account_id, u.point_id, u.channel, {account},
            CASE WHEN u.channel IN ('voice', 'sms', 'mail')
                THEN list_sort(list_distinct(CASE WHEN a.jurisdictions IS NOT NULL AND p.place_jurisdictions IS NOT NULL
                    THEN list_concat(a.jurisdictions, p.place_jurisdictions) END))
                ELSE a.jurisdictions END AS jurisdictions,
            p.kind, p.point_kind, p.flags AS point_flags, p.home_state AS own_state, p.state, p.status AS point_status,
            p.line_type, p.foreign_point, p.origin, {owner} AS told_owner, p.place_jurisdictions,
            CASE WHEN isnan(p.p_right_party) THEN NULL ELSE p.p_right_party END AS p_right_party,
            CASE WHEN isnan(p.p_current) THEN NULL ELSE p.p_current END AS p_current, p.shared_by,
            p.status = 'wrong_party' AS wrong_party,
            CASE WHEN e.value IS NOT NULL OR w.value IS NOT NULL OR f.account_id IS NOT NULL THEN TRUE ELSE {absent} END
                AS opt_out_endpoint,
            {consent}, coalesce(n.response, 'not_asked') AS rnd_response, n.queried_at AS rnd_queried_at,
            n.date_used AS rnd_date_used,
            list_sort(list_distinct(list_concat(coalesce(z.zones, []), p.zones))) AS zones,
            coalesce(z.complete, TRUE) AS complete
        FROM uses u JOIN accounts a ON a.account_id = u.account_id
            JOIN points p ON p.account_id = u.account_id AND p.point_id = u.point_id
            LEFT JOIN zoned z ON z.account_id = u.account_id
            LEFT JOIN consents c ON c.account_id = u.account_id AND c.point_id = u.point_id
            LEFT JOIN answers n ON n.point_id = u.point_id
            LEFT JOIN (SELECT * FROM endpoints WHERE channel IS NOT NULL) e
                ON e.kind = p.kind AND e.value = p.value AND e.channel = u.channel
            LEFT JOIN everywhere w ON w.kind = p.kind AND w.value = p.value
            LEFT JOIN refused f ON f.account_id = u.account_id AND f.channel = u.channel)
    SELECT * EXCLUDE (told_owner, place_jurisdictions, complete, own_state, state),
        coalesce(own_state, state) AS point_state,
        coalesce(told_owner, CASE WHEN wrong_party THEN 'third_party' WHEN origin IN ('portfolio', 'both') THEN 'self'
            ELSE 'unknown' END) AS owner_relation,
        complete AND len(zones) > 0 AS zones_known,
        CASE WHEN channel IN ({timed}) AND complete THEN array_to_string(zones, '|') ELSE '' END AS zone_set
    FROM joined ORDER BY account_id, point_id, channel"""
