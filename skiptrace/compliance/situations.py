"""SITUATIONS: the fact sheet, one row per account, contact point and channel, built by queries over whole tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from skiptrace.compliance import listed
from skiptrace.compliance.answers import creditor_notices, reassigned_numbers
from skiptrace.compliance.consents import consent_facts
from skiptrace.compliance.history import History, point_counts
from skiptrace.compliance.licences import Licence, licence_facts
from skiptrace.compliance.places import with_places
from skiptrace.compliance.settings import attested, setting_facts, settle
from skiptrace.rulebook.hours import Window, hours_for, window
from skiptrace.rulebook.model import Rulebook
from skiptrace.schema import conform
from skiptrace.schema.facts import ACCOUNT_FACTS, CONSENT_FACTS, SITUATIONS
from skiptrace.sql import query

TIMED = ("voice", "sms", "email", "portal")
"""Channels whose time of day matters; a letter has none."""
NOT_THEIRS = "('invalid', 'wrong_party', 'reassigned')"
"""Statuses of a number that say it is not the consumer's, so that its area code tells nothing."""
_WINDOW = (("window_start", pa.timestamp("s", "UTC")), ("window_end", pa.timestamp("s", "UTC")), ("window_minutes", pa.int32()))


def build(
    accounts: pa.Table,
    points: pa.Table,
    uses: pa.Table,
    *,
    as_of: dt.date,
    rulebook: Rulebook,
    settings: Mapping[str, Any],
    history: History,
    consents: pa.Table | None = None,
    answers: pa.Table | None = None,
    licences: Mapping[str, Licence] | None = None,
) -> pa.Table:
    """SITUATIONS of the rows of `uses` (account_id, point_id, channel; CHANNELS will do), sorted by key.

    `accounts` is ACCOUNT_SITUATIONS and `points` CONTACT_POINTS of the same accounts; a column `owner_relation` in
    `points` is used where there is one. `consents`: see `consent_facts`, None where the project delivers none. `history`
    must hold every endpoint entry of the project's lists, not only those of these accounts. `answers`: ANSWERS, checked.
    `licences`: see `licence_facts`. Every use must have its point and account; one without is left out."""
    done = attested(rulebook, settings, as_of)
    tables = {
        "accounts": accounts.select(["account_id", "jurisdictions"]).append_column("account_row", pa.array(np.arange(accounts.num_rows))),
        "points": with_places(points, rulebook.places),
        "uses": uses.select(["account_id", "point_id", "channel"]),
        "consents": consent_facts(points, consents, as_of),
        "known": history.known,
        "refusals": history.refusals,
        "worked": point_counts(history.known),
        "listed": history.listed,
        "reached": history.reached,
        "reassigned": reassigned_numbers(answers, as_of),
        "notices": creditor_notices(answers, as_of),
    }
    found = query(_sql(as_of, rulebook.plausible(as_of), history, "owner_relation" in points.column_names), tables)
    # The account's facts are the same for all its uses: they travel past the joins and the sort, by the row they stand in.
    owner = found.column("account_row").combine_chunks()
    for column in ACCOUNT_FACTS:
        if column.name != "jurisdictions":
            found = found.append_column(column.name, accounts.column(column.name).combine_chunks().take(owner))
    told = licence_facts(found.select(["channel", "point_state", "origin", "sources"]), licences, as_of)
    for name in told.column_names:
        found = found.append_column(name, told.column(name))
    policies: Any = setting_facts(settings)["policies"]
    found = settle(with_windows(found, rulebook, as_of, policies), rulebook, done)
    return conform(found.select(SITUATIONS.names), SITUATIONS)


def with_windows(found: pa.Table, rulebook: Rulebook, as_of: dt.date, policies: list[str] | None) -> pa.Table:
    """The calling window of each row of channel, jurisdictions and timed_zones (the zones that bound it; NULL: not all are known);
    worked out once per distinct channel, zones and jurisdictions that have hours."""
    stated = rulebook.stated_hours(as_of)
    with_hours = ", ".join(f"'{code}'" for code in sorted({rule.jurisdiction for rule in stated}))
    text = f"""SELECT row_number() OVER () AS row, channel, timed_zones,
        CASE WHEN jurisdictions IS NOT NULL THEN list_filter(jurisdictions, lambda one: one IN ('', {with_hours or "''"})) END AS places
        FROM found"""
    keyed = query(text, {"found": found})
    keys = query("SELECT DISTINCT channel, timed_zones, places FROM keyed ORDER BY ALL", {"keyed": keyed})
    known, told = _windows(rulebook.hash, as_of, None if policies is None else tuple(policies)), []
    for row in keys.to_pylist():
        key = (row["channel"], *(None if row[name] is None else tuple(row[name]) for name in ("timed_zones", "places")))
        if key not in known:
            known[key] = window(row["timed_zones"] or (), as_of, hours_for(stated, row["channel"], row["places"], policies))
        told.append(known[key])
    for place, (name, kind) in enumerate(_WINDOW):
        keys = keys.append_column(name, pa.array([row[place] for row in told], kind))
    text = """SELECT k.window_start, k.window_end, k.window_minutes FROM keyed f JOIN keys k ON k.channel = f.channel
            AND k.timed_zones IS NOT DISTINCT FROM f.timed_zones AND k.places IS NOT DISTINCT FROM f.places ORDER BY f.row"""
    windows = query(text, {"keyed": keyed, "keys": keys})
    for name, kind in _WINDOW:
        found = found.append_column(name, windows.column(name).cast(kind))
    return found


