"""One or two street lines to house number, street, unit and box.

Boxes, rural routes, military and general delivery have forms of their own and are read first. Which words of the rest
are what is decided in `street_split`, and what they look like in canonical form in `address_words`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from skiptrace.normalize.address_words import is_unit, standard_street, standard_unit
from skiptrace.normalize.folding import fold
from skiptrace.normalize.street_split import HOUSE_WORD, NO_PLACE, split_line
from skiptrace.normalize.words import word_set

_CARE_OF = re.compile(
    r"(?:^|(?<=[\s,]))(?:(?:C/O|C/0|CARE OF|IN CARE OF|ATTN|ATTENTION)\b|%)[ :]*[^\d,]*?(?=\d|,|\bP\.? ?O\.? ?BOX|$)"
)
_MAY_BE_CARE_OF = re.compile(r"C/|%|CARE|ATT")
_LOST_SLASH = re.compile(r"^(\d+) 1 2 (?=\S)")
_PERIOD = re.compile(r"(?<!\d)\.|\.(?!\d)")
_JOINED_BY_PERIOD = re.compile(r"\w\.\w{2}")
_BREAK = re.compile(r"[()\[\]{};:_*\"\\]+")
_NO_SIGN = re.compile(r"[^A-Z0-9 ,#/&-]+")
_US_ROAD = re.compile(r"\bU S (?=(?:HIGHWAY|HWY|ROUTE|RTE|RT)\b)")
_NO_WORD = re.compile(r"[^A-Z0-9]+")
_STREET_LINE = re.compile(r"\d[\w-]* +\S")
_BOX_WORD = r"(?:P ?O ?(?:BOX|BX|B0X|DRAWER)|POB|POST(?:AL)? ?(?:OFFICE)? ?BOX)"
_BOX = re.compile(
    rf"\b(?:{_BOX_WORD}[ #:,]*)+(?:(?:NO|NUM|NUMBER|NBR)\b[ #]*)?(\d[\w-]*|[A-Z]-?\d[\w-]*|[A-Z]{{1,2}}(?=$|,))"
)
_BARE_BOX = re.compile(r"(?:BOX|P ?O) ?#? ?(\d[\w-]*)")
_EMPTY_BOX = re.compile(rf"{_BOX_WORD}(?: BOX)?[ #]*")
_RURAL = re.compile(
    r"(RR|R R|RURAL (?:ROUTE|RTE|RT|DELIVERY)|RFD|R F D|RD|RT|RTE|ROUTE|SR|STAR (?:ROUTE|RTE|RT)"
    r"|HC|H C|HCR|HIGHWAY CONTRACT(?: ROUTE)?) ?(?:#|NO )? ?(\d+[A-Z]?)[ ,]*(?:BOX|BX)[ #]*(\w[\w-]*)(?: .*)?"
)
_RURAL_ONLY = re.compile(r"(RR|R R|RURAL (?:ROUTE|RTE|RT)|RFD|R F D|HC) ?#? ?(\d+[A-Z]?)")
_MILITARY = re.compile(r"(PSC|CMR|UNIT|OMC|UMR)[ #]*(\d+[A-Z]?)[ ,]+BOX[ #]*(\w[\w-]*)(?:[ ,].*)?")
_GENERAL_DELIVERY = re.compile(r"GEN(?:ERAL)? (?:DELIVERY|DEL|DELIV)(?:[ ,].*)?")
_MAY_BE_SPECIAL = re.compile(r"GEN|PSC|CMR|UNIT|OMC|UMR|R|SR|STAR|H")
_URBANIZATION = re.compile(r"URB(?:ANIZACION)? +(\w.*)")
_GRID = re.compile(r"^([NSEW]\d+[NSEW]?) (\d+)\b")
_PLACE_TAIL = re.compile(r"[ ,]*([A-Z][A-Z -]*?),? +([A-Z]{2}) +(\d{5})(?:-\d{4})?")


class StreetLines(NamedTuple):
    """What two street lines say; parts that they do not say are None.

    kind: "street", "po_box", "rural_route", "military", "general_delivery", "incomplete". flags, sorted: "po_box",
    "care_of", "ambiguous", "no_number". place: (city, state, ZIP) that stood in the lines, each may be empty. merged:
    words of the street that the tagger takes for a city or ZIP (read again without them where they are).
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
def _placeholders() -> frozenset[str]:
    return word_set("addresses", "placeholders")


def _clean(raw: str) -> tuple[str, bool]:
    """(folded line without periods, brackets and care-of text, whether there was any). A stand-in is empty."""
    text = fold(raw.replace("½", " 1/2 ") if len(raw) < 10_000 else "").text
    if not text:
        return "", False
    without = _CARE_OF.sub(" ", text) if _MAY_BE_CARE_OF.search(text) else text
    cared = without != text
    text = _LOST_SLASH.sub(r"\1 1/2 ", without.replace("|", "I"))
    if "." in text:
        text = _PERIOD.sub(" " if _JOINED_BY_PERIOD.search(text) else "", text)
    text = _NO_SIGN.sub("", _BREAK.sub(" ", text))
    text = _US_ROAD.sub("US ", " ".join(text.split()).strip(" ,-/&"))
    plain = " ".join(_NO_WORD.sub(" ", text).split())
    return ("" if plain in _placeholders() or not plain else text), cared


