"""One name of a person, from its parts or from one text, to canonical first, middle and last name and suffix.

Canonical text is upper-case ASCII without periods and apostrophes. Hyphens stay where they were hyphens. What only
fills the field ("UNKNOWN", "ADULT MALE") becomes None with a flag, so that two unknowns never agree. "ESTATE OF X"
names the person X and says that X has died.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from skiptrace.normalize.folding import LONGEST, fold
from skiptrace.normalize.name_parts import Part, clean, fold_name, is_stand_in, read_part, strip_remarks
from skiptrace.normalize.name_words import (
    JOINT,
    REPORT,
    SUFFIXES,
    SURE_SUFFIXES,
    TRAILING_SUFFIXES,
    is_organisation,
    is_trading_name,
    name_words,
)

_ONLY_IN_THIS_PART = frozenset({"placeholder", "joint"})


class Name(NamedTuple):
    """A name in canonical form; parts that are not known are None.

    kind: "person", "organisation" (then `last` is its whole name) or "unknown". flags, sorted: "placeholder" (a part
    was a stand-in and is None), "estate" (reported dead), "organisation", "homoglyph" (look-alike letters replaced),
    "hidden_marks" (characters of no width removed), "joint" (two people in one field; this is the first), "unreadable"
    (a part holds another script only, signs, a broken character or far too much, and is None).
    """

    first: str | None
    middle: str | None
    last: str | None
    suffix: str | None
    kind: str
    flags: tuple[str, ...]


def _nobody(flags: set[str] | frozenset[str]) -> Name:
    return Name(None, None, None, None, "unknown", tuple(sorted(flags)))


def _take_suffix(words: list[str], known: dict[str, str] | frozenset[str]) -> str | None:
    """Remove degrees and a suffix from the end of a list of words, in place; one word always stays."""
    suffix = None
    while len(words) > 1:
        if words[-1] in name_words().post_nominals:
            words.pop()
        elif words[-1] in known and suffix in (None, TRAILING_SUFFIXES[words[-1]]):
            suffix = TRAILING_SUFFIXES[words.pop()]
        else:
            break
    return suffix


def _drop_titles(words: list[str], keep: int) -> None:
    while len(words) > keep and words[0] in name_words().honorifics:
        del words[0]


def _finish(first: str, middle: str, last: str, suffix: str | None, flags: set[str], bad_first: bool, bad_last: bool) -> Name:
    """Suffixes and titles out of the parts, stand-ins to None, the kind of what is left."""
    known = name_words()
    given, family, between = first.split(), last.split(), middle.split()
    _drop_titles(family, 1)
    in_last = _take_suffix(family, TRAILING_SUFFIXES)
    if given:
        _drop_titles(given, 0)
        bad_first = bad_first or not given
    in_first = _take_suffix(given, SURE_SUFFIXES)
    in_middle = SUFFIXES[between.pop()] if between and between[-1] in SURE_SUFFIXES else None
    suffix = suffix or in_last or in_first or in_middle
    if not between and len(given) > 1 and len(given[-1]) == 1 and len(given[0]) > 1:
        between.append(given.pop())
    first, last, middle = " ".join(given), " ".join(family), " ".join(between)
    if f"{first} {last}" in known.placeholders:
        bad_first = bad_last = True
    bad_first = bad_first or first in known.placeholders or first in known.not_first
    bad_last = bad_last or last in known.placeholders or last in known.not_last
    if first in known.doubtful and (bad_last or not last):
        bad_first = True
    if last in known.doubtful and (bad_first or not first):
        bad_last = True
    if bad_first or bad_last:
        flags.add("placeholder")
    person = Name(
        None if bad_first or not first else first,
        None if bad_first or not middle else middle,
        None if bad_last or not last else last,
        suffix,
        "person",
        tuple(sorted(flags)),
    )
    return _nobody(flags) if person.first is None and person.last is None else person


def _organisation(text: str, flags: set[str]) -> Name:
    return Name(None, None, text, None, "organisation", tuple(sorted((flags - {"joint"}) | {"organisation"})))


def _read_suffix(raw: str | None) -> tuple[str | None, set[str]]:
    """A suffix column's generation, and "estate" where it reports a death instead."""
    text = fold(raw or "").text
    return SUFFIXES.get(clean(text)), {"estate"} if REPORT.fullmatch(text) else set()


def _whole_name(raw: str, suffix: str | None, flags: set[str]) -> Name:
    """A full name that stands in the column of one part; what the other columns say is added."""
    full = parse_full(raw)
    if full.suffix is None and full.kind == "person":
        full = full._replace(suffix=suffix)
    return full._replace(flags=tuple(sorted(flags.union(full.flags))))