@lru_cache(maxsize=4)
def _windows(rulebook: str, as_of: dt.date, policies: tuple[str, ...] | None) -> dict[tuple[Any, ...], Window]:
    """The windows that this process has worked out so far, by channel, zones and places: they are the same in every partition."""
    del rulebook, as_of, policies
    return {}


def _sql(as_of: dt.date, plausible: float, history: History, with_owner: bool) -> str:
    """The query that joins uses with their accounts, points, zones, consents, lists, past contacts and answers."""
    consent = ", ".join(f"c.{column.name}" for column in CONSENT_FACTS)
    absent = "FALSE" if history.with_lists else "NULL"
    no_words = "[]::VARCHAR[]" if history.with_lists else "NULL::VARCHAR[]"
    zero, never = ("0", "FALSE") if history.with_events else ("NULL", "NULL")
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
    {listed.ENDPOINTS.strip()},
    joined AS (
        SELECT u.account_id, u.point_id, u.channel, a.account_row,
            CASE WHEN u.channel IN ('voice', 'sms', 'mail')
                THEN list_sort(list_distinct(CASE WHEN a.jurisdictions IS NOT NULL AND p.place_jurisdictions IS NOT NULL
                    THEN list_concat(a.jurisdictions, p.place_jurisdictions) END))
                ELSE a.jurisdictions END AS jurisdictions,
            p.kind, p.value, p.point_kind, p.flags AS point_flags, coalesce(p.home_state, p.state) AS point_state,
            p.status AS point_status, p.line_type, p.foreign_point, p.origin, p.sources, {owner} AS told_owner,
            CASE WHEN isnan(p.p_right_party) THEN NULL ELSE p.p_right_party END AS p_right_party,
            CASE WHEN isnan(p.p_current) THEN NULL ELSE p.p_current END AS p_current, p.shared_by,
            p.status = 'wrong_party' AS wrong_party,
            CASE WHEN {listed.OPTED_OUT} THEN TRUE ELSE {absent} END AS opt_out_endpoint,
            CASE WHEN {listed.REFUSED} THEN TRUE ELSE {absent} END AS medium_refused,
            coalesce({listed.STATED}, {no_words}) AS point_reported,
            coalesce(k.point_contacts_7_days, {zero})::INTEGER AS point_contacts_7_days,
            coalesce(k.point_contacts_30_days, {zero})::INTEGER AS point_contacts_30_days,
            CASE WHEN k.texted_days IS NOT NULL THEN TRUE ELSE {never} END AS consumer_texted,
            DATE '{as_of}' - k.texted_days AS texted_at, o.creditor_notice_until,
            {consent},
            list_sort(list_distinct(list_concat(coalesce(z.zones, []), p.zones))) AS zones,
            coalesce(z.complete, TRUE) AS complete
        FROM uses u JOIN accounts a ON a.account_id = u.account_id
            JOIN points p ON p.account_id = u.account_id AND p.point_id = u.point_id
            LEFT JOIN zoned z ON z.account_id = u.account_id
            LEFT JOIN consents c ON c.account_id = u.account_id AND c.point_id = u.point_id
            {listed.JOINS.strip()}
            LEFT JOIN worked k ON k.account_id = u.account_id AND k.kind = p.kind AND k.value = p.value
            LEFT JOIN notices o ON o.kind = p.kind AND o.value = p.value),
    based AS (
        SELECT *, greatest(CASE WHEN consent_text_state = 'given' THEN consent_text_at END, texted_at) AS text_basis_at
        FROM joined),
    -- of several answers about a number, one for the date that matters speaks before the latest of the others
    answered AS (
        SELECT b.account_id, b.point_id, b.channel,
            max_by(r, {{'fits': r.date_used IS NOT DISTINCT FROM b.text_basis_at, 'at': r.queried_at, 'for': r.date_used,
                'said': r.response}}) AS answer
        FROM based b JOIN reassigned r ON r.kind = b.kind AND r.value = b.value GROUP BY ALL)
    SELECT b.* EXCLUDE (told_owner, complete, texted_at, value),
        coalesce(answer.response, 'not_asked') AS rnd_response, answer.queried_at AS rnd_queried_at,
        answer.date_used AS rnd_date_used,
        coalesce(told_owner, CASE WHEN wrong_party THEN 'third_party' {listed.owner("point_reported")}
            WHEN origin IN ('portfolio', 'both') THEN 'self'
            ELSE 'unknown' END) AS owner_relation,
        CASE WHEN kind <> 'email' THEN 'none' WHEN list_contains(point_flags, 'free') THEN 'public'
            WHEN regexp_matches(value, '[.]edu([.][a-z]{{2}})?$') THEN 'edu' WHEN value LIKE '%.gov' THEN 'gov'
            WHEN value LIKE '%.mil' THEN 'mil' ELSE 'other' END AS email_domain,
        complete AND len(zones) > 0 AS zones_known,
        CASE WHEN channel IN ({timed}) AND complete THEN zones END AS timed_zones
    FROM based b LEFT JOIN answered n USING (account_id, point_id, channel) ORDER BY account_id, point_id, channel"""
