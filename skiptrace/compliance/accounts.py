"""ACCOUNT_SITUATIONS: what the rules may know about each account, before and after its contact points are known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from skiptrace.compliance import history, listed
from skiptrace.compliance.answers import answered_accounts
from skiptrace.compliance.history import History
from skiptrace.compliance.limitation import limitation_status
from skiptrace.compliance.places import with_places
from skiptrace.compliance.settings import attested, setting_facts, settle
from skiptrace.rulebook.model import Rulebook
from skiptrace.schema import CONTACT_POINTS, conform
from skiptrace.schema.facts import ACCOUNT_FACTS, ACCOUNT_SITUATIONS, FACTS, REPORTABLE
from skiptrace.schema.working import CONSUMERS, DEATHS, INVENTORY, PLACED
from skiptrace.sql import query, quote

NEVER_HERE = "('invalid', 'wrong_party')"
"""Statuses of an address that say the consumer was never there."""
CHARGE_OFF_AFTER = 180
"""Days from the first missed payment to charge-off, taken where the default date is not known."""
TAPE_FACTS = (
    "balance", "charge_off_date", "last_payment_date", "language", "inconvenient_times", "deceased", "bankruptcy", "attorney",
    "cease", "dispute", "scra", "minor",
)  # fmt: skip
"""Columns of TAPE that facts come from, beside account_id."""
PERSON_COUNTS = ("person_calls_7_days", "person_contacts_7_days")
REPORTED = {
    "deceased_reported": ("t.deceased", "d.deceased"),
    "deceased_confirmed": (),
    "bankruptcy_reported": ("t.bankruptcy",),
    "attorney_known": ("t.attorney",),
    "cease_written": ("t.cease",),
    "dispute_open": ("t.dispute",),
    "litigator": (),
    "paid_or_settled": ("t.balance <= 0",),
    "identity_theft_reported": ("{absent}",),
    "protected_address": ("{absent}",),
    "work_contact_refused": ("{absent}",),
    "military_indicated": ("coalesce(t.scra, FALSE)", "m.account_id IS NOT NULL"),
}
"""Truth facts that somebody may report, with what is read beside attempts, lists, linked records and answers: TRUE where
anybody says yes, FALSE where somebody says no, NULL where nobody says. `{absent}` is FALSE where lists were delivered."""


def build_accounts(
    tape: pa.Table,
    *,
    as_of: dt.date,
    rulebook: Rulebook,
    settings: Mapping[str, Any],
    history: History,
    points: pa.Table | None = None,
    deaths: pa.Table | None = None,
    consumers: pa.Table | None = None,
    linked: pa.Table | None = None,
    answers: pa.Table | None = None,
    inventory: pa.Table | None = None,
    placed: pa.Table | None = None,
) -> pa.Table:
    """ACCOUNT_SITUATIONS, one row per row of TAPE (account_id and TAPE_FACTS will do), sorted by account.

    `points` is CONTACT_POINTS as far as known (before any source is read: those of the tape, or None). `settings` is the
    [compliance] section as a plain mapping; {} where there is none. `consumers` groups accounts of one person; without it
    each account is one. `linked`: account_id, reports (a fact that a linked record reports). `answers`: ANSWERS, checked.
    `inventory`: INVENTORY; an account that it does not name is open. `placed`: PLACED; one that it does not name is its owner's.
    Raises ConfigError for an unknown step."""
    done = attested(rulebook, settings, as_of)
    places = with_places(points if points is not None else CONTACT_POINTS.empty(), rulebook.places)
    people = consumers if consumers is not None else CONSUMERS.empty()
    told = linked if linked is not None else pa.table({"account_id": pa.array([], pa.string()), "reports": pa.array([], pa.string())})
    answered = answered_accounts(answers, places.select(["account_id", "kind", "value"]), rulebook, as_of)
    tables = {
        "tape": tape,
        "points": places,
        "deaths": deaths if deaths is not None else DEATHS.empty(),
        "consumers": people,
        "counts": _counts(history, people),
        "reports": _reports(history, places, told),
        "reached": history.reached,
        "inventory": inventory if inventory is not None else INVENTORY.empty(),
        "placed": placed if placed is not None else PLACED.empty(),
        "answered": answered,
        "creditor_states": pa.table({"state": pa.array(sorted(set(settings.get("creditor_states") or ())), pa.string())}),
        "military": pa.table({"code": pa.array(rulebook.places.military, pa.string())}),
    }
    found = query(_sql(rulebook.plausible(as_of), history, frozenset(answered.column_names)), tables)
    found = found.append_column("limitation_status", limitation_status(found, rulebook, as_of))
    days = {step: (as_of - day).days for step, day in done.items()}
    facts: dict[str, object] = {**setting_facts(settings), "as_of": as_of, "steps_done": list(done)}
    facts["assignment_notice_days"] = days.get("assignment_notice")
    for name, value in facts.items():
        found = found.append_column(name, _constant(value, FACTS[name].type, found.num_rows))
    found = settle(found, rulebook, done)
    scrub = days.get("bankruptcy_scrub", "NULL")
    text = f"""SELECT * REPLACE (coalesce(validation_notice_sent, FALSE) AS validation_notice_sent),
            least(scrub_days, {scrub})::INTEGER AS bankruptcy_scrub_days,
            CASE WHEN home_states IS NOT NULL AND licensed_states IS NOT NULL
                THEN list_has_all(list_concat(licensed_states, military), home_states) END AS state_licensed
        FROM found, (SELECT coalesce(list(code), []) AS military FROM military) ORDER BY account_id"""
    licensed = query(text, {"found": found, "military": tables["military"]})
    return conform(licensed.select(["account_id", *(column.name for column in ACCOUNT_FACTS)]), ACCOUNT_SITUATIONS)


def _counts(history_: History, consumers: pa.Table) -> pa.Table:
    """Counts per account, with those over all accounts of its consumer; an account of nobody else counts for itself."""
    text = """
        WITH person AS (
            SELECT own.account_id, sum(c.calls_7_days) AS calls, sum(c.contacts_7_days) AS contacts
            FROM consumers own JOIN consumers other USING (consumer_id) JOIN counts c ON c.account_id = other.account_id
            GROUP BY own.account_id)
        SELECT * EXCLUDE (calls, contacts), coalesce(calls, calls_7_days)::INTEGER AS person_calls_7_days,
            coalesce(contacts, contacts_7_days)::INTEGER AS person_contacts_7_days
        FROM counts FULL JOIN person USING (account_id) ORDER BY account_id"""
    return query(text, {"counts": history.counts(history_.known), "consumers": consumers})


def _reports(history_: History, points: pa.Table, linked: pa.Table) -> pa.Table:
    return history.reports(history_, points.select(["account_id", "kind", "value"]), linked)


def _constant(value: object, kind: pa.DataType, rows: int) -> pa.Array:
    return pa.array([value], kind).take(pa.array(np.zeros(rows, np.int64)))


def _sql(plausible: float, history_: History, answered: frozenset[str]) -> str:
    """The one query that gathers an account's facts from tape, points, history, lists and answers."""
    absent = "FALSE" if history_.with_lists else "NULL::BOOLEAN"
    zero = "0" if history_.with_events else "NULL"
    flags = []
    for name, told in REPORTED.items():
        also = [f"r.{name}"] if name in REPORTABLE else []
        also += [f"w.{quote(name)}"] if name in answered else []
        if name == "deceased_confirmed":  # not confirmed is all that an unconfirmed report says
            also.append("CASE WHEN list_bool_or([r.deceased_reported, t.deceased, d.deceased]) IS NOT NULL THEN FALSE END")
        flags.append(f"list_bool_or([{', '.join([*also, *(one.format(absent=absent) for one in told)])}]) AS {name}")
    words = [
        f"w.{name} AS {name}" if name in answered else f"NULL::VARCHAR AS {name}"
        for name in ("bankruptcy_chapter", "bankruptcy_status")
    ]
    counted = ",\n        ".join(f"coalesce(c.{name}, {zero})::INTEGER AS {name}" for name in (*history.COUNTS, *PERSON_COUNTS))
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
    lived AS (
        SELECT account_id, list(DISTINCT home_state) AS states FROM points
        WHERE kind = 'address' AND status NOT IN {NEVER_HERE} AND origin IN ('portfolio', 'both') AND home_state IS NOT NULL
        GROUP BY account_id),
    military_mail AS (
        SELECT DISTINCT account_id FROM points WHERE kind = 'address' AND home_state IN (SELECT code FROM military)),
    {listed.ACCOUNTS.strip()}
    SELECT t.account_id,
        {(',' + chr(10) + '        ').join([*flags, *words])},
        w.scrub_days AS scrub_days,
        coalesce(t.minor, FALSE) AS minor_indicated,
        coalesce(v.account_state, 'open') AS account_state,
        x.account_id IS NOT NULL AS placed,
        coalesce(o.account, {absent}) AS opt_out_account,
        coalesce(o.person, {absent}) AS opt_out_person,
        t.inconvenient_times IS NOT NULL AS inconvenient_times_stated,
        coalesce(t.language, 'en') AS language_requested,
        NULL::BOOLEAN AS validation_notice_sent,
        CASE WHEN t.last_payment_date IS NOT NULL OR t.charge_off_date IS NOT NULL
            THEN least(t.last_payment_date, (t.charge_off_date - INTERVAL {CHARGE_OFF_AFTER} DAY)::DATE) END
            AS delinquent_since,
        CASE WHEN h.states IS NOT NULL THEN list_sort(list_distinct(list_concat(h.states,
            list_concat(coalesce(l.states, []), (SELECT coalesce(list(state), []) FROM creditor_states))))) END AS candidates,
        h.states AS home_states, h.jurisdictions AS jurisdictions, h.abroad AS foreign_address,
        {counted}
    FROM tape t LEFT JOIN deaths d USING (account_id) LEFT JOIN reports r USING (account_id)
        LEFT JOIN homes h USING (account_id) LEFT JOIN lived l USING (account_id)
        LEFT JOIN military_mail m USING (account_id) LEFT JOIN answered w USING (account_id)
        LEFT JOIN opted o USING (account_id) LEFT JOIN counts c USING (account_id)
        LEFT JOIN inventory v USING (account_id) LEFT JOIN placed x USING (account_id)
    ORDER BY t.account_id"""
