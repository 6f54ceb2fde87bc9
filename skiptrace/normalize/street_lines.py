"""One or two street lines to house number, street, unit and box.

Boxes, rural routes, military and general delivery have forms of their own and are read first. Which words of the rest
are what is decided in `street_split`, and what they look like in canonical form in `address_words`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from skiptrace.normalize.address_words import address_words, is_unit, standard_street, standard_unit
from skiptrace.normalize.line_cleaning import PATTERNS as cleaning_patterns
from skiptrace.normalize.line_cleaning import clean_line
from skiptrace.normalize.places import read_state
from skiptrace.normalize.postal_forms import PATTERNS as form_patterns
from skiptrace.normalize.postal_forms import STREET_LINE, Delivery, read_delivery, take_box
from skiptrace.normalize.puerto_rico import PATTERNS as urbanization_patterns
from skiptrace.normalize.puerto_rico import house_in_front, take_urbanization
from skiptrace.normalize.street_split import HOUSE_WORD, NO_PLACE, Tagger, split_line
from skiptrace.normalize.words import read_lists, word_set

_GRID = re.compile(r"^([NSEW]\d+[NSEW]?) (\d+)\b")
_CANADIAN_UNIT = re.compile(r"(\d{1,5}[A-Z]?|[A-Z])-(\d+[A-Z]?) +(?=[A-Z])")
_COUNTRY_BEHIND = re.compile(r"(?<=\d{5})[, ]+(?:UNITED STATES OF AMERICA|UNITED STATES|USA|US)$")
_STATE_AND_ZIP = re.compile(r" *[A-Z]{2} +\d{5}(?:-\d{4})? *")
_PLACE_BEHIND = re.compile(r"(.*?), *([A-Z][A-Z -]*), *([A-Z]{2}) +(\d{5}(?:-\d{4})?)")
_HYPHEN = re.compile(r"(?<=[A-Z])-(?=[A-Z])")
_CORNER = re.compile(r" (?:AND|AT) ")
_PATTERNS = (*cleaning_patterns, *form_patterns, *urbanization_patterns)
"""All that tell a word from another."""
_AMERICAN = (None, "US", "PR")


class StreetLines(NamedTuple):
    """What two street lines say; parts that they do not say are None.

    kind: "street", "po_box", "rural_route", "military", "general_delivery", "incomplete". flags, sorted: "ambiguous",
    "building" (a line names one), "care_of", "incomplete" (mail needs more than the lines say), "institution",
    "no_number", "placeholder" (a line holds a stand-in such as HOMELESS), "po_box", "private_mailbox" (at a commercial
    agency). place: (city, state, ZIP) that stood in the lines, each may be empty. merged: words of the street that the
    tagger takes for a city or ZIP (read again without them where they are).
    """

    house: str | None
    street: str | None
    unit: str | None
    box: str | None
    kind: str
    flags: tuple[str, ...]
    place: tuple[str, str, str]
    merged: str


@lru_cache(maxsize=1)
def _institutions() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(sorted(word_set('addresses', 'institutions')))})\b")


@lru_cache(maxsize=1)
def _french_kinds() -> frozenset[str]:
    return word_set("addresses", "french_kinds")


@lru_cache(maxsize=1)
def _building_words() -> tuple[frozenset[str], frozenset[str]]:
    return word_set("addresses", "building_prefixes"), word_set("addresses", "buildings")


def _names_building(line: str) -> bool:
    """Whether a line without a street names a building: "TOWER HALL", "COND ASHFORD PALACE"."""
    words = line.split()
    first, last = _building_words()
    return len(words) > 1 and not words[0][0].isdigit() and (words[0] in first or (words[-1] in last and words[0] != words[-1]))


def _names_institution(text: str, house: str, street: str) -> bool:
    """Whether an institution is named outside the name of a numbered street ("12 UNIVERSITY AVE" names none)."""
    named = _institutions().findall(text)
    in_street = len(_institutions().findall(street)) if house or street.split(" ")[-1] in address_words().suffixes else 0
    return len(named) > in_street


def _arrange(first: str, second: str) -> tuple[str, str, str]:
    """(street line, unit text, urbanization) of two cleaned lines, whichever of them holds the street."""
    first, urbanization = take_urbanization(first)
    second, other = take_urbanization(second)
    urbanization = urbanization or other
    first, second = house_in_front(first), house_in_front(second)
    if not second:
        return first, "", urbanization
    if not first:
        return second, "", urbanization
    if HOUSE_WORD.fullmatch(first) and not is_unit(second):
        return f"{first} {second}", "", urbanization
    if is_unit(second):
        return first, second, urbanization
    looks_like_street = STREET_LINE.match(second) is not None
    if looks_like_street and (is_unit(first) or not re.match(r"\d", first)):
        return second, first if is_unit(first) else "", urbanization
    return first, "", urbanization


def read_street_lines(
    line1: str, line2: str, country: str | None, place_known: bool, tag: Tagger | None = None
) -> StreetLines:
    """Read two street lines of an address in `country` (None counts as the United States). Never raises.

    `place_known`: city, state or postal code stand in columns of their own, so that words which the tagger takes for
    a place are street words. Text of a care-of is dropped. A box beside a street is kept beside it. `tag`: the tagger;
    the library's where not given.
    """
    lines = clean_line(line1), clean_line(line2)
    first, second = lines[0].text, lines[1].text
    found = _read_cleaned(first, second, country, place_known, tag)
    flags = set(found.flags)
    if lines[0].care_of or lines[1].care_of:
        flags.add("care_of")
    if lines[0].placeholder or lines[1].placeholder:
        flags.add("placeholder")
    if _names_building(first) or _names_building(second):
        flags.add("building")
    text = f"{lines[0].before} {lines[1].before}"
    if _institutions().search(text) and _names_institution(text, found.house or "", found.street or ""):
        flags.add("institution")
    if " PMB " in f" {found.unit}":
        flags.add("private_mailbox")
    if found.kind == "incomplete" or "no_number" in flags:
        flags.add("incomplete")
    return found if len(flags) == len(found.flags) else found._replace(flags=tuple(sorted(flags)))


def _read_cleaned(first: str, second: str, country: str | None, place_known: bool, tag: Tagger | None) -> StreetLines:
    """Read two cleaned lines; flags only as far as the parts themselves tell them."""
    american, place = country in _AMERICAN, None
    if american:
        (first, place), (second, behind) = _without_place(first), _without_place(second)
        place = place or behind
    nothing = StreetLines(None, None, None, None, "incomplete", (), place or NO_PLACE, "")
    if not first and not second:
        return nothing
    delivery, beside = _delivery_of(first, second, country) if american or country == "CA" else (None, "")
    if delivery is not None:
        unit = next((standard_unit(text) for text in (beside, delivery.behind) if _is_plain_unit(text)), None)
        told = {"incomplete": delivery.boxless}
        return nothing._replace(street=delivery.street, unit=unit, kind=delivery.kind, flags=_holding(told))
    box, lines = None, []
    for line in (first, second):
        rest, number, behind = take_box(line, country)
        box, place = box or number, place or behind
        lines.append(rest)
    street_line, unit_text, urbanization = _arrange(lines[0], lines[1])
    if box is not None and not re.match(r"\d", street_line):
        return nothing._replace(box=box, kind="po_box", flags=("po_box",), place=place or NO_PLACE)
    if grid := _GRID.match(street_line):
        street_line = f"{grid[1]}{grid[2]}{street_line[grid.end() :]}"
    if country == "CA" and (front := _CANADIAN_UNIT.match(street_line)):
        street_line, unit_text = f"{front[2]} {street_line[front.end() :]}", f"# {front[1]} {unit_text}".strip()
    if "," in street_line:
        street_line, more = _unit_between_commas(street_line)
        unit_text = f"{more} {unit_text}".strip()
    split = split_line(street_line, american, place_known or place is not None, tag)
    ambiguous = split.ambiguous or ("&" in split.street and not split.house)
    street = f"{_canonical_street(split.street, ambiguous, country)} {urbanization}".strip()
    unit = " ".join(dict.fromkeys(filter(None, (standard_unit(split.unit), standard_unit(unit_text)))))
    if not street:
        if box is not None:
            return nothing._replace(box=box, kind="po_box", flags=("po_box",), place=place or split.place)
        return nothing._replace(house=split.house or None, unit=unit or None, place=place or split.place, merged=split.merged)
    told = {"ambiguous": ambiguous, "no_number": not split.house, "po_box": box is not None}
    parts = (split.house or None, street, unit or None, box)
    return StreetLines(*parts, "street", _holding(told), place or split.place, split.merged)


def _holding(told: dict[str, bool]) -> tuple[str, ...]:
    return tuple(flag for flag, holds in told.items() if holds)


def _without_place(line: str) -> tuple[str, tuple[str, str, str] | None]:
    """(line without it, (city, state, ZIP)) of a cleaned line that ends in a place between commas, as normal forms do."""
    line = _COUNTRY_BEHIND.sub("", line)
    found = _PLACE_BEHIND.fullmatch(line) if "," in line else None
    if found is None or read_state(found[3])[1] != "US":
        return line, None
    first, second = (*found[2].split(), "")[:2]
    if first in address_words().units and len(second) == 1:  # ", SUITE F OLYMPIA, WA 98501"
        return line, None
    return found[1].strip(" ,"), (found[2], found[3], found[4])


def _is_plain_unit(part: str) -> bool:
    """Whether a part between commas names a kind of unit with its number, or one that has none; no place ("KEY WEST")."""
    table = address_words()
    words = part.replace("#", " # ").split()
    if not words or (words[0] not in table.units and words[0] != "#") or not is_unit(part) or _STATE_AND_ZIP.fullmatch(part):
        return False
    last = words[-1]
    numberless = table.unit_needs_number.get(table.units.get(last, "")) == "OPTIONAL"
    return numberless or len(last) == 1 or any(letter.isdigit() for letter in last)


def _unit_between_commas(line: str) -> tuple[str, str]:
    """(line without it, unit) of a cleaned line that holds a unit in front of its first comma or behind its street."""
    head, _, rest = line.partition(",")
    if _is_plain_unit(head) and re.match(r" *\d", rest):
        return rest.strip(), head
    parts = line.split(",")
    for at in range(1, len(parts)):
        if _is_plain_unit(parts[at]):
            return ",".join([*parts[:at], *parts[at + 1 :]]), parts[at].strip()
    return line, ""


def _delivery_of(first: str, second: str, country: str | None) -> tuple[Delivery | None, str]:
    """(delivery that names no street, line beside it) of two cleaned lines; one whose box is not missing is preferred."""
    pairs = [(first, second), (second, first), (f"{first} {second}".strip(), "")]
    found = [(delivery, beside) for text, beside in pairs if (delivery := read_delivery(text, country)) is not None]
    return min(found, key=lambda item: item[0].boxless) if found else (None, "")


def _canonical_street(words: list[str], ambiguous: bool, country: str | None) -> str:
    """The street's words in the form of the country."""
    if not shortens(country):
        return " ".join(words)
    if country == "CA" and words and words[0] in _french_kinds() and (len(words) > 2 or words[-1] not in address_words().suffixes):
        return _HYPHEN.sub(" ", " ".join(words))
    if country == "PR" and words:
        words = [read_lists("addresses")["puerto_rico_kinds"].get(words[0], words[0]), *words[1:]]
    corner = ambiguous and _CORNER.search(" ".join(words))
    if corner:
        sides = " ".join(words).split(corner[0], 1)
        if all(side.split()[-1] in address_words().suffixes for side in sides if side.split()):
            words = " & ".join(sides).split()
    return standard_street(words)


def shortens(country: str | None) -> bool:
    """Whether the street words of a country are those of Publication 28."""
    return country in (None, "US", "PR", "CA", "AU", "NZ", "GB", "IE")
