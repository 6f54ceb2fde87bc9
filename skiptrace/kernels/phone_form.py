"""Phone numbers whose writing leaves no doubt: what is read without the phone library, and what it then means.

`scan_text` states it for one text, in regular expressions; `phone_scan` reads whole columns and must agree with it on
every text. After invisible marks are dropped and typographic dashes and no-break spaces made plain, a text is

    edges  [label]  [marks + marks]  digit (marks digit)*  [extension | marks]  edges

    edges      spaces, tabs, line ends and , ; |
    label      one of LABELS with at most one of : . # and spaces behind it; a digit never stands directly behind it
    marks      - . ( ) / and spaces
    extension  spaces, then x, # , ext, extn (or, after a space, extension), at most one . or :, spaces, 1 to 7 digits

Digits may be grouped in any way, because the phone library takes out all of these marks before it reads a number; how
many digits there are, and with which they begin, then decides what they are. A number exported as a decimal
("2065550134.0") loses its ".0". Everything else is FALLBACK, a text for the library: letters, other countries, two
numbers in a cell, more digits than a number has, texts above LONGEST bytes. Of a text with "/" at most 13 digits and no
extension are read, so that it cannot be two numbers.
"""

from __future__ import annotations

import re

NULL, FALLBACK, NUMBER, BLANK, NO_AREA_CODE, TOO_SHORT, TOO_LONG = range(7)
"""What a row is: no text; for the library; ten digits; nothing but spaces; refused for its digits."""

LONGEST = 250
"""Bytes of the longest text that is read here."""
LABELS = ("TEL", "TELEPHONE", "PHONE", "PH", "CELL", "MOBILE", "HOME", "WORK", "FAX")

ANYWHERE = 310
"""How numbers of Canada begin that have seven digits and no area code: the only valid ones without ten digits."""
MOST_DIGITS, MOST_DIGITS_OF_ONE, MOST_EXTENSION = 17, 13, 7
"""Digits that are read in all, beside a "/", and of an extension."""

_HIDDEN = [0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF]
_DASHES = [*range(0x2010, 0x2016), 0x2212]
_PLAIN: dict[int, str] = {**dict.fromkeys(_HIDDEN, ""), **dict.fromkeys(_DASHES, "-"), 0xA0: " ", 0x202F: " "}
_EDGES = r"[ \t\r\n,;|]*"
_MARKS = r"[-.()/ \t]*"
_FORM = re.compile(
    rf"{_EDGES}(?:(?:{'|'.join(LABELS)})(?![A-Z0-9])[ \t]*[:.#]?[ \t]*)?"
    rf"(?P<core>{_MARKS}(?P<plus>\+?){_MARKS}(?P<body>[0-9](?:{_MARKS}[0-9])*)"
    rf"(?:[ \t]*(?:(?:X|\#|EXTN?)[.:]?|(?<=[ \t])EXTENSION(?:[.:]|(?=[ \t])))[ \t]*(?P<extension>[0-9]{{1,7}})|{_MARKS}))"
    rf"{_EDGES}",
    re.IGNORECASE | re.ASCII,
)
_DECIMAL = re.compile(r"\+?[0-9]{10,15}\.0")


def scan_text(text: str | None) -> tuple[int, int, int]:
    """(code, national number, extension) of one text: what `scan_column` says of a row that holds it."""
    nothing = (FALLBACK, 0, 0)
    if text is None:
        return NULL, 0, 0
    if len(text.encode("utf-8", "replace")) > LONGEST:
        return nothing
    if not text.strip(" \t\r\n\xa0\u202f"):
        return BLANK, 0, 0
    found = _FORM.fullmatch(text.translate(_PLAIN))
    if found is None:
        return nothing
    digits = re.sub(r"[^0-9]", "", found["body"])
    if len(digits) > MOST_DIGITS or ("/" in found["core"] and (len(digits) > MOST_DIGITS_OF_ONE or found["extension"])):
        return nothing
    if _DECIMAL.fullmatch(found["core"].strip(" \t")):
        digits = digits[:-1]
    code, number = _meaning_of(digits, bool(found["plus"]), bool(found["extension"]))
    return code, number, int(f"1{found['extension'] or ''}") if found["extension"] and code == NUMBER else 0


def _meaning_of(digits: str, plus: bool, extended: bool) -> tuple[int, int]:
    length, long_distance = len(digits), digits[0] == "1"
    abroad = digits.startswith("011")
    if plus:
        return (NUMBER, int(digits[1:])) if length == 11 and long_distance and digits[1] != "1" else (FALLBACK, 0)
    if length == 10 and not abroad:
        return NUMBER, int(digits)
    if length == 11 and long_distance and digits[1] != "1":
        return NUMBER, int(digits[1:])
    if extended or abroad or length < 3 or (long_distance and (length < 10 or digits[1] == "1")):
        return FALLBACK, 0
    if length == 7:
        return (FALLBACK if digits.startswith(str(ANYWHERE)) else NO_AREA_CODE), 0
    return (TOO_LONG if length > 10 else TOO_SHORT), 0
