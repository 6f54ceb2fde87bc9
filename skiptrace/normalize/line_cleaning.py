"""A street line without what is no part of an address: signs, stand-ins, and the name in a care-of.

The name of whoever takes mail for another is dropped here, before anything else reads the line, so that it can reach no
column of an address.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from skiptrace.normalize.folding import fold
from skiptrace.normalize.words import word_set

_CARE_OF = re.compile(
    r"(?:^|(?<=[\s,]))(?:(?:C/O|C/0|C\\O|CARE OF|IN CARE OF|ATTN|ATTENTION)\b|ATT(?=:)|%)[ :.]*(?:\d+(?:ST|ND|RD|TH)\b)?[^\d,]*?"
    r"(?=\d|,|\bP\.? ?O\.? ?BOX|\bPOB\b|\b(?:APT|APARTMENT|STE|SUITE|UNIT|BLDG|RM|ROOM|FL|FLOOR|LOT|SPC|TRLR|PMB)\b\.? ?#? ?\w{0,2}\d"
    r"|\b(?:RR|R\.R\.|RFD|RURAL ROUTE|HC|PSC|CMR|BOX|DRAWER)\b[ #]*\d|\bGENERAL DELIVERY\b|$)"
)
_MAY_BE_CARE_OF = re.compile(r"C/|C\\|%|CARE|ATT")
_LOST_SLASH = re.compile(r"^(\d+) 1 2 (?=\S)")
_FRACTION = re.compile(r"^(\d+)-(\d/\d+)(?= )")
_SPACED_RANGE = re.compile(r"^(\d+) - (\d+)(?= )")
_SPREADSHEET = re.compile(r"^(\d+)\.0(?= |$)")
_PERIOD = re.compile(r"(?<!\d)\.|\.(?!\d)")
_JOINED_BY_PERIOD = re.compile(r"\w\.\w{2}")
_BREAK = re.compile(r"[()\[\]{};:_*\"\\]+")
_NO_SIGN = re.compile(r"[^A-Z0-9 ,#/&.-]+")
_US_ROAD = re.compile(r"\bU S (?=(?:HIGHWAY|HWY|ROUTE|RTE|RT)\b|\d)")
_PRIVATE_MAILBOX = re.compile(r"\b(?:PRIVATE MAILBOX|PRIVATE MAIL BOX|P M B)\b")
_NO_WORD = re.compile(r"[^A-Z0-9]+")
PATTERNS = (_CARE_OF, _MAY_BE_CARE_OF, _US_ROAD, _PRIVATE_MAILBOX)
"""All that tell a word from another."""


class CleanLine(NamedTuple):
    """text: folded, with letters, digits and `,#/&-`, a period only inside a number. care_of: a care-of was dropped.
    placeholder: the line held a stand-in and nothing else, so `text` is empty. before: the folded text with the care-of.
    """

    text: str
    care_of: bool
    placeholder: bool
    before: str


_NOTHING = CleanLine("", False, False, "")


@lru_cache(maxsize=1)
def _placeholders() -> frozenset[str]:
    return word_set("addresses", "placeholders")


def clean_line(raw: str) -> CleanLine:
    """Clean one line. Never raises."""
    text = before = fold(raw.replace("½", " 1/2 ") if len(raw) < 10_000 else "").text
    if not text:
        return _NOTHING
    if _MAY_BE_CARE_OF.search(text):
        text = _CARE_OF.sub(" ", text)
    cared = text != before
    text = _LOST_SLASH.sub(r"\1 1/2 ", text.replace("|", "I"))
    if "." in text:
        text = _SPREADSHEET.sub(r"\1", text.strip())
        text = _PERIOD.sub(" " if _JOINED_BY_PERIOD.search(text) else "", text)
    text = _NO_SIGN.sub("", _BREAK.sub(" ", text))
    text = _US_ROAD.sub("US ", " ".join(text.split()).strip(" ,-/&."))
    if "-" in text:
        text = _SPACED_RANGE.sub(r"\1-\2", _FRACTION.sub(r"\1 \2", text))
    if "P" in text:
        text = _PRIVATE_MAILBOX.sub("PMB", text)
    plain = " ".join(_NO_WORD.sub(" ", text).split())
    stand_in = plain in _placeholders() or (bool(plain) and all(word in _placeholders() for word in plain.split()))
    return CleanLine("" if stand_in or not plain else text, cared, stand_in, before)
