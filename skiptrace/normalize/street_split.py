"""Which words of one street line are house number, street, unit and place.

The `usaddress` tagger decides for lines of the United States; lines that it gives up on, and lines of other countries,
are split by a plain pattern. The tagger was trained on clean addresses: where it calls a misspelled street word a unit
or a city, the word goes back to the street.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

import usaddress

from skiptrace.normalize.address_words import address_words, split_unit

HOUSE_WORD = re.compile(r"\d[\w/-]*")
_ORDINAL = re.compile(r"\d+(?:ST|ND|RD|TH)")
_LEADING_UNIT = re.compile(r"((?:APT|APARTMENT|UNIT|FLAT|SUITE|STE|LOT|SHOP)\.? ?#? ?\w+|#? ?\w{1,5}/)[ ,]*(\d.*)")
_ENDS_IN_ZIP = re.compile(r" \d{5}(?:-\d{4})?$")
_HOUSE_LABELS = frozenset({"AddressNumberPrefix", "AddressNumber", "AddressNumberSuffix"})
_PLACE_LABELS = ("PlaceName", "StateName", "ZipCode")
_HOME = frozenset({"US", "USA", "UNITED STATES", "UNITED STATES OF AMERICA"})
_BEFORE_HOUSE = frozenset({"Recipient", "BuildingName", "LandmarkName", "CornerOf", "NotAddress"})

NO_PLACE = ("", "", "")
_ROAD_OWNERS = frozenset({
    "COUNTY", "CO", "CNTY", "CTY", "STATE", "ST", "US", "PRIVATE", "PVT", "RANCH", "FARM", "FOREST", "FIRE",
    "TOWNSHIP", "TWP", "INDIAN", "BIA", "C",
})  # fmt: skip
"""In front of ROAD and a number these make a numbered road, not a named one with a unit."""
_COMMON_KINDS = frozenset({
    "ST", "STREET", "AVE", "AV", "AVENUE", "RD", "ROAD", "DR", "DRIVE", "LN", "LANE", "CT", "COURT", "BLVD",
    "BOULEVARD", "PL", "PLACE", "CIR", "CIRCLE", "WAY", "TER", "TERRACE", "PKWY",
})  # fmt: skip
"""Suffixes that are hardly ever part of a name: a single letter behind one is a unit."""


Tagger = Callable[[str], tuple[dict[str, str], str]]
"""Values by label, and the form, of one line; raises where it gives up. `usaddress.tag`, or what answers as it does."""


class SplitLine(NamedTuple):
    """One line in words. `unit` is text as found; see `StreetLines` for place, ambiguous and merged."""

    house: str
    street: list[str]
    unit: str
    place: tuple[str, str, str]
    ambiguous: bool
    merged: str = ""


def _plain_split(text: str) -> SplitLine:
    """Leading house number, unit words at either end, the rest is the street."""
    unit = ""
    leading = _LEADING_UNIT.fullmatch(text)
    if leading is not None and not leading[1].endswith("/"):
        unit, text = leading[1], leading[2]
    words = text.replace(",", " ").replace("#", " # ").split()
    house = ""
    if len(words) > 1 and HOUSE_WORD.fullmatch(words[0]) and not _is_street_number(words):
        house, words = words[0], words[1:]
    words, found = split_unit(words) if words else (words, "")
    return SplitLine(house, words, unit or found, NO_PLACE, False)


def _is_street_number(words: list[str]) -> bool:
    """Whether the number in front is the street's name: "5TH AVE", "42 ST"."""
    return _ORDINAL.fullmatch(words[0]) is not None or (len(words) == 2 and words[1] in _COMMON_KINDS)


def _has_name_and_suffix(street: list[str]) -> bool:
    """Whether the words end a street, so that a number behind them is a unit: "OAK CT", "5TH AVE N"; no "COUNTY RD"."""
    table = address_words()
    words = list(street)
    while len(words) > 1 and words[-1] in table.directions:
        words.pop()
    kind = table.suffixes.get(words[-1]) if words else None
    name = [word for word in words[:-1] if word not in table.directions and word not in _ROAD_OWNERS]
    return kind is not None and kind not in ("HWY", "RTE", "RD") and bool(name) and words[-2] not in _ROAD_OWNERS


def _is_bare_unit(identifier: str, street: list[str]) -> bool:
    """Whether what the tagger calls a unit, without a kind, is one and no misread street word."""
    words = identifier.replace("#", " # ").split()
    if words[:1] == ["#"]:
        return True
    if len(words) > 2 or (len(words) == 2 and len(words[1]) > 1) or not _has_name_and_suffix(street):
        return False
    if words[0].isalpha():
        return len(words[0]) == 1 and words[0] not in address_words().directions and street[-1] in _COMMON_KINDS
    return words[0][0].isdigit() and _ORDINAL.fullmatch(words[0]) is None


