"""Why the runner-up lost: the best record of anybody but the linked person, its bars beside the winner's."""

from __future__ import annotations

from collections.abc import Sequence

from jobs.explain.model import Bar, Record
from jobs.explain.records import is_linked

NAMED = 3
"""How many comparisons are named as what made the difference."""
TELLING = 0.5
"""Bits: a comparison that tells the two less apart is not named."""
_MISSING = -1


def runner_up(found: Sequence[Record]) -> tuple[str, ...]:
    """Sentences on the best record that is not of a linked person: by how many bits it lost and because of which comparisons.

    `found`: what was considered, best first. All records of one person have one `person_weight`. Empty where nobody was linked,
    or nobody else was considered."""
    linked = [record for record in found if is_linked(record)]
    persons = {record.person_weight for record in linked}
    others = [record for record in found if not is_linked(record) and record.person_weight not in persons]
    if not linked or not others:
        return ()
    lost = max(others, key=lambda record: record.person_weight)
    lead = max(linked, key=lambda record: (record.person_weight, record.match_weight))
    out = [_distance(lead, lost)]
    if lost.via is not None:
        out.append(f"It was considered because of record {lost.via} of the same person.")
    out += _differences(lead, lost)
    return tuple(out)


def _distance(lead: Record, lost: Record) -> str:
    """By how many bits the runner-up lost: as a person, and record beside record where that says something else."""
    who = f"The runner-up, record {lost.record_id} of {lost.source},"
    behind, alone = lead.person_weight - lost.person_weight, lead.match_weight - lost.match_weight
    where = f"record {lead.record_id} of {lead.source}"
    if abs(behind - alone) < TELLING:
        return f"{who} weighs {_bits(alone)} less than the linked {where}."
    if alone < 0:
        return (
            f"{who} weighs {_bits(-alone)} more than the linked {where} alone, but all records of the linked person together weigh "
            f"{_bits(behind)} more than those of the other."
        )
    return f"{who} weighs {_bits(alone)} less than the linked {where}; with all their records, the two persons are {_bits(behind)} apart."


def _differences(lead: Record, lost: Record) -> list[str]:
    """The comparisons that made most of the difference, and what speaks the other way."""
    theirs = {bar.comparison: bar for bar in lost.bars}
    pairs = [(bar, theirs[bar.comparison]) for bar in lead.bars if bar.comparison in theirs]
    pairs.sort(key=lambda pair: -abs(pair[0].bits - pair[1].bits))
    for_it = [pair for pair in pairs if pair[0].bits - pair[1].bits >= TELLING][:NAMED]
    against = [pair for pair in pairs if pair[1].bits - pair[0].bits >= TELLING][:NAMED]
    out = []
    if for_it:
        lead_in = "What decided it" if lead.match_weight >= lost.match_weight else "For the linked record"
        out.append(f"{lead_in}: " + "; ".join(_difference(*pair) for pair in for_it) + ".")
    if against:
        out.append("For the runner-up: " + "; ".join(_difference(*pair) for pair in against) + ".")
    return out


def _difference(mine: Bar, other: Bar) -> str:
    """`dob +14.2 bits (linked: The birth dates agree. Runner-up: The birth dates differ.)`."""
    found = f"{mine.comparison.replace('_', ' ')} {mine.bits - other.bits:+.1f} bits"
    if mine.level == other.level and mine.level != _MISSING:
        return f"{found} (both: {mine.sentence} It adds less to what was weighed before.)"
    return f"{found} (linked: {mine.sentence} Runner-up: {other.sentence})"


def _bits(bits: float) -> str:
    return f"{bits:.1f} {'bit' if round(bits, 1) == 1 else 'bits'}"
