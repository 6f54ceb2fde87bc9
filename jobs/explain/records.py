"""Why records were linked and others were not: the waterfall of every considered pair, and why nobody was linked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jobs.explain.keys import met_by
from jobs.explain.model import Bar, Record
from jobs.explain.words import LACKS, article, listed, percent
from skiptrace.linkage.rules import LinkageRules

AGAINST = 3
"""How many bars are named as what speaks against a pair."""
TELLING = -1.0
"""Bits: a bar above this says too little to be named as a reason."""
NEAR = 7.0
"""Bits: a rival farther behind takes less than a hundredth of the probability and is not named."""
MATTERS = 0.1
"""Bits between a record and its person from which on the person is told of."""
HOPELESS = -7.0
"""Bits: a person of less is no candidate, and that its records alone weigh a little more changes nothing."""


def records(rows: Sequence[Mapping[str, Any]], rules: LinkageRules) -> tuple[Record, ...]:
    """The pairs of one account, rows of LINKS, best first."""
    return tuple(_record(row, rules) for row in sorted(rows, key=lambda row: row["rank"]))


def is_linked(record: Record) -> bool:
    """Whether the pair was accepted as the same person."""
    return record.status == "linked" and record.relation == "same"


def _record(row: Mapping[str, Any], rules: LinkageRules) -> Record:
    known = {comparison.name: comparison for comparison in rules.comparisons}
    bars = []
    for name in [column.removeprefix("level_") for column in row if column.startswith("level_")]:
        level, comparison = int(row[f"level_{name}"]), known.get(name)
        told = comparison is not None and level < len(comparison.levels)
        sentence = (
            comparison.sentence(level)
            if comparison and told
            else f"{name}: level {level} of rules that are no longer in force."
        )
        bars.append(Bar(name, level, sentence, float(row[f"weight_{name}"])))
    weight = float(row["match_weight"])
    person = float(row.get("person_weight", weight))  # a run of an earlier version has none
    prior = weight - sum(bar.bits for bar in bars)
    margin = None if row["margin"] is None else float(row["margin"])
    return Record(
        row["source"],
        row["record_id"],
        row["rank"],
        row["status"],
        row["relation"],
        float(row["match_probability"]),
        weight,
        person,
        margin,
        row["via"],
        prior,
        tuple(bars),
        _verdict(row, bars, person, margin, rules),
        _person(weight, person, margin, row["via"]),
    )


def _person(weight: float, person: float, margin: float | None, via: str | None) -> str:
    """What the probability rests on, where that is more than the record's own bars."""
    if via is None and person - weight < MATTERS and (weight - person < 1 or person < HOPELESS):
        return ""
    text = f"All records of this person together weigh {person:+.1f} bits, this one alone {weight:+.1f}. "
    if person < weight:
        text = f"Weighed with all that the reference knows of this person it is only {person:+.1f} bits. "
    less = ", less what the strongest rival takes" if margin is not None and margin < NEAR else ""
    if via is None:
        return f"{text}The probability rests on the {person:+.1f} bits{less}."
    return (
        f"{text}Record {via} ties it to the account: the probability is that of the person ({person:+.1f} bits{less}) times the "
        "chance that both records are the same person's."
    )


def _verdict(row: Mapping[str, Any], bars: Sequence[Bar], person: float, margin: float | None, rules: LinkageRules) -> str:
    chance = percent(row["match_probability"])
    needed = percent(rules.decision["linked"])
    if row["status"] == "linked":
        return f"Linked: the same person with a probability of {chance}; {needed} are needed."
    if row["relation"] == "household":
        return (
            f"Not linked: more likely somebody of the same household than the same person ({chance}). {_against(bars)}"
        )
    if row["status"] == "review":
        lead = f"Left for a person to judge: the same person with a probability of {chance}; {needed} link it."
    else:
        lead = f"Not linked: the same person with a probability of {chance} only."
    if _chance(person, margin) >= rules.decision["linked"]:
        return f"{lead} Its person is linked, but this record does not surely belong to that person. {_against(bars)}"
    if _chance(person, None) >= rules.decision["linked"]:
        return f"{lead} By itself it would be linked.{_rival(margin)}"
    reason = f" {_against(bars)}" if row["status"] == "refused" else ""
    return f"{lead}{reason}{_rival(margin)}"


