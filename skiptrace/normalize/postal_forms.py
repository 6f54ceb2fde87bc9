"""Delivery lines that name no street: boxes, rural and highway contract routes, military post, general delivery.

The forms are those of USPS Publication 28: 238 and 239 (military, Department of State), 241 to 245 (rural routes), 251 to
255 (highway contract routes), 261 (general delivery), 281 to 283 (boxes), with the Spanish words of its Appendix H, and
the words that Canada has for the same. A route's or box's number loses zeros in front: whether they mean anything only
the postal file knows (282), and two sources must agree. A box of military post keeps them.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_BOX_WORD = (
    r"(?:P ?O ?(?:BOX|BX|B0X|DRAWER|(?:CALLER|BIN|LOCKBOX|LOCK BOX)(?![A-Z]))|POB|POST OFFICE BOX|POST OFFICE DRAWER|POSTAL OFFICE BOX"
    r"|POSTAL BOX|POST BOX|POSTBOX|POSTOFFICE BOX|POSTOFFICEBOX|(?:APARTADO POSTAL|APARTADO|APDO)(?![A-Z]))"
)
_NUMBER_WORD = r"(?:(?:NO|NUM|NUMBER|NBR)\b[ #]*)?"
_BOX = re.compile(rf"\b(?:{_BOX_WORD}[ #:,-]*)+{_NUMBER_WORD}(\d[\w-]*|[A-Z]-?\d[\w-]*|[A-Z]{{1,2}}(?=$|,))")
_CANADIAN_BOX = re.compile(rf"\b(?:CP|C P|CASE POSTALE)[ #]*{_NUMBER_WORD}(\d[\w-]*)")
_BARE_BOX = re.compile(
    rf"(?:BOX|P ?O|CALLER BOX|CALLER SERVICE|CALLER|FIRM CALLER|BIN|LOCKBOX|LOCK BOX|DRAWER) ?#? ?{_NUMBER_WORD}(\d[\w-]*)"
    r"|(?:DRAWER|CALLER) ([A-Z])"
)
_EMPTY_BOX = re.compile(rf"{_BOX_WORD}(?: BOX)?[ #]*")
_ROUTE_NUMBER = r"[ -]?(?:# ?|NO |NUMBER |NUM |NBR )?(\d+[A-Z]?)"
_ROUTE_BOX = r"[ ,]*(?:BOX|BX|BUZON(?![A-Z])) ?(?:# ?|NO |NUMBER )?(\w[\w-]*)(?:[ ,]+(.*))?"
_RURAL_WORD = (
    r"RR|R R|RURAL ROUTE|RURAL RTE|RURAL RT|RURAL DELIVERY|RURAL|RUTA RURAL|RFD ROUTE|RFD RTE|RFD RT|RFD|R F D"
)
_CONTRACT_WORD = (
    r"HCR|H C R|HC|H C|HIGHWAY CONTRACT ROUTE|HIGHWAY CONTRACT RTE|HIGHWAY CONTRACT RT|HIGHWAY CONTRACT|STAR ROUTE|STAR RTE|STAR RT"
)
_RURAL = re.compile(rf"(?:{_RURAL_WORD}|RD|RT|RTE|ROUTE){_ROUTE_NUMBER}{_ROUTE_BOX}")
_RURAL_SIGN = re.compile(rf"(?:{_RURAL_WORD}){_ROUTE_NUMBER}[ ,]*# ?(\w[\w-]*)(?:[ ,]+(.*))?")
_RURAL_ONLY = re.compile(rf"(?:{_RURAL_WORD}){_ROUTE_NUMBER}(?: (?:STN|STATION|SITE|COMP) .*)?")
_CONTRACT = re.compile(rf"(?:{_CONTRACT_WORD}|SR){_ROUTE_NUMBER}{_ROUTE_BOX}")
_CONTRACT_ONLY = re.compile(rf"(?:{_CONTRACT_WORD}){_ROUTE_NUMBER}")
_MILITARY = re.compile(r"(PSC|CMR|UNIT|OMC|UMR)[ #]*(\d+[A-Z]?)[ ,]+BOX[ #]*(\w[\w-]*)(?:[ ,].*)?")
_GENERAL_DELIVERY = re.compile(
    r"(?:GENERAL|GEN) (?:DELIVERY|DEL|DELIV|DLVRY)(?:[ ,].*)?|LISTA DE CORREOS(?:[ ,].*)?"
)
_CANADIAN_DELIVERY = re.compile(r"(?:GD|POSTE RESTANTE)(?:[ ,].*)?")
_MAY_BE_SPECIAL = re.compile(r"GEN|PSC|CMR|UNIT|OMC|UMR|LISTA|GD|POSTE|R|SR|STAR|H")
_PLACE_TAIL = re.compile(r"[ ,]*([A-Z][A-Z -]*?),? +([A-Z]{2}) +(\d{5})(?:-\d{4})?")
STREET_LINE = re.compile(r"\d[\w-]* +\S")
PATTERNS = (
    _BOX, _CANADIAN_BOX, _BARE_BOX, _RURAL, _RURAL_SIGN, _RURAL_ONLY, _CONTRACT, _MILITARY, _GENERAL_DELIVERY, _CANADIAN_DELIVERY,
    _MAY_BE_SPECIAL,
)  # fmt: skip
"""All that tell a word from another."""


class Delivery(NamedTuple):
    """A delivery that names no street: its canonical line, its kind, whether its box is missing, and what stands behind."""

    street: str
    kind: str
    boxless: bool
    behind: str = ""


def _plain_number(text: str) -> str:
    return text.lstrip("0") or "0" if text.isdigit() else text


def read_delivery(text: str, country: str | None) -> Delivery | None:
    """General delivery, a rural or contract route, or military post of one cleaned line; None for any other."""
    if not _MAY_BE_SPECIAL.match(text):
        return None
    canadian = country == "CA"
    if _GENERAL_DELIVERY.fullmatch(text) or (canadian and _CANADIAN_DELIVERY.fullmatch(text)):
        return Delivery("GENERAL DELIVERY", "general_delivery", False)
    if not canadian and (found := _MILITARY.fullmatch(text)):
        return Delivery(f"{found[1]} {found[2]} BOX {found[3]}", "military", False)
    for kind, patterns in (("RR", (_RURAL, _RURAL_SIGN)), ("HC", (_CONTRACT,))):
        for pattern in patterns:
            if found := pattern.fullmatch(text):
                street = f"{kind} {_plain_number(found[1])} BOX {_plain_number(found[2])}"
                return Delivery(street, "rural_route", False, found[3] or "")
    for kind, pattern in (("RR", _RURAL_ONLY), ("HC", _CONTRACT_ONLY)):
        if found := pattern.fullmatch(text):
            return Delivery(f"{kind} {_plain_number(found[1])}", "rural_route", not canadian)
    return None


def take_box(line: str, country: str | None) -> tuple[str, str | None, tuple[str, str, str] | None]:
    """(what stands beside it where that is a street, "PO BOX 12", place that follows it) of a cleaned line.

    Without a box the line comes back as it is, and empty where it only says that there should be one."""
    found = None
    if "O" in line or "B" in line or line[:1] in ("A", "C", "D", "F"):
        found = _BOX.search(line) or _BARE_BOX.fullmatch(line)
        if found is None and country == "CA":
            found = _CANADIAN_BOX.search(line)
    if found is None:
        return ("" if _EMPTY_BOX.fullmatch(line) else line), None, None
    before, after = line[: found.start()].strip(" ,"), line[found.end() :]
    tail = _PLACE_TAIL.fullmatch(after)  # never what stands in front: that may be a name
    rest = before if tail else f"{before} {after}".strip(" ,")
    number = next(group for group in found.groups() if group)
    place = (tail[1], tail[2], tail[3]) if tail else None
    return (rest if STREET_LINE.match(rest) else ""), f"PO BOX {_plain_number(number)}", place
