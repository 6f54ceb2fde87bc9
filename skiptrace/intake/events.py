"""Deliveries about accounts and points rather than people: dispositions to EVENTS, suppression lists to SUPPRESSIONS,
answers to steps to ANSWERS, what became of accounts to ACCOUNT_EVENTS, what people found out to NOTES, who works them to PLACEMENTS."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import combine, lift
from skiptrace.intake.canonical import CanonicalTables, gather
from skiptrace.intake.cells import Cells, whole
from skiptrace.intake.endpoints import NOTHING, WORD, endpoints, first_reason
from skiptrace.intake.exported import NEVER, Exported
from skiptrace.intake.instants import read_instants
from skiptrace.intake.mapping import Mapped
from skiptrace.intake.notes import notes
from skiptrace.intake.partitions import Partition
from skiptrace.intake.placements import placements
from skiptrace.intake.rejects import RejectList
from skiptrace.intake.words import folded, outcome
from skiptrace.project.model import Source
from skiptrace.schema import ACCOUNT_EVENTS, ANSWERS, EVENTS, SUPPRESSIONS

AHEAD = 366
"""Days after as_of up to which an account event may be announced; a later day is a slip of the pen."""


def canonical(
    mapped: Mapped, partition: Partition, spec: Source, as_of: dt.date, exported: Exported | None = None
) -> CanonicalTables:  # fmt: skip
    """EVENTS (kind dispositions), SUPPRESSIONS (kind suppression), ANSWERS (kind answers), ACCOUNT_EVENTS (kind account_events),
    NOTES (kind notes) or PLACEMENTS (kind placements), and REJECTS of one partition, in the file's order.

    A disposition without event id, account, known channel, known outcome or time up to as_of is rejected whole; one
    whose value cannot be read is kept without it. Where it is known what was `exported`, so is one on an account that never left on
    its channel, unless its outcome is heeded all the same: then it is noted. A suppression that names no endpoint or account, or an unknown
    scope, is rejected whole: it could stop nothing. An answer without step, response, day, or anything it is about is
    rejected whole, and so is an account event that names no account or portfolio, no known event, or, for one that opens, no day. A
    stop whose day cannot be read, or lies more than AHEAD days after as_of, holds without one: it must not be lost."""
    rejects = RejectList(spec.name, partition.file.name)
    rejects.extend(mapped.rejects)
    cells = Cells(mapped.table, mapped.rows, rejects, as_of, spec.formats)
    if spec.kind == "dispositions":
        events, final = _events(cells, exported)
        until = cells.lasting.until if final else min(cells.lasting.until, as_of + dt.timedelta(1))
        return gather(mapped, events.num_rows, rejects.table(), until, events=events)
    if spec.kind == "answers":
        answers = _answers(cells)
        return gather(mapped, answers.num_rows, rejects.table(), cells.lasting.until, answers=answers)
    if spec.kind == "account_events":
        ahead = dt.timedelta(AHEAD)
        cells = Cells(mapped.table, mapped.rows, rejects, as_of + ahead, spec.formats)
        told = _account_events(cells)
        return gather(mapped, told.num_rows, rejects.table(), cells.lasting.until - ahead, account_events=told)
    if spec.kind == "notes":
        found = notes(cells)
        return gather(mapped, found.num_rows, rejects.table(), cells.lasting.until, notes=found)
    if spec.kind == "placements":
        found = placements(cells)
        return gather(mapped, found.num_rows, rejects.table(), cells.lasting.until, placements=found)
    suppressions = _suppressions(cells)
    return gather(mapped, suppressions.num_rows, rejects.table(), cells.lasting.until, suppressions=suppressions)


def _events(cells: Cells, exported: Exported | None) -> tuple[pa.Table, bool]:
    """EVENTS, and whether what is known of exports is final for all of them: one of the day itself may be of an export to come."""
    final = True
    channel = cells.word("channel", "channel")
    codes, systems = cells.text("outcome_code"), cells.text("system")
    results = lift(combine([codes, systems], len(cells)), lambda text: (outcome(*text.split("\x1f")),), WORD)
    occurred, reason = read_instants(cells, "occurred_at")
    table = {
        "event_id": cells.text("event_id"), "account_id": cells.text("account_id"), "channel": channel,
        "outcome": whole(results.column("word")), "system": systems, "occurred_at": occurred,
    }  # fmt: skip
    why = first_reason({
        "event_id_missing": pc.is_null(table["event_id"]), "account_id_missing": pc.is_null(table["account_id"]),
        "unknown_channel": pc.is_null(channel), "unmapped_outcome": pc.is_null(table["outcome"]),
    })  # fmt: skip
    why = pc.coalesce(why, reason, pc.if_else(pc.is_null(occurred), "occurred_at_missing", NOTHING))
    if exported is not None:
        never = exported.never(table["account_id"], channel, occurred)
        late = pc.fill_null(pc.greater_equal(occurred.cast(pa.date32()), pa.scalar(cells.as_of, pa.date32())), False)
        final = not pc.any(pc.and_(never, late), min_count=0).as_py()
        heeded = pc.and_(pc.and_(never, exported.heeds(table["outcome"])), pc.is_null(why))
        cells.rejects.add(cells.rows, pc.if_else(heeded, NEVER, NOTHING), "account_id")
        why = pc.coalesce(why, pc.if_else(pc.and_(never, pc.invert(heeded)), NEVER, NOTHING))
    cells.rejects.add(cells.rows, why, None)
    used = pc.is_null(why)
    kind, value, bad = endpoints(cells.text("value").filter(used), channel.filter(used))
    cells.rejects.add(cells.rows.filter(used), bad, "value")
    kept = {name: column.filter(used) for name, column in table.items()}
    kept |= {"kind": kind, "value": value}
    return pa.table([kept[c.name] for c in EVENTS.columns], schema=EVENTS.arrow), final


def _suppressions(cells: Cells) -> pa.Table:
    scope, channel = cells.word("scope", "scope"), cells.word("channel", "channel")
    given, account = cells.text("value"), cells.text("account_id")
    point = pc.fill_null(pc.equal(scope, "endpoint"), False)
    kind, value, bad = endpoints(pc.if_else(point, given, NOTHING), channel)
    account = pc.if_else(point, NOTHING, pc.coalesce(account, given))
    named = cells.text("list")
    nothing = pc.if_else(point, pc.is_null(given), pc.is_null(account))
    why = first_reason(
        {"list_missing": pc.is_null(named), "unknown_scope": pc.is_null(scope), "value_missing": nothing}
    )
    why = pc.coalesce(why, bad)
    if cells.has("channel"):
        # an unreadable channel must not narrow a "no": the word is noted above, and the row holds for every channel
        channel = pc.if_else(pc.is_null(cells.text("channel")), NOTHING, channel)
    cells.rejects.add(cells.rows, why, None)
    used = pc.is_null(why)
    table = {
        "list": named, "scope": scope, "channel": channel, "kind": kind, "value": value, "account_id": account,
        "reason": cells.text("reason"), "effective_from": cells.day("effective_from", early=True),
    }  # fmt: skip
    return pa.table([table[c.name].filter(used) for c in SUPPRESSIONS.columns], schema=SUPPRESSIONS.arrow)


def _answers(cells: Cells) -> pa.Table:
    steps, responses, account = cells.text("step"), cells.text("response"), cells.text("account_id")
    given, channel = cells.text("value"), cells.word("channel", "channel")
    kind, value, bad = endpoints(given, channel)
    words = {name: whole(lift(pa.chunked_array([texts]), lambda text: (folded(text) or None,), WORD).column("word"))
             for name, texts in (("step", steps), ("response", responses))}  # fmt: skip
    table = {
        **words, "account_id": account, "kind": kind, "value": value,
        "date_used": cells.day("date_used"), "answered_at": cells.day("answered_at"),
    }  # fmt: skip
    why = first_reason({
        "step_missing": pc.is_null(words["step"]), "response_missing": pc.is_null(words["response"]),
        "value_missing": pc.and_(pc.is_null(account), pc.is_null(given)), "answered_at_missing": pc.is_null(table["answered_at"]),
    })  # fmt: skip
    why = pc.coalesce(why, bad)
    cells.rejects.add(cells.rows, why, None)
    return pa.table([table[c.name].filter(pc.is_null(why)) for c in ANSWERS.columns], schema=ANSWERS.arrow)


def _account_events(cells: Cells) -> pa.Table:
    account, portfolio, event = cells.text("account_id"), cells.text("portfolio_id"), cells.word("event", "event")
    day = cells.day("date")
    why = first_reason({
        "account_id_missing": pc.and_(pc.is_null(account), pc.is_null(portfolio)), "unknown_event": pc.is_null(event),
        "date_missing": pc.and_(pc.is_null(day), pc.fill_null(pc.equal(event, "reopened"), False)),
    })  # fmt: skip
    cells.rejects.add(cells.rows, why, None)
    table = {"account_id": account, "portfolio_id": portfolio, "event": event, "date": day, "reason": cells.text("reason")}
    return pa.table([table[c.name].filter(pc.is_null(why)) for c in ACCOUNT_EVENTS.columns], schema=ACCOUNT_EVENTS.arrow)