def _chance(person: float, margin: float | None) -> float:
    """Probability of a person of this weight against nobody and, with a margin, against its strongest rival."""
    against = 2.0 ** -max(min(person, 60.0), -60.0) + (0.0 if margin is None else 2.0 ** -max(min(margin, 60.0), -60.0))
    return float(1 / (1 + against))


def _against(bars: Sequence[Bar]) -> str:
    """What speaks against a pair, heaviest first; each with its bits."""
    worst = sorted((bar for bar in bars if bar.bits <= TELLING), key=lambda bar: bar.bits)[:AGAINST]
    if not worst:
        return "Too little speaks for it."
    return "Most against it: " + "; ".join(f"{bar.sentence.rstrip('.')} ({bar.bits:+.1f} bits)" for bar in worst) + "."


def _rival(margin: float | None) -> str:
    if margin is None or margin >= NEAR:
        return ""
    who = "Another person of the reference, who cannot be this one,"
    if margin < 0:
        return f" {who} fits better by {-margin:.1f} bits."
    if round(margin, 1) == 0:
        return f" {who} fits just as well."
    return f" {who} fits less well by {margin:.1f} bits, which is near enough to compete."


def nobody(found: Sequence[Record], brought: Sequence[str], rules: LinkageRules) -> tuple[str, ...]:
    """Why nobody was linked and what would help. `found`: what was considered; `brought`: kinds of contact points that
    the portfolio brings (address, phone, email). Empty where a record was linked."""
    if any(is_linked(record) for record in found):
        return ()
    return _nobody_met(brought, rules) if not found else _nobody_won(found, rules)


def _nobody_met(brought: Sequence[str], rules: LinkageRules) -> tuple[str, ...]:
    words = {"address": "address", "phone": "phone", "email": "e-mail address"}
    lacking = [words[kind] for kind in ("address", "phone", "email") if kind not in brought]
    out = ["Nobody was linked because no reference record agrees with the account in enough fields to be compared at all.", *met_by(rules)]
    if lacking:
        out.append(f"The portfolio brings no usable {listed(lacking, 'or')} for this account.")
    out.append(
        "What would help, as far as the account lacks it: an SSN's last four digits, a birth date or former names; or a source "
        "that covers more people."
    )
    return tuple(out)


def _nobody_won(found: Sequence[Record], rules: LinkageRules) -> tuple[str, ...]:
    best = found[0]
    where = f"record {best.record_id} of {best.source}"
    first = (
        f"Nobody was linked because the best candidate, {where}, is the same person with a probability of "
        f"{percent(best.match_probability)} only; {percent(rules.decision['linked'])} are needed."
    )
    out = [first]
    if best.relation == "household":
        out.append("It looks like somebody of the same household, whom a contact must never take for the debtor.")
    rival = _rival(best.margin).strip()
    if rival and _chance(best.person_weight, None) >= rules.decision["linked"]:
        out.append(f"By itself it would be linked. {rival} What tells the two apart is what is missing here.")
    else:
        out += [text for text in (_against(best.bars), rival) if text]
    person = [record for record in found if record.person_weight == best.person_weight]
    shown = {bar.comparison for record in person for bar in record.bars if bar.level >= 0}
    missing = [LACKS[bar.comparison] for bar in best.bars if bar.comparison in LACKS and bar.comparison not in shown]
    if missing:
        out.append(
            f"What would help: {listed([article(word) for word in missing], 'or')}; the account or the record has none."
        )
    if best.status == "review":
        out.append(f"A person may settle it: compare {where} with the account's file.")
    elif not missing:
        out.append("What would help: a source that covers more people, or a correction of what speaks against it.")
    return tuple(out)