def _tagged_split(text: str, place_known: bool, tag: Tagger) -> SplitLine:
    """The tagger's reading of one line. Place words count as street where the place is known from other columns."""
    table = address_words()
    tagged, form = tag(text)
    house: list[str] = []
    street: list[str] = []
    before: list[str] = []
    unit: list[str] = []
    merged, kind_known = "", False
    keeps_place = not place_known or "," in text or ("ZipCode" in tagged and "StateName" in tagged)
    for label, value in tagged.items():
        words = value.replace(",", " ").replace("#", " # ").split()
        if label == "AddressNumberSuffix" and not re.fullmatch(r"[A-Z]|\d/\d+", value):
            street.extend(words)
        elif label in _HOUSE_LABELS:
            number = [word for word in words[1:] if re.fullmatch(r"[A-Z]|\d/\d+", word)]
            house.extend(words[:1] + number)
            street.extend(word for word in words[1:] if word not in number)
        elif label in ("OccupancyType", "SubaddressType"):
            kind_known = words[-1] in table.units or words[-1] == "#" or words[-1] in table.number_words
            (unit if kind_known else street).extend(words)
        elif label in ("OccupancyIdentifier", "SubaddressIdentifier"):
            later = label.replace("Identifier", "Type") in tagged  # "6TH" "FL": the kind follows, or came before
            if (kind_known if later and not _precedes(tagged, label) else later) or _is_bare_unit(value, street):
                while len(words) > 1 and words[-1] in table.suffixes and words[-1] not in table.units:
                    street.append(words.pop())
                unit.extend(words)
            else:
                street.extend(words)
        elif label == "CountryName" and value in _HOME:
            continue
        elif label in _PLACE_LABELS:
            if not keeps_place:
                street.extend(words)
                merged = merged or (value if label != "StateName" else "")
        elif label in _BEFORE_HOUSE and not house:
            before.extend(words)
        else:
            street.extend(words)
    if not house:
        street = before + street
    place = tuple(tagged.get(label, "") if keeps_place else "" for label in _PLACE_LABELS)
    in_line = (place[0], place[1], place[2])
    return SplitLine(join_house(house), street, " ".join(unit), in_line, form == "Intersection", merged)


def _precedes(tagged: dict[str, str], identifier: str) -> bool:
    """Whether a unit's number stands before its kind."""
    labels = list(tagged)
    return labels.index(identifier) < labels.index(identifier.replace("Identifier", "Type"))


def join_house(words: list[str]) -> str:
    """ "123" "A" is 123A, "123" "1/2" keeps its space; zeros in front of a plain number go."""
    joined = ""
    for word in words:
        joined += f" {word}" if joined and "/" in word else word
    return joined.lstrip("0") or joined if joined.isdigit() else joined


def split_line(text: str, tagger: bool, place_known: bool, tag: Tagger | None = None) -> SplitLine:
    """Split one cleaned line, with the tagger or by the plain pattern alone. Never raises.

    `place_known`: city, state or postal code are known from elsewhere, so place words at the end are street words.
    `tag`: the tagger; the library's where not given.
    """
    if not text:
        return SplitLine("", [], "", NO_PLACE, False)
    if HOUSE_WORD.fullmatch(text):
        return SplitLine(text, [], "", NO_PLACE, False)
    found, unit_text = None, ""
    if "," not in text and (place_known or not _ENDS_IN_ZIP.search(text)):
        words, unit_text = split_unit(text.replace("#", " # ").split())
        if len(words) > 1 and unit_text:
            text = " ".join(words)
        else:
            unit_text = ""
    if tagger:
        try:
            found = _tagged_split(text, place_known, tag or usaddress.tag)
        except Exception:  # the library gives up on a line in ways it does not list; the plain pattern reads any
            found = _plain_split(text)._replace(ambiguous=True)
    if found is None:
        found = _plain_split(text)
    house, street, unit = found.house, found.street, f"{found.unit} {unit_text}".strip()
    if _ORDINAL.fullmatch(house):  # the tagger takes "5TH" of "5TH ST & OAK AVE" for a number
        house, street = "", [house, *street]
    first = text.split()[0]
    if house and first.isdigit() and street[:1] == [first]:  # two numbers in front: the first is the house's
        house, street = first, [house, *street[1:]]
    if not house and len(street) > 1 and HOUSE_WORD.fullmatch(street[0]) and not _is_street_number(street):
        house, street = street[0], street[1:]
    if len(street) > 1:
        street, more = split_unit(street)
        unit = f"{unit} {more}".strip() if more and more != unit else unit
    if tagger and not unit and len(street) > 2 and street[-1].isdigit() and _has_name_and_suffix(street[:-1]):
        street, unit = street[:-1], street[-1]
    return found._replace(house=join_house(house.split()), street=street, unit=unit)
