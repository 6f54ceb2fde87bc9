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

from skiptrace.normalize.numbered_roads import numbered_road, road_words
from skiptrace.normalize.words import read_lists, word_map, word_set

_JOINED_UNIT = re.compile(r"(APT|APARTMENT|STE|SUITE|UNIT|BLDG|RM|FL|LOT|SPC|TRLR|PMB|NO)\.?-?(\d[\w-]*)")
_IDENTIFIER = re.compile(r"\d{1,6}(?:[A-Z]{1,2}|-[A-Z0-9]{1,4}|/[A-Z0-9]{1,4})?|[A-Z](?:-?\d{1,5}[A-Z]?)?|[A-Z]-[A-Z]")
_ORDINAL_ONLY = re.compile(r"(\d+)(?:ST|ND|RD|TH)")
_ZEROS_IN_FRONT = re.compile(r"^0+(?=[1-9]\d*(?:ST|ND|RD|TH)?$)")
_HYPHENED = re.compile(r"[A-Z]+(?:-[A-Z]+)*-[A-Z]{2,}|[A-Z]{2,}(?:-[A-Z]+)+")
_ORDINAL_ENDINGS = frozenset({"ST", "ND", "RD", "TH"})
_FULL_DIRECTIONS = {
    "N": "NORTH", "S": "SOUTH", "E": "EAST", "W": "WEST",
    "NE": "NORTHEAST", "NW": "NORTHWEST", "SE": "SOUTHEAST", "SW": "SOUTHWEST",
}  # fmt: skip
_OPPOSITE = frozenset({"NS", "SN", "EW", "WE"})

_COMMON_KINDS = frozenset({"ST", "AVE", "RD", "DR", "LN", "CT", "BLVD", "PL", "CIR", "WAY", "TER", "PKWY"})
"""Suffixes that are hardly ever a name of their own: a number before one is an ordinal."""
_LONE_KINDS = _COMMON_KINDS | {"ALY", "EXPY", "FWY", "HWY", "LOOP", "SQ", "TPKE"}
"""Before one of these, a lone direction is the name ("E ST", "SOUTHEAST FWY N")."""


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
    tens: dict[str, str]
    suffix_names: dict[str, str]
    spanish_kinds: frozenset[str]
    road_words: frozenset[str]


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
        tens=dict(read_lists("addresses")["tens"]),
        suffix_names=word_map("street_suffix_names", "standard", "name"),
        spanish_kinds=word_set("addresses", "spanish_kinds"),
        road_words=road_words(),
    )


def _directions_at_start(words: list[str]) -> tuple[list[str], list[str]]:
    """Take a direction from the front, as long as a name stays that is more than a suffix."""
    table = address_words()
    for count in (2, 1):
        head = "".join(table.directions.get(word, "?") for word in words[:count])
        rest = words[count:]
        if head not in table.directions or (count == 2 and len(head) != 2):
            continue
        name = [word for word in rest if word not in table.directions]
        lone = len(name) == 1 and table.suffixes.get(name[0]) in _LONE_KINDS and rest[0] == name[0]
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
    """ "SEVENTH" as 7TH, "TWENTY FIRST" as 21ST, "04TH" as 4TH; "42" before a suffix as 42ND."""
    table = address_words()
    if len(name) == 2:
        ten, one = table.tens.get(name[0]), table.ordinals.get(name[1], "")
        if ten is not None and len(one) == 3:
            return [ten[0] + one]
        return [name[0] + name[1]] if name[0].isdigit() and suffix and name[1] in _ORDINAL_ENDINGS else name
    if len(name) != 1:
        return name
    word = _ZEROS_IN_FRONT.sub("", table.ordinals.get(name[0], name[0]))
    if suffix and suffix[0] in _COMMON_KINDS and word.isascii() and word.isdigit() and len(word) <= 4 and int(word) > 0:
        number = int(word)
        teen = 10 < number % 100 < 14
        return [f"{number}{'TH' if teen else {1: 'ST', 2: 'ND', 3: 'RD'}.get(number % 10, 'TH')}"]
    return [word]


def _directions_in_name(before: list[str], name: list[str], suffix: list[str]) -> list[str]:
    """Directions that belong to the name in full: the second of "N SOUTH OAK ST" (233.23), and "BAY WEST DR" (233.3)."""
    table = address_words()
    first = table.directions.get(name[0]) if name else None
    if first and before and before[0] + first in _OPPOSITE and (len(name) > 1 or (suffix and suffix[0] not in _COMMON_KINDS)):
        name = [_FULL_DIRECTIONS[first], *name[1:]]
    last = table.directions.get(name[-1]) if len(name) > 1 and suffix else None
    if last and name[-2].isalpha() and table.suffixes.get(name[-2]) not in _COMMON_KINDS and name[-2] not in table.directions:
        name = [*name[:-1], _FULL_DIRECTIONS[last]]
    return name


