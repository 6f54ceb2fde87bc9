"""The fact sheet and the decisions of an earlier day, told for a later one, where nothing but the day is another.

Some facts are others every day (`skiptrace.schema.facts.DAILY`), and so are the hours of a use and the last day of its decision. All
else of a use follows from what is known of its account and point. `lasting` and `said` are numbers of what is known, so that two days
are compared without building the fact sheet again; `due` finds the accounts of which a rule says another thing only because days went
by. What is left has the same answers, and is dated anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.compliance import listed
from skiptrace.compliance.answers import creditor_notices, reassigned_numbers
from skiptrace.compliance.carried import TIMES, with_times_of_carriers
from skiptrace.compliance.history import History, point_counts
from skiptrace.compliance.screening import valid_until
from skiptrace.compliance.situations import TIMED, with_windows
from skiptrace.rulebook.coding import code_table, distinct_rows
from skiptrace.rulebook.digests import facts_digest
from skiptrace.rulebook.engine import asked_rules, reads
from skiptrace.rulebook.model import Rule, Rulebook
from skiptrace.rulebook.patterns import patterns
from skiptrace.schema.facts import ACCOUNT_FACT_NAMES, DAILY, FACTS
from skiptrace.sql import query

_OF_THE_DAY: tuple[str, ...] = tuple(name for name in DAILY if name in ACCOUNT_FACT_NAMES)
_DATED = ("channel", "jurisdictions", "zones_known", "zones", "window_start", "window_end")
_TIMED = ", ".join(f"'{channel}'" for channel in TIMED)


def lasting(accounts: pa.Table) -> np.ndarray:
    """A number of all facts of each row of ACCOUNT_SITUATIONS but those of the day: uint64."""
    facts = accounts.drop_columns(["account_id", *_OF_THE_DAY])
    return facts_digest(facts, code_table(facts))


def said(
    accounts: pa.Array, points: pa.Table, consents: pa.Table | None, history: History, answers: pa.Table | None, as_of: dt.date
) -> np.ndarray:  # fmt: skip
    """A number for each account of what consents, attempts, lists and answers say on a day of its uses, beyond its own facts: uint64.

    points: account_id, kind, value. consents: see `skiptrace.compliance.consents.consent_facts`. history: whole."""
    stated = "SELECT NULL::VARCHAR AS account_id, 0::UBIGINT AS h WHERE FALSE"
    tables = {
        "accounts": pa.table({"account_id": accounts}), "points": points, "known": history.known, "listed": history.listed,
        "reached": history.reached, "refusals": history.refusals, "worked": point_counts(history.known),
        "reassigned": reassigned_numbers(answers, as_of),
        "notices": creditor_notices(answers, as_of),
    }  # fmt: skip
    if consents is not None:
        tables["consents"] = consents
        columns = ", ".join(f'c."{name}"' for name in consents.column_names)
        stated = f"""SELECT account_id, hash('consent', {columns}) AS h FROM consents c WHERE c."at" IS NULL OR c."at" <= DATE '{as_of}'"""
    text = f"""
    WITH {listed.ENDPOINTS},
    rows AS (
        {stated}
        UNION ALL SELECT account_id,
            hash('worked', kind, value, point_contacts_7_days, point_contacts_30_days, DATE '{as_of}' - texted_days) FROM worked
        UNION ALL SELECT p.account_id, hash('endpoint', e.kind, e.value, e.channel) FROM points p JOIN endpoints e USING (kind, value)
        UNION ALL SELECT p.account_id, hash('stated', s.kind, s.value, s.reasons) FROM points p JOIN statements s USING (kind, value)
        UNION ALL SELECT account_id, hash('refused', channel) FROM refused
        UNION ALL SELECT p.account_id, hash('answer', r.kind, r.value, r.response, r.queried_at, r.date_used)
            FROM points p JOIN reassigned r USING (kind, value)
        UNION ALL SELECT p.account_id, hash('notice', n.kind, n.value, n.creditor_notice_until)
            FROM points p JOIN notices n USING (kind, value)),
    sums AS (SELECT account_id, (sum(h::hugeint) % 18446744073709551616)::UBIGINT AS h FROM rows GROUP BY account_id)
    SELECT coalesce(s.h, 0)::UBIGINT AS h FROM (SELECT account_id, row_number() OVER () AS row FROM accounts) a
    LEFT JOIN sums s USING (account_id) ORDER BY a.row"""
    found: np.ndarray = query(text, tables)["h"].to_numpy()
    return found


def in_force(rulebook: Rulebook, as_of: dt.date) -> list[str]:
    """What of a rulebook depends on the day: its rules that are asked, and those that state hours, by id."""
    return [*(rule.id for rule in asked_rules(rulebook, as_of)), *(rule.id for rule in rulebook.stated_hours(as_of))]


def redated(sheet: pa.Table, accounts: pa.Table, rulebook: Rulebook, as_of: dt.date, policies: list[str] | None) -> pa.Table:
    """SITUATIONS of an earlier day, with the facts of the day and the hours of `as_of`. accounts: ACCOUNT_SITUATIONS of that day, of
    every account of the sheet at least. policies: those of the project, None where it names none."""
    owner = pc.index_in(sheet["account_id"], accounts["account_id"].combine_chunks())
    for name in _OF_THE_DAY:
        sheet = sheet.set_column(sheet.column_names.index(name), sheet.schema.field(name), accounts[name].combine_chunks().take(owner))
    text = f"SELECT channel, jurisdictions, CASE WHEN channel IN ({_TIMED}) AND zones_known THEN zones END AS timed_zones FROM sheet"
    timed = query(text, {"sheet": sheet.select(["channel", "jurisdictions", "zones_known", "zones"])})
    found = with_windows(timed, rulebook, as_of, policies)
    for name in ("window_start", "window_end", "window_minutes"):
        field = sheet.schema.field(name)
        sheet = sheet.set_column(sheet.column_names.index(name), field, found[name].cast(field.type))
    return sheet


def decided_on(decisions: pa.Table, sheet: pa.Table, rulebook: Rulebook, as_of: dt.date) -> pa.Table:
    """DECISIONS of an earlier day about the uses of `sheet` (SITUATIONS of `as_of`, parallel), with the times of that day."""
    times = sheet.select(["window_start", "window_end"]).append_column("valid_until", valid_until(sheet, rulebook, as_of))
    times = with_times_of_carriers(times, sheet, rulebook)
    for name in TIMES:
        field = decisions.schema.field(name)
        decisions = decisions.set_column(decisions.column_names.index(name), field, times[name].cast(field.type))
    return decisions


def due(before: pa.Table, now: pa.Table, rules: Sequence[Rule]) -> pa.Array:
    """The accounts of which one of these rules says another thing of one fact sheet than of the other: SITUATIONS of the same uses
    (parallel) on two days. rules: see `daily`."""
    if not rules or not len(before):
        return pa.array([], pa.string())
    columns = [name for name in read_by(rules) if name in FACTS]
    both = pa.concat_tables([before.select(columns), now.select(columns)])
    codes, answers = patterns(both, rules, code_table(both))
    place = distinct_rows(answers)[0][codes]
    other = place[: len(before)] != place[len(before) :]
    return before["account_id"].filter(pa.array(other)).combine_chunks().unique()


def daily(rulebook: Rulebook, as_of: dt.date) -> list[Rule]:
    """The rules in force that read a fact of the day: the only ones whose answers change while nothing happens."""
    return [rule for rule in asked_rules(rulebook, as_of) if reads(rule) & set(DAILY)]


def read_by(rules: Sequence[Rule]) -> list[str]:
    """The columns of SITUATIONS that these rules read, and those that `redated` reads and tells anew, sorted."""
    return sorted({*frozenset().union(*(reads(rule) for rule in rules)), *_DATED, *DAILY})
