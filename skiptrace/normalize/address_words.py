"""The parts of a street line in the form of USPS Publication 28: suffixes, directions, units, highways.

Works on words that are already folded. Which words are the street and which the unit is decided elsewhere; what they
look like in canonical form is decided here, from the words alone, so that it does not depend on how a tagger named
them. Only the last suffix is shortened ("COURT ST" keeps COURT), and a direction that is the whole name stays
("NORTH AVE").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from skiptrace.normalize.words import read_lists, word_map, word_set

_NUMBERED = re.compile(r"\d+[A-Z]?|[A-Z]{1,2}|\d+[A-Z]?-\d+[A-Z]?")
_JOINED_UNIT = re.compile(r"(APT|APARTMENT|STE|SUITE|UNIT|BLDG|RM|FL|LOT|SPC|TRLR|NO)\.?-?(\d[\w-]*)")
_IDENTIFIER = re.compile(r"\d{1,6}(?:[A-Z]{1,2}|-[A-Z0-9]{1,4}|/[A-Z0-9]{1,4})?|[A-Z](?:-?\d{1,5}[A-Z]?)?|[A-Z]-[A-Z]")
_ORDINAL_ONLY = re.compile(r"(\d+)(?:ST|ND|RD|TH)")

_ROAD_KINDS = {"HIGHWAY": "HWY", "HIWAY": "HWY", "HWAY": "HWY", "HWY": "HWY", "ROUTE": "RTE", "RTE": "RTE", "RT": "RTE"}
_ROAD_OWNERS = frozenset({"STATE", "ST", "COUNTY", "CO", "CNTY", "CTY", "US"})
_COMMON_KINDS = frozenset({"ST", "AVE", "RD", "DR", "LN", "CT", "BLVD", "PL", "CIR", "WAY", "TER", "PKWY"})
"""Suffixes that are hardly ever a name of their own: before one, a lone direction is the name ("E ST")."""


@dataclass(frozen=True)
class AddressWords:
    """Folded spellings and their standard forms (see the tables of `rules/words/`)."""

    suffixes: dict[str, str]
    directions: dict[str, str]
    units: dict[str, str]
    unit_needs_number: dict[str, str]
    number_words: frozenset[str]
    inline_units: frozenset[str]
    ordinals: dict[str, str]


@lru_cache(maxsize=1)
def address_words() -> AddressWords:
    """The tables, read once. Raises ConfigError where one is missing."""
    return AddressWords(
        suffixes=word_map("street_suffixes", "variant", "standard"),
        directions=word_map("directionals", "variant", "standard"),
        units=word_map("unit_designators", "variant", "standard"),
        unit_needs_number=word_map("unit_designators", "standard", "identifier"),
        number_words=word_set("addresses", "number_words"),
        inline_units=word_set("addresses", "inline_units"),
        ordinals=dict(read_lists("addresses")["ordinals"]),
    )


def _numbered_road(words: list[str]) -> list[str] | None:
    """ "STATE ROUTE 104", "CO ROAD 5", "US HIGHWAY 12 N" with the kind shortened; None for any other words.

    Whose road it is stays as written: there is no standard spelling, and "SR" may be a state route or road."""
    owner = words[:1] if len(words) > 2 and words[0] in _ROAD_OWNERS else []
    rest = words[len(owner) :]
    kind = _ROAD_KINDS.get(rest[0]) or ("RD" if owner and rest[0] in ("ROAD", "RD") else None)
    if kind is None or len(rest) < 2 or not _NUMBERED.fullmatch(rest[1]) or (not owner and rest[1].isalpha()):
        return None
    return [*owner, kind, *rest[1:]]


def _directions_at_start(words: list[str]) -> tuple[list[str], list[str]]:
    """Take a direction from the front, as long as a name stays that is more than a suffix."""
    table = address_words()
    for count in (2, 1):
        head = "".join(table.directions.get(word, "?") for word in words[:count])
        rest = words[count:]
        if head not in table.directions or (count == 2 and len(head) != 2):
            continue
        name = [word for word in rest if word not in table.directions]
        lone = len(name) == 1 and table.suffixes.get(name[0]) in _COMMON_KINDS and rest[0] == name[0]
        if name and not lone:
            return [head], rest
    return [], words


def _directions_at_end(words: list[str]) -> tuple[list[str], list[str]]:
    """Take a direction from the end; "AVENUE E" and "KEY WEST" of two words with a suffix first keep theirs."""
    table = address_words()
    for count in (2, 1):
        rest = words[:-count]
        tail = "".join(table.directions.get(word, "?") for word in words[-count:])
        if not rest or tail not in table.directions or (count == 2 and len(tail) != 2):
            continue
        if len(rest) == 1 and rest[0] in table.suffixes and not rest[0].isdigit():
            continue
        return rest, [tail]
    return words, []


def _numbered_name(name: list[str], suffix: list[str]) -> list[str]:
    """ "SEVENTH" as 7TH; "42" before a suffix as 42ND."""
    if len(name) != 1:
        return name
    word = address_words().ordinals.get(name[0], name[0])
    if suffix and suffix[0] in _COMMON_KINDS and word.isascii() and word.isdigit() and len(word) <= 4 and int(word) > 0:
        number = int(word)
        teen = 10 < number % 100 < 14
        return [f"{number}{'TH' if teen else {1: 'ST', 2: 'ND', 3: 'RD'}.get(number % 10, 'TH')}"]
    return [word]


def standard_street(words: list[str]) -> str:
    """Folded words of a street without house and unit, in Publication 28 form. Empty for no words."""
    if not words:
        return ""
    table = address_words()
    before, rest = _directions_at_start(words)
    road = _numbered_road(rest)
    if road is not None:
        end = [table.directions[road[-1]]] if road[-1] in table.directions and road[-2][0].isdigit() else []
        return " ".join([*before, *(road[:-1] if end else road), *end])
    rest, after = _directions_at_end(rest)
    suffix: list[str] = []
    if len(rest) > 1 and rest[-1] in table.suffixes:
        suffix, rest = [table.suffixes[rest[-1]]], rest[:-1]
    return " ".join([*before, *_numbered_name(rest, suffix), *suffix, *after])


def _unit_words(text: str) -> list[str]:
    words: list[str] = []
    for word in text.replace("#", " # ").replace(",", " ").split():
        joined = _JOINED_UNIT.fullmatch(word)
        words.extend([joined[1], joined[2]] if joined else [word.strip(".:;()-") or "#"])
    return [word for word in words if word]


def _identifier(pieces: list[str]) -> str:
    joined = "".join(pieces)
    return joined.lstrip("0") or "0" if joined.isdigit() else joined


def standard_unit(text: str) -> str | None:
    """Folded text of a unit as "APT 4", "BLDG 2 STE 5", "FL 3", "# 12", "BSMT"; None where it names none.

    The kind is shortened, "NO." and "#" after it dropped, the pieces of a number joined ("8 A" is "8A"). A number
    without a kind gets "#".
    """
    table = address_words()
    found: list[tuple[str, list[str]]] = []
    words = _unit_words(text)
    for at, word in enumerate(words):
        after = words[at + 1] if at + 1 < len(words) else ""
        ordinal = _ORDINAL_ONLY.fullmatch(table.ordinals.get(word, word))
        if ordinal and table.units.get(after) == "FL":
            found.append(("FL", [ordinal[1]]))
        elif word in table.units and not (found and not found[-1][1] and found[-1][0] != "#" and len(word) == 1):
            kind = table.units[word]
            number = table.ordinals.get(words[at - 1], words[at - 1]).rstrip("STNDRH") if found else ""
            if kind != "FL" or not found or found[-1] != ("FL", [number]):  # else the number came first: "3RD FL"
                found.append((kind, []))
        elif word == "#" or word in table.number_words:
            if not found or found[-1][1]:
                found.append(("#", []))
        elif word.isdigit() and _is_last_floor(words[at + 1 :]) and (not found or found[-1][1]):
            found.append(("FL", [word]))
        elif found:
            if not word.isalpha() or len(word) < 3:
                found[-1][1].append(word)
        elif word.isalpha() and len(word) > 1 and after:
            continue  # a kind that nobody knows: its number still tells
        else:
            found.append(("#", [word]))
    pairs = []
    for kind, pieces in found:
        if pieces:
            pairs.append(f"{kind} {_identifier(pieces)}")
        elif table.unit_needs_number.get(kind) == "OPTIONAL":
            pairs.append(kind)
    return " ".join(pairs) or None


def _is_last_floor(rest: list[str]) -> bool:
    """Whether a floor word follows that takes no number from behind: "2 FL", "8 FL UNIT 1"."""
    units = address_words().units
    return bool(rest) and units.get(rest[0]) == "FL" and (len(rest) == 1 or rest[1] in units)


def _is_floor_number(word: str) -> bool:
    return _ORDINAL_ONLY.fullmatch(address_words().ordinals.get(word, word)) is not None


def is_unit(text: str) -> bool:
    """Whether a folded text of its own (a second address line) names a unit and nothing else."""
    table = address_words()
    words = _unit_words(text)
    if not words or len(words) > 7:
        return False
    numbers = sum(any(letter.isdigit() for letter in word) for word in words)
    first, last = words[0], words[-1]
    if len(words) == 1:
        optional = table.unit_needs_number.get(table.units.get(first, "")) == "OPTIONAL"
        return optional or _IDENTIFIER.fullmatch(first) is not None
    marks = [word for word in words if word == "#" or word in table.number_words or word in table.units]
    others = [word for word in words if word not in marks and not _is_floor_number(word)]
    if any(len(word) > 6 or word in table.suffixes for word in others):
        return False
    if first in marks or any(word == "#" or len(word) > 1 for word in marks if word not in table.suffixes):
        return len(others) <= 3
    return len(words) == 2 and first.isalpha() and numbers == 1 and first not in table.suffixes and last.isalnum()


def split_unit(words: list[str]) -> tuple[list[str], str]:
    """(street words, unit text) of the folded words of a line: a known kind of unit with its number is cut off the end.

    Only kinds that are no street words are looked for ("FRONT ST" stays), and only if nothing but units follows them.
    """
    table = address_words()
    for at in range(1, len(words) - 1):
        word, after = words[at], words[at + 1]
        floor = table.units.get(after) == "FL" and (_is_floor_number(word) or (word.isdigit() and len(word) <= 3))
        inline = len(word) > 1 and table.units.get(word) in table.inline_units
        if not (floor or inline or word == "#") or after in table.suffixes:
            continue
        rest = words[at + 1 :]
        last = rest[-1]
        numbered = any(letter.isdigit() for letter in last) or len(last) == 1 or table.units.get(last) == "FL"
        if word == "#" or (numbered and is_unit(" ".join(words[at:]))):
            return words[:at], " ".join(words[at:])
    return words, ""
