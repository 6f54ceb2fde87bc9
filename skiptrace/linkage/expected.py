"""Expected recall: of the people who are in the reference, how many would be linked, by the fields that their account brings.

The match model says how often each comparison level occurs between an account and its own person. Comparison vectors are
spread over these shares, those of fields that an account lacks are missing, and each vector is weighed: the share that reaches
the bar for a link is the recall to expect. Nobody needs labels for that, and it is no measurement: people whom no blocking key
brings, and rivals who fit as well, are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skiptrace.kernels import record_layout as at
from skiptrace.linkage.decide import Judged
from skiptrace.linkage.model import CLASSES, MatchModel
from skiptrace.linkage.patterns import Levels, digit_of, pack, weights
from skiptrace.linkage.rules import MISSING, LinkageRules

FIELDS = ("ssn", "dob", "phone", "email", "address")
"""Comparisons whose fields an account brings or lacks; names are always there."""
VECTORS = 16_384
"""Comparison vectors per combination of fields: an error of about 0.002, and the same vectors every time."""
FEW = 30
"""Linked accounts with a field, below which it is not known how often the reference has it too."""
LEAVES_OUT = ("blocking", "rivals")
_JOINED = "+"


def brought(records: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which of FIELDS each encoded person has: bool [n, fields]."""

    def some(first: int, words: int) -> NDArray[np.bool_]:
        joined: NDArray[np.int32] = records[:, first].copy()
        for word in range(first + 1, first + words):
            joined |= records[:, word]
        found: NDArray[np.bool_] = joined != 0
        return found

    number = some(at.SSN, 2) | (records[:, at.MARKS] >> at.SSN4_SHIFT > 0)
    points = some(at.PHONE, 2), some(at.EMAIL, at.EMAIL_WORDS), some(at.ADDRESS, at.ADDRESS_WORDS)
    return np.stack([number, records[:, at.DOB] != 0, *points], axis=1)


def counts(records: NDArray[np.int32], judged: Judged, rules: LinkageRules) -> dict[str, dict[str, int]]:
    """What some accounts bring, and what their persons have: counts that `add` adds up.

    accounts: by the fields they bring, joined by "+". linked: by comparison, linked accounts that bring its field. compared:
    those of them with a linked record that has the field too."""
    has = brought(records)
    accepted = np.flatnonzero(judged.probability >= rules.decision["linked"])
    left, pattern = judged.left[accepted], judged.pattern[accepted]
    linked = np.zeros(len(records), np.bool_)
    linked[left] = True
    found: dict[str, dict[str, int]] = {"accounts": {}, "linked": {}, "compared": {}}
    sizes = np.bincount(has @ (1 << np.arange(len(FIELDS))), minlength=1 << len(FIELDS))
    for number in np.flatnonzero(sizes).tolist():
        brings = [name for place, name in enumerate(FIELDS) if number >> place & 1]
        found["accounts"][_JOINED.join(brings)] = int(sizes[number])
    for f, name in enumerate(rules.names):
        carries = linked & has[:, FIELDS.index(name)] if name in FIELDS else linked
        both = np.zeros(len(records), np.bool_)
        both[left[pattern >> digit_of(f, len(rules.names)) & 15 != 0]] = True
        found["linked"][name] = int(carries.sum())
        found["compared"][name] = int((carries & both).sum())
    return found


def add(found: Iterable[Mapping[str, Mapping[str, int]]]) -> dict[str, dict[str, int]]:
    """The counts of several groups of accounts as one."""
    out: dict[str, dict[str, int]] = {"accounts": {}, "linked": {}, "compared": {}}
    for one in found:
        for what, values in one.items():
            for name, value in values.items():
                out[what][name] = out[what].get(name, 0) + value
    return out


def expected_recall(model: MatchModel, rules: LinkageRules, counted: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """Expected recall as `run.json` holds it. `counted`: what `add` gives for all accounts.

    by_fields: fields, accounts and recall per combination, the commonest first. recall: over all accounts. has: per comparison,
    how often the person of an account shows the field too, as seen on linked accounts; null where too few were linked and every
    person is taken to have it. leaves_out: what makes the true recall lower."""
    has = {name: _share(counted["compared"].get(name, 0), counted["linked"].get(name, 0)) for name in rules.names}
    vectors = _vectors(model, rules, {name: 1.0 if share is None else share for name, share in has.items()})
    bar = np.log2(rules.decision["linked"] / (1 - rules.decision["linked"]))
    rows: list[dict[str, Any]] = []
    for joined, accounts in counted["accounts"].items():
        fields = [name for name in FIELDS if name in joined.split(_JOINED)]
        lacking = [f for f, name in enumerate(rules.names) if name in FIELDS and name not in fields]
        own = vectors.copy()
        own[:, lacking] = MISSING
        reached = float((_weights(model, rules, own) >= bar).mean())
        rows.append({"fields": fields, "accounts": int(accounts), "recall": round(reached, 4)})
    rows.sort(key=lambda row: (-row["accounts"], [FIELDS.index(name) for name in row["fields"]]))
    total = sum(row["accounts"] for row in rows)
    whole = round(sum(row["accounts"] * row["recall"] for row in rows) / total, 4) if total else None
    return {"recall": whole, "by_fields": rows, "has": has, "leaves_out": list(LEAVES_OUT)}


def _share(part: int, whole: int) -> float | None:
    return None if whole < FEW else round(part / whole, 4)


def _weights(model: MatchModel, rules: LinkageRules, vectors: Levels) -> NDArray[np.float64]:
    """What a person weighs whose records show this together, one of them all of it."""
    codes, share = pack(vectors), rules.person["together"]
    found: NDArray[np.float64] = share * weights(model.persons, codes) + (1 - share) * weights(model.records, codes)
    return found


def _vectors(model: MatchModel, rules: LinkageRules, has: Mapping[str, float]) -> Levels:
    """Comparison vectors of accounts with all fields and their own persons, int8 [VECTORS, comparisons]."""
    same = CLASSES.index("same")
    out = np.empty((VECTORS, len(rules.names)), np.int8)
    for f, (name, even) in enumerate(zip(rules.names, _even(VECTORS, len(rules.names)).T, strict=True)):
        edges = np.cumsum(model.persons.levels[f][same]) * has[name]
        level = np.searchsorted(edges[:-1], even, side="right")
        out[:, f] = np.where(even < has[name], level, MISSING)
    return out


def _even(size: int, dimensions: int) -> NDArray[np.float64]:
    """Points that fill the unit cube evenly, [size, dimensions]: multiples of the powers of the root of x**(d + 1) = x + 1.

    They need no random numbers, so they are the same everywhere, and fewer of them do."""
    root = 2.0
    for _ in range(64):
        root = (1 + root) ** (1 / (dimensions + 1))
    steps = root ** -np.arange(1.0, dimensions + 1)
    found: NDArray[np.float64] = (0.5 + np.arange(1, size + 1)[:, None] * steps) % 1.0
    return found