def _suffix_in_name(name: list[str], suffix: list[str]) -> list[str]:
    """The first of two suffixes belongs to the name and is written in full: "MAIN AVENUE DR" (234.2)."""
    if not suffix or len(name) < 2 or (name[-1] == "ST" and suffix[0] in ("RD", "HWY", "RTE")):
        return name
    return [*name[:-1], address_words().suffix_names.get(name[-1], name[-1])]


def _standard_road(before: list[str], road: tuple[list[str], list[str]]) -> str:
    """A road that is named by a number, with what stands in front of it and behind."""
    table = address_words()
    name, tail = road
    after = [table.directions[tail[-1]]] if tail and tail[-1] in table.directions else []
    tail = tail[: len(tail) - len(after)]
    if tail and tail[-1] in table.suffixes:
        tail = [*(table.suffix_names.get(word, word) for word in tail[:-1]), table.suffixes[tail[-1]]]
    return " ".join([*before, *name, *tail, *after])


def standard_street(words: list[str]) -> str:
    """Folded words of a street without house and unit, in Publication 28 form. Empty for no words.

    Corners keep both streets, each in its own form; an urbanization behind a street stays as it is.
    """
    if "&" in words[1:-1]:
        at = words.index("&", 1)
        return f"{standard_street(words[:at])} & {standard_street(words[at + 1 :])}".strip()
    if "URB" in words:
        at = words.index("URB")
        return " ".join(filter(None, (standard_street(words[:at]), *words[at:])))
    if not words:
        return ""
    table = address_words()
    words = [piece for word in words for piece in (word.split("-") if "-" in word and _HYPHENED.fullmatch(word) else (word,))]
    before, rest = _directions_at_start(words)
    road = numbered_road(rest)
    if road is not None:
        return _standard_road(before, road)
    rest, after = _directions_at_end(rest)
    suffix: list[str] = []
    if len(rest) > 1 and rest[-1] in table.suffixes:
        kind = table.suffixes[rest[-1]]
        if rest[0] not in table.spanish_kinds or kind in _COMMON_KINDS:
            suffix, rest = [kind], rest[:-1]
    name = _directions_in_name(before, _suffix_in_name(_numbered_name(rest, suffix), suffix), suffix)
    return " ".join([*before, *name, *suffix, *after])


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


def _ends_a_street(words: list[str]) -> bool:
    """Whether the words end with a suffix behind a name, so that any kind of unit may follow: "17 BIRCH ST", no "17 LAKE"."""
    table = address_words()
    street = list(words)
    while len(street) > 1 and street[-1] in table.directions:
        street.pop()
    name = [word for word in street[:-1] if word not in table.directions]
    return bool(street) and street[-1] in table.suffixes and any(word.isalpha() or _ORDINAL_ONLY.fullmatch(word) for word in name)


def split_unit(words: list[str]) -> tuple[list[str], str]:
    """(street words, unit text) of the folded words of a line: a known kind of unit with its number is cut off the end.

    Kinds that are street words as well ("FRONT ST") are units only behind a street that has its suffix. Nothing but
    units may follow them.
    """
    table = address_words()
    for at in range(1, len(words)):
        word, after = words[at], words[at + 1] if at + 1 < len(words) else ""
        kind = table.units.get(word) if len(word) > 1 else None
        alone = table.unit_needs_number.get(kind or "") == "OPTIONAL" and (not after or table.units.get(after) is not None)
        floor = table.units.get(after) == "FL" and (_is_floor_number(word) or (word.isdigit() and len(word) <= 3))
        if word in table.suffixes and len(after) > 1 and after in table.units and not _ends_a_street(words[:at]):
            continue  # "OAK FLAT APT 5"
        joined = _JOINED_UNIT.fullmatch(word)
        if joined and table.units.get(joined[1]) in table.inline_units and is_unit(" ".join(words[at:])):
            return words[:at], " ".join(words[at:])
        inline = kind in table.inline_units and bool(after)
        inline = inline or (kind is not None and (alone or bool(after)) and _ends_a_street(words[:at]))
        if not (floor or inline or (word == "#" and after)) or (after in table.suffixes and after not in table.units):
            continue
        rest = words[at + 1 :]
        last = rest[-1] if rest else ""
        numbered = any(letter.isdigit() for letter in last) or len(last) == 1 or table.units.get(last) == "FL"
        alone = alone and (not rest or numbered or table.unit_needs_number.get(table.units.get(last, "")) == "OPTIONAL")
        if word == "#" or ((numbered or alone) and is_unit(" ".join(words[at:]))):
            return words[:at], " ".join(words[at:])
    return words, ""
