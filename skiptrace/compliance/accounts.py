"""ACCOUNT_SITUATIONS: what the rules may know about each account, before and after its contact points are known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from skiptrace.compliance import history
from skiptrace.compliance.places import with_places
from skiptrace.compliance.settings import attested, setting_facts, settle
from skiptrace.rulebook.model import Rulebook
from skiptrace.schema import CONTACT_POINTS, EVENTS, SUPPRESSIONS, conform
from skiptrace.schema.facts import ACCOUNT_FACTS, ACCOUNT_SITUATIONS, FACTS
from skiptrace.schema.working import CONSUMERS, DEATHS
from skiptrace.sql import query

NEVER_HERE = "('invalid', 'wrong_party')"
"""Statuses of an address that say the consumer was never there."""
CHARGE_OFF_AFTER = 180
"""Days from the first missed payment to charge-off, taken where the default date is not known."""


def build_accounts(
    tape: pa.Table,
    *,
    as_of: dt.date,
    rulebook: Rulebook,
    settings: Mapping[str, Any],
    points: pa.Table | None = None,
    deaths: pa.Table | None = None,
    consumers: pa.Table | None = None,
    events: pa.Table | None = None,
    suppressions: pa.Table | None = None,
    attempts_delivered: bool = True,
) -> pa.Table:
    """ACCOUNT_SITUATIONS, one row per row of TAPE, sorted by account.

    `points` is CONTACT_POINTS as far as known (before any source is read: those of the tape, or None). `events` and
    `suppressions` are None where the project has no such delivery, which is not the same as an empty one: a count that
    nobody delivered is not known; `attempts_delivered` is False where `events` are no delivery but what lasts of old
    ones, so that they count nothing. `settings` is the [compliance] section as a plain mapping; {} where there is none.
    `consumers` groups accounts of one person; without it each account is one. Raises ConfigError for an unknown
    step."""
    done = attested(rulebook, settings, as_of)
    consumers = consumers if consumers is not None else CONSUMERS.empty()
    known = history.known_events(events if events is not None else EVENTS.empty(), rulebook, as_of)
    listed = history.known_suppressions(
        suppressions if suppressions is not None else SUPPRESSIONS.empty(), rulebook, as_of
    )
    reached = history.reach_of_lists(listed, consumers)
    hours = rulebook.hours(as_of)
    places = with_places(points if points is not None else CONTACT_POINTS.empty(), rulebook.places)
    tables = {
        "tape": tape,
        "points": places,
        "deaths": deaths if deaths is not None else DEATHS.empty(),
        "consumers": consumers,
        "counts": history.counts(known),
        "reports": history.reports(known, reached),
        "reached": reached,
        "military": pa.table({"code": pa.array(rulebook.places.military, pa.string())}),
    }
    counted = events is not None and attempts_delivered
    found = query(_sql(as_of, hours.plausible if hours else 0.0, counted, suppressions is not None), tables)
    facts: dict[str, object] = {**setting_facts(settings), "as_of": as_of, "steps_done": list(done)}
    facts["bankruptcy_scrub_days"] = (as_of - done["bankruptcy_scrub"]).days if "bankruptcy_scrub" in done else None
    for name, value in facts.items():
        found = found.append_column(name, _constant(value, FACTS[name].type, found.num_rows))
    found = settle(found, rulebook, done)
    text = """SELECT * REPLACE (coalesce(validation_notice_sent, FALSE) AS validation_notice_sent),
            CASE WHEN home_states IS NOT NULL AND licensed_states IS NOT NULL
                THEN list_has_all(list_concat(licensed_states, military), home_states) END AS state_licensed
        FROM found, (SELECT coalesce(list(code), []) AS military FROM military) ORDER BY account_id"""
    licensed = query(text, {"found": found, "military": tables["military"]})
    return conform(licensed.select(["account_id", *(column.name for column in ACCOUNT_FACTS)]), ACCOUNT_SITUATIONS)


def _constant(value: object, kind: pa.DataType, rows: int) -> pa.Array:
    return pa.array([value], kind).take(pa.array(np.zeros(rows, np.int64)))


def _sql(as_of: dt.date, plausible: float, with_events: bool, with_lists: bool) -> str:
    """The one query that gathers an account's facts from tape, points, history and lists."""
    reported = {
        "deceased_reported": "t.deceased, d.deceased",
        "bankruptcy_reported": "t.bankruptcy",
        "attorney_known": "t.attorney",
        "cease_written": "t.cease",
        "dispute_open": "t.dispute",
        "litigator": "NULL::BOOLEAN",
    }
    # TRUE where anybody says yes, FALSE where somebody says no, NULL where nobody says.
    flags = ",\n        ".join(f"list_bool_or([r.{name}, {told}]) AS {name}" for name, told in reported.items())
    zero = "0" if with_events else "NULL"
    counted = ",\n        ".join(f"coalesce(c.{name}, {zero})::INTEGER AS {name}" for name in history.COUNTS)
    absent = "FALSE" if with_lists else "NULL"
    return f"""
    WITH homes AS (
        SELECT account_id,
            CASE WHEN count(*) = count(home_state) THEN list_sort(list(DISTINCT home_state)) END AS states,
            CASE WHEN count(*) = count(place_jurisdictions)
                THEN list_sort(list_distinct(list_concat(['US'], flatten(list(place_jurisdictions)))))
                END AS jurisdictions,
            CASE WHEN bool_or(foreign_point) THEN TRUE WHEN count(*) = count(foreign_point) THEN FALSE END AS abroad
        FROM points
        WHERE kind = 'address' AND status NOT IN {NEVER_HERE} AND (rank = 1 OR p_current >= {plausible})
        GROUP BY account_id),
    military_mail AS (
        SELECT DISTINCT account_id FROM points WHERE kind = 'address' AND home_state IN (SELECT code FROM military)),
    opted AS (
        SELECT account_id, bool_or(scope = 'account') AS account, bool_or(scope = 'person') AS person
        FROM reached WHERE reports IS NULL AND channel IS NULL GROUP BY account_id),
    person AS (
        SELECT own.account_id, sum(c.calls_7_days) AS calls
        FROM consumers own JOIN consumers other USING (consumer_id) JOIN counts c ON c.account_id = other.account_id
        GROUP BY own.account_id)
    SELECT t.account_id,
        {flags},
        CASE WHEN list_bool_or([r.deceased_reported, t.deceased, d.deceased]) IS NOT NULL THEN FALSE END
            AS deceased_confirmed,
        coalesce(t.scra, FALSE) OR m.account_id IS NOT NULL AS military_indicated,
        coalesce(t.minor, FALSE) AS minor_indicated,
        coalesce(o.account, {absent}) AS opt_out_account,
        coalesce(o.person, {absent}) AS opt_out_person,
        t.inconvenient_times IS NOT NULL AS inconvenient_times_stated,
        coalesce(t.language, 'en') AS language_requested,
        NULL::BOOLEAN AS validation_notice_sent,
        CASE WHEN t.last_payment_date IS NOT NULL OR t.charge_off_date IS NOT NULL
            THEN least(t.last_payment_date, (t.charge_off_date - INTERVAL {CHARGE_OFF_AFTER} DAY)::DATE) END
            AS delinquent_since,
        h.states AS home_states, h.jurisdictions AS jurisdictions, h.abroad AS foreign_address,
        {counted},
        coalesce(p.calls, c.calls_7_days, {zero})::INTEGER AS person_calls_7_days
    FROM tape t LEFT JOIN deaths d USING (account_id) LEFT JOIN reports r USING (account_id)
        LEFT JOIN homes h USING (account_id) LEFT JOIN military_mail m USING (account_id)
        LEFT JOIN opted o USING (account_id) LEFT JOIN counts c USING (account_id) LEFT JOIN person p USING (account_id)
    ORDER BY t.account_id"""
