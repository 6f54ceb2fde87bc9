"""Consents and revocations per contact point: what stands on a day, when it was given, and to whom.

A consent that names no point holds for points that the portfolio brought and for no other: a number found by tracing
was not given by the consumer. A revocation that names no point holds for every point of the account. A revocation of
the same day as a consent wins.
"""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from skiptrace.schema.facts import CONSENT_FACTS
from skiptrace.sql import query
from skiptrace.vocabulary import CONSENT_CHANNELS

NO_START, NO_END = "DATE '0001-01-01'", "DATE '9999-12-31'"
"""Stand in for a date that was not delivered: a consent without one is the oldest, a revocation the latest."""


def consent_facts(points: pa.Table, consents: pa.Table | None, as_of: dt.date) -> pa.Table:
    """account_id, point_id and CONSENT_FACTS, one row per point (account_id, point_id, origin), sorted.

    `consents`: account_id, channel, state, at, given_to and optionally point_id. None where the project delivers no
    consents: then no state is known. A state is 'none' where consents were delivered and nothing is on file."""
    table = consents if consents is not None else pa.table({"account_id": pa.array([], pa.string())})
    for name, kind in (
        ("point_id", pa.string()),
        ("channel", pa.string()),
        ("state", pa.string()),
        ("at", pa.date32()),
        ("given_to", pa.string()),
    ):
        if name not in table.column_names:
            table = table.append_column(name, pa.nulls(table.num_rows, kind))
    columns = []
    nobody = "'none'" if consents is not None else "NULL"
    for channel in CONSENT_CHANNELS:
        mine = f"FILTER (channel = '{channel}')"
        columns.append(f"coalesce(max(state) {mine}, {nobody}) AS consent_{channel}_state")
        columns.append(f"max(day) {mine} AS consent_{channel}_at")
        columns.append(f"max(given_to) {mine} AS consent_{channel}_given_to")
    text = f"""
    WITH rows AS (
        SELECT p.account_id, p.point_id, c.channel, c.state, c."at" AS day, c.given_to
        FROM points p JOIN consents c ON c.account_id = p.account_id
            AND (c.point_id = p.point_id
                 OR (c.point_id IS NULL AND (c.state = 'revoked' OR p.origin IN ('portfolio', 'both'))))
        WHERE c."at" IS NULL OR c."at" <= DATE '{as_of}'),
    latest AS (
        SELECT account_id, point_id, channel,
            max(coalesce(day, {NO_END})) FILTER (state = 'revoked') AS revoked,
            -- consent to the collector counts for most; of equals, the latest
            max({{'direct': coalesce(given_to = 'collector', FALSE), 'day': coalesce(day, {NO_START}), 'to': given_to}})
                FILTER (state = 'given') AS given
        FROM rows GROUP BY ALL),
    standing AS (
        SELECT account_id, point_id, channel,
            CASE WHEN gone THEN 'revoked' ELSE 'given' END AS state,
            CASE WHEN gone THEN nullif(revoked, {NO_END}) ELSE nullif(given.day, {NO_START}) END AS day,
            CASE WHEN NOT gone THEN given.to END AS given_to
        FROM (SELECT *, coalesce(revoked >= given.day, given IS NULL) AS gone FROM latest)
        WHERE revoked IS NOT NULL OR given IS NOT NULL)
    SELECT p.account_id, p.point_id, {", ".join(columns)}
    FROM points p LEFT JOIN standing s ON s.account_id = p.account_id AND s.point_id = p.point_id
    GROUP BY p.account_id, p.point_id ORDER BY p.account_id, p.point_id"""
    found = query(text, {"points": points.select(["account_id", "point_id", "origin"]), "consents": table})
    return found.select(["account_id", "point_id", *(column.name for column in CONSENT_FACTS)])