def parse(first: str | None, middle: str | None, last: str | None, suffix: str | None) -> Name:
    """Canonical name of separate parts. A part that alone holds "LAST, FIRST" is read as a full name. Never raises.

    So is a last name of several words behind "ESTATE OF" in the first name's column.
    """
    given, between, family = read_part(first or ""), read_part(middle or ""), read_part(last or "")
    generation, late = _read_suffix(suffix)
    if given.text in ("EST", "") and family.text.startswith("OF ") and (given.text or "estate" in given.flags):
        given, family = Part("", given.flags | {"estate"}), Part(family.text.removeprefix("OF "), family.flags)
    alone = (last if not given.text else first if not family.text else None) or ""
    if "," in alone and not between.text and re.search(r"\w.*,.*\w", alone[:LONGEST]):
        return _whole_name(alone, generation, (late | given.flags | between.flags) - _ONLY_IN_THIS_PART)
    flags = set(given.flags | family.flags | (between.flags - {"placeholder"}) | late)
    if "estate" in given.flags | family.flags and not given.text and not between.text:
        words = family.text.split()
        if len(words) > 1 and words[0] not in name_words().particles:
            return _whole_name(family.text, generation, flags)
    words = [word for word in (given.text.split() + family.text.split()) if word in name_words().legal_forms]
    whole = " ".join(part.text for part in (given, between, family) if part.text)
    if (words and is_organisation(whole)) or is_organisation(family.text):
        return _organisation(whole, flags)
    if not family.text and is_organisation(given.text):
        return _organisation(whole, flags)
    bad_first, bad_last = "placeholder" in given.flags, "placeholder" in family.flags
    return _finish(given.text, between.text, family.text, generation, flags, bad_first, bad_last)


def parse_full(full: str) -> Name:
    """Canonical name of one text: "LAST, FIRST M", "First M Last Jr", "Dr SMITH JR, JOHN A". Never raises.

    Without a comma the last word is the last name, with the particles before it (DE LA CRUZ, VAN DER BERG) and the
    surname that a Y joins to it (GARCIA Y LOPEZ); a single letter at the end says that the last name came first
    (SMITH JOHN A).
    """
    text, flags = fold_name(full)
    if not text:
        return _nobody(flags)
    if is_stand_in(text):
        return _nobody(flags | {"placeholder"})
    if REPORT.fullmatch(text):
        return _nobody(flags | {"estate"})
    text, found = strip_remarks(text)
    flags |= found
    whole = clean(text)
    if is_trading_name(text) or is_organisation(whole):
        return _organisation(whole, flags)
    pieces: list[str] = []
    suffix: str | None = None
    for piece in text.split(","):
        words = clean(piece).split()
        if _titles().issuperset(words):
            continue
        if len(pieces) == 1 and len(words) == 1 and words[0] in name_words().post_nominals_apart and _is_two(pieces[0]):
            continue
        alone = pieces and len(words) == 1 and words[0] in TRAILING_SUFFIXES
        if alone and (words[0] in SURE_SUFFIXES or len(pieces) > 1):
            suffix = TRAILING_SUFFIXES[words[0]]
        else:
            pieces.append(piece)
    if len(pieces) > 1:
        given = JOINT.split(" ".join(pieces[1:]).strip())
        if len(given) > 1:
            flags.add("joint")
        words = clean(given[0] or given[-1]).split()
        _drop_titles(words, 1)
        trailing = _take_suffix(words, SURE_SUFFIXES)
        return _ordered(words[:1], words[1:], clean(pieces[0]).split(), suffix or trailing, flags)
    return _natural(pieces[0] if pieces else text, suffix, flags)


@lru_cache(maxsize=1)
def _titles() -> frozenset[str]:
    return name_words().post_nominals | name_words().honorifics


def _is_two(piece: str) -> bool:
    """Whether what stands before a comma is a whole name and not a surname of two words (DE LEON, LEE SMITH)."""
    words = clean(piece).split()
    return len(words) > 1 and words[0] not in name_words().particles and words[-1] not in TRAILING_SUFFIXES


def _natural(text: str, suffix: str | None, flags: set[str]) -> Name:
    """A name written first name first."""
    people = [clean(person).split() for person in JOINT.split(text) if clean(person)]
    if len(people) > 1:
        flags.add("joint")
        people = [words for words in people if not set(words) <= name_words().honorifics] or people
    words = list(people[0]) if people else []
    _drop_titles(words, 1)
    if len(people) > 1 and len(words) == 1:
        shared = list(people[-1])
        _take_suffix(shared, TRAILING_SUFFIXES)
        words += shared[-1:] if len(shared) > 1 else []
    suffix = _take_suffix(words, TRAILING_SUFFIXES) or suffix
    if len(words) < 2:
        return _ordered([], [], words, suffix, flags)
    if len(words) > 2 and len(words[-1]) == 1 and len(words[0]) > 1 and len(words[1]) > 1:
        return _ordered(words[1:2], words[2:], words[:1], suffix, flags)
    at = len(words) - 1
    while at > 1 and (words[at - 1] in name_words().particles or _joins(words, at)):
        at -= 1
    return _ordered(words[:1], words[1:at], words[at:], suffix, flags)


def _joins(words: list[str], at: int) -> bool:
    """Whether the word at `at` belongs to a surname before it: behind the Y of two surnames, or that Y itself."""
    return (words[at] == "Y" and len(words[at - 1]) > 1) or (words[at - 1] == "Y" and at > 2 and len(words[at - 2]) > 1)


def _ordered(first: list[str], middle: list[str], last: list[str], suffix: str | None, flags: set[str]) -> Name:
    """The parts of a full name, where an infant's "BABY BOY" before the last name is one stand-in."""
    if first and middle and " ".join(first + middle) in name_words().placeholders:
        first, middle = first + middle, []
    return _finish(" ".join(first), " ".join(middle), " ".join(last), suffix, flags, False, False)
