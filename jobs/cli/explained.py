"""An explanation as text: what the account is, who was linked and why, what may be done on which channel."""

from __future__ import annotations

from jobs.cli.output import paragraph, show, show_table
from jobs.explain.model import Decision, Explanation, Point, Record, RuleWords, Use
from jobs.explain.page import DETAILED, ORIGIN, head_of
from jobs.explain.words import DECISION, KINDS, PRIOR, listed, percent


def show_explanation(told: Explanation) -> None:
    """Print the whole explanation on stdout."""
    show(f"Account {told.account_id}   run {told.run_id}, as of {told.as_of}")
    paragraph(f"{told.locate_status}: {told.meaning}", 2)
    if told.name:
        paragraph(f"name: {told.name}", 2)
    if told.consumer_id:
        paragraph(f"consumer: {told.consumer_id}{''.join(f'; {sentence}' for sentence in told.consumer)}", 2)
    if told.balance is not None:
        paragraph(f"balance: {told.balance:,}", 2)
    if told.state:
        paragraph(f"inventory: {told.state.sentence}", 2)
    if told.placed:
        paragraph(f"placement: {told.placed}", 2)
    if told.death:
        paragraph(f"death: {told.death.sentence}", 2)
    for hold in told.holds:
        _rule("held by", hold, 2)
    if told.channel_order:
        order = listed(list(told.channel_order), "then")
        paragraph(
            f"channels, best first: {order}; chance that one reaches the consumer: {percent(told.p_any_channel)}",
            2,
        )
    for note in told.notes:
        paragraph(f"note: {note}", 2)
    if told.next_steps:
        _heading("What to do")
        for step in told.next_steps:
            paragraph(f"- {step}", 2)
    if told.delivered:
        _heading("The tape, as written and as used")
        rows = [(d.field, " | ".join(d.raw), " | ".join(d.canonical) or "-", ", ".join(d.not_used)) for d in told.delivered]
        show_table(("field", "written", "used", "not used because"), rows, 2)
    _heading("Linked records" if told.linked else "Linked records: none")
    for sentence in told.nobody:
        paragraph(sentence, 2)
    for record in told.linked:
        _record(record)
    if told.runner_up:
        _heading("Why not somebody else")
        for sentence in told.runner_up:
            paragraph(sentence, 2)
    if told.considered:
        _heading("Considered and not linked")
        for record in told.considered[:DETAILED]:
            _record(record)
        for record in told.considered[DETAILED:]:
            paragraph(f"{head_of(record)}: probability {percent(record.match_probability)}", 2)
    if told.noted:
        _heading("Noted by people")
        for one in told.noted:
            paragraph(f"- {one.note_id} ({one.source}): {one.sentence}", 2)
    if told.asked:
        _heading("Sources that were asked")
        for sentence in told.asked.asks or ("none",):
            paragraph(f"- {sentence}", 2)
        if told.asked.stop_reason:
            refresh = f"; a source may be asked again from {told.asked.next_refresh} on" if told.asked.next_refresh else ""
            paragraph(f"nobody is asked now ({told.asked.stop_reason}): {told.asked.stop}{refresh}", 2)
    _heading("Contact points")
    if not told.points:
        paragraph("none", 2)
    for point in told.points:
        _point(point)
    if told.basis:
        _heading("What its sources permit")
        permits = [(one.source, *(", ".join(words) or "none" for words in (one.purposes, one.channels, one.exports))) for one in told.basis]
        show_table(("source", "purposes", "channels", "exports"), permits, 2)
    if told.masked:
        show()
        paragraph("Personal values are masked; --show-pii --reason TEXT shows them and is logged.")


def _heading(text: str) -> None:
    show()
    show(text)


def _record(record: Record) -> None:
    """The waterfall of one pair: the bars sum to its weight."""
    show()
    paragraph(head_of(record), 2)
    paragraph(record.verdict, 2)
    show_bars(record)
    if record.person:
        paragraph(record.person, 4)


