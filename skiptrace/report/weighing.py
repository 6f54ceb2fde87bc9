"""Sentences about the linkage: how many people to expect, how pairs were weighed, which records were compared."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Final

from skiptrace.report.figures import bits, chance, count, few, is_small, share
from skiptrace.report.weighed import Expected, Linkage, Waterfall

FIELDS: Final = {
    "ssn": "SSN or its last four", "dob": "birth date", "phone": "phone", "email": "e‑mail", "address": "address",
}  # fmt: skip
TITLES: Final = {
    "linked": "A linked pair", "bridged": "A pair linked through another record", "review": "A pair left for a person to judge",
    "household": "A pair refused as somebody of the household",
}  # fmt: skip
TELLING: Final = Decimal("0.5")
"""Bits: a comparison that says less is not named as what speaks most for or against a pair."""


def weighing(linkage: Linkage) -> dict[str, str]:
    """The sentences of the sections recall, weights and blocking, and the notes below the first and the last."""
    return {
        "recall": _recall(linkage.expected), "recall_note": _recall_note(linkage.expected), "weights": _weights(linkage),
        "blocking": _blocking(linkage), "blocking_note": _blocking_note(linkage),
    }  # fmt: skip


def brings(fields: tuple[str, ...]) -> str:
    """What an account brings besides names: `Names, birth date and phone`."""
    words = [FIELDS.get(name, name.replace("_", " ")) for name in fields]
    if not words:
        return "Names alone"
    return f"Names, {', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else f"Names and {words[0]}"


def title_of(fall: Waterfall) -> str:
    """The heading of a waterfall."""
    return TITLES.get(fall.case, fall.case)


def told_of(fall: Waterfall) -> str:
    """What a waterfall shows, in a sentence or two."""
    most = max((one for one in fall.falls if not one.silent), key=lambda one: one.bits, default=None)
    least = min((one for one in fall.falls if not one.silent), key=lambda one: one.bits, default=None)
    text = f"{bits(fall.weight)} bits, and the same person with a probability of {chance(fall.probability)}."
    if most is not None and most.bits >= TELLING:
        text += f" Most for it: {most.sentence}"
    if least is not None and least.bits <= -TELLING:
        text += f" Most against it: {least.sentence}"
    if fall.case == "bridged":
        text += " Its probability rests on another record of the same person, which fits the account."
    return f"{text} It is the pair of the middle weight; {few(fall.accounts)} accounts have one of this kind."


def _weights(linkage: Linkage) -> str:
    bar = math.log2(linkage.linked / (1 - linkage.linked))
    return (
        "Each field that is compared adds or takes evidence, counted in bits: one more bit doubles the odds that account and record "
        f"are the same person, and 0 is even odds. A pair is linked from {linkage.linked:.0%} on, which is {bar:+.1f} bits where nobody "
        "else fits. Fields are weighed in the order shown, each by what it adds to those before it. These pairs are typical of the "
        "run; nothing tells whose they are."
    )


def _recall(expected: Expected | None) -> str:
    if expected is None or expected.recall is None:
        return "The run does not say which recall to expect."
    told = [row for row in expected.rows if not is_small(row.accounts)]
    text = f"Of the people whom the reference has, {chance(expected.recall)} are expected to be linked"
    if len(told) < 2:
        return f"{text}."
    best, worst = max(told, key=lambda row: row.recall), min(told, key=lambda row: row.recall)
    return (
        f"{text}: {chance(best.recall)} of those whose account brings {_lower(best.fields)}, "
        f"{chance(worst.recall)} of those whose account brings {_lower(worst.fields)}."
    )


def _lower(fields: tuple[str, ...]) -> str:
    text = brings(fields)
    return text[:1].lower() + text[1:]


def _recall_note(expected: Expected | None) -> str:
    if expected is None:
        return ""
    known = {name: found for name, found in expected.has if name in FIELDS}
    seen = [f"{FIELDS[name]} {chance(found)}" for name, found in known.items() if found is not None]
    taken = [FIELDS[name] for name, found in known.items() if found is None]
    text = (
        "The match model says how a person’s records usually agree with the account, and how many of them would reach the bar. It is "
        "an expectation, not a count, and somewhat high: it leaves out people whose records share no combination of fields that is "
        "looked up, and strangers who fit as well."
    )
    if seen:
        text += f" The reference has the field too for this share of the linked accounts that bring it: {', '.join(seen)}."
    if taken:
        text += f" Too few were linked to say so of {', '.join(taken)}: there it is taken to have it always."
    return text


def _blocking(linkage: Linkage) -> str:
    if not linkage.keys:
        return "The run does not say which records were compared."
    first = linkage.keys[0]
    whole = sum(key.pairs + key.refined_pairs for key in linkage.keys)
    text = f"A record is compared with an account when one of {count(len(linkage.keys))} combinations of fields agrees"
    if linkage.pairs is not None:
        text += f"; {count(linkage.pairs)} pairs were compared"
    if not whole:
        return f"{text}."
    return f"{text}. Most came by {first.words} ({share(Decimal(first.pairs + first.refined_pairs), Decimal(whole))} of what all brought)."


def _blocking_note(linkage: Linkage) -> str:
    dropped = sum(key.dropped_pairs for key in linkage.keys)
    text = "A pair that several combinations bring counts for each of them."
    if not dropped:
        return f"{text} No value was shared by too many records."
    back = sum(key.refined_pairs for key in linkage.keys)
    return (
        f"{text} Where too many records share a value, such as the most common names, they are not all compared: that left out "
        f"{count(dropped)} pairs, and {count(back)} were compared because one more field agreed."
    )
