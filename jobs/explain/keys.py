"""How a reference record comes to be compared with an account at all: the blocking keys in words."""

from __future__ import annotations

from collections.abc import Iterable

from jobs.explain.words import PARTS, listed
from skiptrace.linkage.rules import Key, LinkageRules

_COARSE = {
    **dict.fromkeys(("first", "first_group", "first_sound"), "first name"),
    **dict.fromkeys(("last", "last_group", "last_sound", "last_part"), "last name"),
}
"""Forms of one field, told apart in the rules and not here."""
_ANCHORS = (
    ("Or the last four digits of the SSN, with:", ("ssn4",), True), ("Or the birth date, with:", ("dob",), True),
    ("Or part of the birth date:", ("dob_ym", "dob_md"), False),
    ("Or part of an address:", ("house", "street", "zip", "zip3", "city", "state"), False),
)  # fmt: skip
"""What keys hang on, in the order in which it is looked for: the beginning of a sentence, parts, and whether that says them."""
_NAMES = "Or names:"


def met_by(rules: LinkageRules) -> tuple[str, ...]:
    """When a record is compared, a sentence for each kind of key, and what is done where too many records share a value."""
    alone = [PARTS[key.parts[0]] for key in rules.keys if len(key.parts) == 1]
    groups: dict[str, list[frozenset[str]]] = {lead: [] for lead in (*(anchor[0] for anchor in _ANCHORS), _NAMES)}
    for key in rules.keys:
        if len(key.parts) > 1:
            lead, rest = _hangs_on(key)
            groups[lead].append(frozenset(_COARSE.get(part, PARTS[part]) for part in rest))
    out = []
    if alone:
        out.append(f"A record is compared when it shares {listed([f'the {text}' for text in alone], 'or')} with the account.")
    order = list(dict.fromkeys(_COARSE.get(part, PARTS[part]) for part in _SPOKEN))
    for lead, found in groups.items():
        told = [listed(sorted(words, key=order.index)) for words in _widest(found)]
        if told:
            out.append(f"{lead} {'; '.join(told)}.")
    if any(part in _COARSE for key in rules.keys for part in key.parts):
        out.append("Short forms, like-sounding names, halves of a double name and former names count as well.")
    return (*out, _too_common(rules))


_SPOKEN = (
    "ssn", "ssn4", "dob", "dob_md", "dob_ym", "birth_year", "house", "street", "zip", "zip3", "city", "state",
    *(part for part in PARTS if part.startswith(("first", "middle", "last"))), *PARTS,
)  # fmt: skip
"""Parts in the order in which a sentence names them."""


def key_words(key: Key) -> str:
    """One key as a person would say it: `birth date + street`, and whether names may be exchanged."""
    text = " + ".join(PARTS[part] for part in key.parts)
    return f"{text}, also exchanged" if key.swap else text


def _hangs_on(key: Key) -> tuple[str, tuple[str, ...]]:
    """The beginning of the sentence that a key belongs to, and the parts that it does not say yet."""
    for lead, parts, says in _ANCHORS:
        if any(part in parts for part in key.parts):
            return lead, tuple(part for part in key.parts if not says or part not in parts)
    return _NAMES, key.parts


def _widest(found: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """The combinations that no other one makes superfluous, in their order."""
    known = list(dict.fromkeys(found))
    return [words for words in known if not any(other < words for other in known)]


def _too_common(rules: LinkageRules) -> str:
    """What happens to a value that too many records share."""
    narrow = f" ({rules.narrow_cap} for the vaguest combinations)" if any(key.narrow for key in rules.keys) else ""
    text = f"A value that more than {rules.cap} records share{narrow} is left out"
    finer = list(dict.fromkeys(PARTS[part] for key in rules.keys for part in key.refine))
    if finer:
        text += f", unless one more field agrees: {listed(finer, 'or')}"
    return f"{text}."