def show_bars(record: Record, summed: bool = True) -> None:
    """Print the bars of a pair, with where they start and, if asked for, what they sum to. Fields that one side lacks share a line."""
    silent = [bar for bar in record.bars if bar.level < 0 and bar.bits == 0]
    rows = [(f"{record.prior:+.1f}", "start", PRIOR)] if summed else []
    rows += [(f"{bar.bits:+.1f}", bar.comparison, bar.sentence) for bar in record.bars if bar not in silent]
    if silent:
        rows.append(("+0.0", "missing", f"One side has no {listed([bar.comparison for bar in silent], 'or')}."))
    if summed:
        rows.append((f"{record.match_weight:+.1f}", "sum", "log2 of the odds that both are the same person, before rivals"))
    width = max(len("bits"), *(len(bits) for bits, _, _ in rows))
    show_table(
        ("bits".rjust(width), "field", "what was found"),
        [(bits.rjust(width), name, text) for bits, name, text in rows],
        4,
    )


def _point(point: Point) -> None:
    show()
    kind = KINDS[point.kind].split(" ", 1)[1]
    line = f", {point.line_type}" if point.kind == "phone" and point.line_type != "unknown" else ""
    paragraph(
        f"{kind} {point.rank}: {point.value}   ({point.point_id}{line}; {ORIGIN[point.origin]}; status {point.status})", 2
    )
    shared = f"; {point.shared_by} unrelated consumers of yours show it" if point.shared_by else ""
    paragraph(f"current: {percent(point.p_current)}; this person's: {percent(point.p_right_party)}{shared}", 4)
    if point.sightings:
        rows = [
            (
                seen.source if seen.relation == "same" else f"{seen.source} ({seen.relation.replace('_', '-')})",
                seen.record_id,
                seen.first_seen,
                seen.last_seen,
                None if seen.match_probability is None else percent(seen.match_probability),
                seen.status,
            )
            for seen in point.sightings
        ]
        show_table(("seen by", "record", "first", "last", "same person", "status"), rows, 4)
    for use in point.uses:
        _use(use)


def _use(use: Use) -> None:
    decided = f": {DECISION[use.decision.decision]}" if use.decision else ""
    paragraph(f"{use.channel}{decided}", 4)
    between = f"{percent(use.p_reach_low)} to {percent(use.p_reach_high)}"
    paragraph(
        f"reaches the consumer: {percent(use.p_reach)} ({between}), grade {use.grade}",
        6,
    )
    rows = [(f"{reason.points:+.2f}", reason.text) for reason in use.reasons]
    rows.append((f"{use.log_odds:+.2f}", f"sum: log-odds of {percent(use.p_reach)}"))
    width = max(len("points"), *(len(points) for points, _ in rows))
    show_table(("points".rjust(width), "why"), [(points.rjust(width), text) for points, text in rows], 6)
    if use.decision:
        _decision(use.decision)


def _decision(decision: Decision) -> None:
    for rule in decision.stopped_by:
        _rule("stopped by", rule, 6)
    if decision.decision != "stopped":  # duties of a use that is not to be made would only bury the stops
        for rule in decision.conditions:
            _rule("duty", rule, 6)
    for step in decision.steps_required:
        paragraph(f"open step {step.step}: {step.sentence}", 6)
    if decision.ways:
        paragraph("what would change the answer, each tried on every rule:", 6)
        for way in decision.ways:
            paragraph(f"- {way.sentence}", 8)
    elif decision.remedy:
        paragraph(decision.remedy, 6)
    if decision.ends:
        names = listed([rule.rule for rule in decision.ended_by])
        paragraph(f"time alone stops it from {decision.ends} on: {names}", 6)
    if decision.decision != "stopped":
        local = (
            "; " + ", ".join(f"{hours.hours} in {hours.zone}" for hours in decision.local_hours)
            if decision.local_hours
            else ""
        )
        paragraph(f"hours: {decision.window}{local}", 6)
        paragraph(f"valid until {decision.valid_until}", 6)


def _rule(lead: str, rule: RuleWords, indent: int) -> None:
    source = f" [{rule.citation}]" if rule.citation else ""
    gap = ", as a fact is not known" if rule.unknown else ""
    paragraph(f"{lead} {rule.rule}{gap}: {rule.sentence}{source}", indent)
    if rule.facts:
        paragraph(f"it saw: {', '.join(f'{fact.name} = {fact.value}' for fact in rule.facts)}", indent + 4)
