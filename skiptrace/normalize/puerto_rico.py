"""Street lines of Puerto Rico: the urbanization, and block and house numbers behind the street.

USPS Publication 28, section 292 and Appendix I: streets of one name lie in several urbanizations of one ZIP code, so the
urbanization is a part of what tells an address, and stands behind the street here. House numbers go in front ("CALLE 125
C-19" is "C19 CALLE 125"), of a block and a house joined by a hyphen.
"""

from __future__ import annotations

import re

_URBANIZATION = re.compile(r"\b(?:URB|URBANIZACION|URBANIZATION) +([A-Z0-9][^,]*)(?:,|$)")
_STREET_BEHIND = re.compile(r" (?=(?:[A-Z]-?)?\d[\w-]* +(?:CALLE|AVE|AVENIDA|CAMINO|PASEO|VIA|CARR)\b)|,")
_BLOCK = re.compile(
    r"(CALLE [A-Z0-9]+(?: [A-Z]+)*?)[ ,]+(?:BLQ|BLOQUE|BLK)(?:[ #]+|(?=\d))([A-Z0-9]+)[ ,]+(?:CASA|NUMERO|NUM|NO|LOTE|#)[ #]*(\d+[A-Z]?)"
)
_HOUSE_BEHIND = re.compile(r"(CALLE [A-Z0-9]+(?: [A-Z]+)*?)[ ,]+([A-Z])-(\d+[A-Z]?)")
_HYPHENED = re.compile(r"^([A-Z])-(\d+[A-Z]?)(?= (?:CALLE|URB)\b)")
PATTERNS = (_URBANIZATION, _STREET_BEHIND, _BLOCK, _HOUSE_BEHIND)
"""All that tell a word from another."""


def take_urbanization(line: str) -> tuple[str, str]:
    """(line without it, "URB LAS GLADIOLAS") of a cleaned line; the second is empty where the line names none."""
    if "URB" not in line:
        return line, ""
    found = _URBANIZATION.search(line)
    if found is None:
        return line, ""
    name, after = found[1], line[found.end() :]
    if not found.start():
        behind = _STREET_BEHIND.search(line, found.start(1))
        if behind is not None:
            name, after = line[found.start(1) : behind.start()], line[behind.end() :]
    rest = (line[: found.start()].strip(" ,"), after.strip(" ,"))
    return ", ".join(filter(None, rest)), f"URB {name.strip(' ,-')}"


def house_in_front(line: str) -> str:
    """A cleaned line with the numbers of block and house in front of the street."""
    if "CALLE" not in line and "URB" not in line:
        return line
    if found := _BLOCK.fullmatch(line):
        return f"{found[2]}-{found[3]} {found[1]}"
    if found := _HOUSE_BEHIND.fullmatch(line):
        return f"{found[2]}{found[3]} {found[1]}"
    return _HYPHENED.sub(r"\1\2", line)