def _arrange(first: str, second: str) -> tuple[str, str, str]:
    """(street line, unit text, urbanization) of two cleaned lines, whichever of them holds the street."""
    urbanization = ""
    for line, other in ((first, second), (second, first)):
        found = _URBANIZATION.fullmatch(line)
        if found and other:
            urbanization, first, second = f"URB {found[1]}", other, ""
            break
    if not second:
        return first, "", urbanization
    if not first:
        return second, "", urbanization
    if HOUSE_WORD.fullmatch(first) and not is_unit(second):
        return f"{first} {second}", "", urbanization
    if is_unit(second):
        return first, second, urbanization
    looks_like_street = _STREET_LINE.match(second) is not None
    if looks_like_street and (is_unit(first) or not re.match(r"\d", first)):
        return second, first if is_unit(first) else "", urbanization
    return first, "", urbanization


def _special(text: str) -> tuple[str, str] | None:
    """(canonical street, kind) of general delivery, a rural route or military post, or None."""
    if not _MAY_BE_SPECIAL.match(text):
        return None
    if _GENERAL_DELIVERY.fullmatch(text):
        return "GENERAL DELIVERY", "general_delivery"
    if found := _MILITARY.fullmatch(text):
        return f"{found[1]} {found[2]} BOX {found[3]}", "military"
    if found := _RURAL.fullmatch(text) or _RURAL_ONLY.fullmatch(text):
        kind = "HC" if found[1][0] == "H" else "RR"
        box = f" BOX {found[3]}" if found.re is _RURAL else ""
        return f"{kind} {found[2].lstrip('0') or '0'}{box}", "rural_route"
    return None


def read_street_lines(line1: str, line2: str, country: str | None, place_known: bool) -> StreetLines:
    """Read two street lines of an address in `country` (None counts as the United States). Never raises.

    `place_known`: city, state or postal code stand in columns of their own, so that words which the tagger takes for
    a place are street words. Text of a care-of is dropped. A box beside a street is kept beside it.
    """
    (first, cared1), (second, cared2) = _clean(line1), _clean(line2)
    flags = {"care_of"} if cared1 or cared2 else set()
    american = country in (None, "US")

    def result(
        kind: str, street: str | None = None, box: str | None = None, place: tuple[str, str, str] = NO_PLACE
    ) -> StreetLines:
        found = flags | {"po_box"} if box else flags
        return StreetLines(None, street, None, box, kind, tuple(sorted(found)), place, "")

    both = f"{first} {second}".strip()
    if not both:
        return result("incomplete")
    special = _special(both) or _special(first) or _special(second) if american else None
    if special is not None:
        return result(special[1], special[0])
    box, place = None, NO_PLACE
    lines = []
    for line in (first, second):
        found = (_BOX.search(line) or _BARE_BOX.fullmatch(line)) if "O" in line or "B" in line else None
        if found:
            number = found[1].lstrip("0") or "0" if found[1].isdigit() else found[1]
            box = box or f"PO BOX {number}"
            rest = f"{line[: found.start()]} {line[found.end() :]}".strip(" ,")
            if tail := _PLACE_TAIL.fullmatch(rest):
                place = (tail[1], tail[2], tail[3])
            line = rest if _STREET_LINE.match(rest) else ""
        lines.append("" if _EMPTY_BOX.fullmatch(line) else line)
    street_line, unit_text, urbanization = _arrange(lines[0], lines[1])
    if box is not None and not re.match(r"\d", street_line):
        return result("po_box", None, box, place)
    if grid := _GRID.match(street_line):
        street_line = f"{grid[1]}{grid[2]}{street_line[grid.end() :]}"
    split = split_line(street_line, american, place_known)
    street = standard_street(split.street) if _shortens(country) else " ".join(split.street)
    street = f"{street} {urbanization}".strip()
    unit = " ".join(dict.fromkeys(filter(None, (standard_unit(split.unit), standard_unit(unit_text)))))
    if split.ambiguous:
        flags.add("ambiguous")
    if box is not None:
        flags.add("po_box")
    if street and not split.house:
        flags.add("no_number")
    kind = "street" if street else "po_box" if box else "incomplete"
    if kind == "po_box":
        return result("po_box", None, box, split.place)
    parts = (split.house or None, street or None, unit or None, box)
    return StreetLines(*parts, kind, tuple(sorted(flags)), split.place, split.merged)


def _shortens(country: str | None) -> bool:
    """Whether the street words of a country are those of Publication 28."""
    return country in (None, "US", "CA", "AU", "NZ", "GB", "IE")
