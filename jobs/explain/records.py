"""Why records were linked and others were not: the waterfall of every considered pair, and why nobody was linked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jobs.explain.model import Bar, Record
from jobs.explain.words import LACKS, PARTS, article, listed, percent
from skiptrace.linkage.rules import LinkageRules

AGAINST = 3
"""How many bars are named as what speaks against a pair."""
TELLING = -1.0
"""Bits: a bar above this says too little to be named as a reason."""


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
        margin,
        row["via"],
        prior,
        tuple(bars),
        _verdict(row, bars, margin, rules),
    )


def _verdict(row: Mapping[str, Any], bars: Sequence[Bar], margin: float | None, rules: LinkageRules) -> str:
    chance = percent(row["match_probability"])
    needed = percent(rules.decision["linked"])
    if row["status"] == "linked":
        return f"Linked: the same person with a probability of {chance}; {needed} are needed."
    rival = _rival(margin)
    if row["status"] == "review":
        return f"Left for a person to judge: the same person with a probability of {chance}; {needed} link it.{rival}"
    if row["relation"] == "household":
        return (
            f"Not linked: more likely somebody of the same household than the same person ({chance}). {_against(bars)}"
        )
    return f"Not linked: the same person with a probability of {chance} only. {_against(bars)}{rival}"


def _against(bars: Sequence[Bar]) -> str:
    """What speaks against a pair, heaviest first; each with its bits."""
    worst = sorted((bar for bar in bars if bar.bits <= TELLING), key=lambda bar: bar.bits)[:AGAINST]
    if not worst:
        return "Too little speaks for it."
    return "Most against it: " + "; ".join(f"{bar.sentence.rstrip('.')} ({bar.bits:+.1f} bits)" for bar in worst) + "."


def _rival(margin: float | None) -> str:
    if margin is None:
        return ""
    if margin < 0:
        return f" Another record, of somebody else, fits better by {-margin:.1f} bits."
    return f" Another record, of somebody else, fits less well by {margin:.1f} bits, which is near enough to compete."


def nobody(found: Sequence[Record], brought: Sequence[str], rules: LinkageRules) -> tuple[str, ...]:
    """Why nobody was linked and what would help. `found`: what was considered; `brought`: kinds of contact points that
    the portfolio brings (address, phone, email). Empty where a record was linked."""
    if any(is_linked(record) for record in found):
        return ()
    return _nobody_met(brought, rules) if not found else _nobody_won(found[0], rules)


def _nobody_met(brought: Sequence[str], rules: LinkageRules) -> tuple[str, ...]:
    keys = [" + ".join(PARTS[part] for part in key.parts) for key in rules.keys]
    words = {"address": "address", "phone": "phone", "email": "e-mail address"}
    lacking = [words[kind] for kind in ("address", "phone", "email") if kind not in brought]
    out = [
        "Nobody was linked because no reference record agrees with the account in enough fields to be compared at all.",
        f"A record is compared when one of these agrees: {'; '.join(keys)}.",
    ]
    if lacking:
        out.append(f"The portfolio brings no usable {listed(lacking, 'or')} for this account.")
    out.append(
        "What would help: an SSN's last four digits, a birth date or former names, or a source that covers more people."
    )
    return tuple(out)


def _nobody_won(best: Record, rules: LinkageRules) -> tuple[str, ...]:
    where = f"record {best.record_id} of {best.source}"
    first = (
        f"Nobody was linked because the best candidate, {where}, is the same person with a probability of "
        f"{percent(best.match_probability)} only; {percent(rules.decision['linked'])} are needed."
    )
    out = [first]
    if best.relation == "household":
        out.append("It looks like somebody of the same household, whom a contact must never take for the debtor.")
    out.append(_against(best.bars))
    if best.margin is not None:
        out.append(_rival(best.margin).strip())
    missing = [LACKS[bar.comparison] for bar in best.bars if bar.level < 0 and bar.comparison in LACKS]
    if missing:
        out.append(
            f"What would help: {listed([article(word) for word in missing], 'or')}; the account or the record has none."
        )
    if best.status == "review":
        out.append(f"A person may settle it: compare {where} with the account's file.")
    elif not missing:
        out.append("What would help: a source that covers more people, or a correction of what speaks against it.")
    return tuple(out)
