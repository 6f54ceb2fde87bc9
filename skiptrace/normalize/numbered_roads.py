"""Roads that are named by a number, in the form of USPS Publication 28, section 237 and Appendix F.

There the kind of road is a part of the name, so it is written in full ("COUNTY HIGHWAY 140", "INTERSTATE 10") while a
suffix behind the number is shortened as anywhere ("HIGHWAY 11 BYP"). A state in front is its code ("KY HIGHWAY 440").
The appendix reads "SR" once as a state road and once as a state route: it stays as it is written.
"""

from __future__ import annotations

import re
from functools import lru_cache

from skiptrace.normalize.words import read_rows, word_map

_KINDS = {
    "HIGHWAY": "HIGHWAY", "HIWAY": "HIGHWAY", "HIGHWY": "HIGHWAY", "HWAY": "HIGHWAY", "HIWY": "HIGHWAY", "HWY": "HIGHWAY",
    "ROUTE": "ROUTE", "RTE": "ROUTE", "RT": "ROUTE", "ROAD": "ROAD", "RD": "ROAD",
    "EXPRESSWAY": "EXPRESSWAY", "EXPY": "EXPRESSWAY", "LOOP": "LOOP",
}  # fmt: skip
_OWNERS = {
    "STATE": "STATE", "ST": "STATE", "COUNTY": "COUNTY", "CO": "COUNTY", "CNTY": "COUNTY", "CTY": "COUNTY", "US": "US",
    "TOWNSHIP": "TOWNSHIP", "TWP": "TOWNSHIP", "RANCH": "RANCH", "PRIVATE": "PRIVATE", "PVT": "PRIVATE",
}  # fmt: skip
_OWNED_KINDS = frozenset({"HIGHWAY", "ROUTE", "ROAD"})
_NAMED_WHOLE = {"CR": ("COUNTY", "ROAD"), "TSR": ("TOWNSHIP", "ROAD"), "US": ("US", "HIGHWAY"), "I": ("INTERSTATE",), "IH": ("INTERSTATE",)}
"""What stands for owner and kind in one word in front of a number."""
_JOINED = re.compile(r"(I|IH|US|CR|FM|SR|TSR|HWY)-?(\d+[A-Z]?)")
_NUMBER = re.compile(r"\d+[A-Z]{0,2}|\d+[A-Z]?-\d+[A-Z]?")
_LETTERS = re.compile(r"[A-Z]{1,2}")
_FARM = ("FARM", "TO", "MARKET", "MKT")
_LONGEST_TAIL = 3
_MAY_BE_NUMBERED = re.compile(r"[A-Z ]*(?:\d|\b[A-Z]{1,2}\b)")


@lru_cache(maxsize=1)
def _states() -> dict[str, str]:
    """Codes and full names of the states, but for codes that are another word in front of a number (CO, FM, NE)."""
    rows = [row for row in read_rows("states") if row["country"] == "US" and row["state"] not in _NO_STATES]
    codes = {row["state"] for row in rows} - word_map("directionals", "variant", "standard").keys() - _OWNERS.keys()
    names = {row["variant"] for row in rows if len(row["variant"]) > 5} | _SHORT_NAMES
    return {row["variant"]: row["state"] for row in rows if row["variant"] in codes | names}


_NO_STATES = frozenset({"AA", "AE", "AP", "AS", "FM", "GU", "MH", "MP", "PR", "PW", "VI"})
_SHORT_NAMES = frozenset({"IDAHO", "IOWA", "MAINE", "OHIO", "TEXAS", "UTAH"})


@lru_cache(maxsize=1)
def road_words() -> frozenset[str]:
    """Every word that names a numbered road, or stands in front of one."""
    return frozenset({*_KINDS, *_OWNERS, *_NAMED_WHOLE, *_FARM, *" ".join(_states()).split(), "FM", "SR", "INTERSTATE", "OLD", "C", "R"})


def _state_in_front(words: list[str]) -> tuple[str, int]:
    """(code, words it takes) of a state name that other words follow; ("", 0) where there is none."""
    for count in (2, 1):
        code = _states().get(" ".join(words[:count])) if len(words) > count else None
        if code is not None:
            return code, count
    return "", 0


def _is_number(word: str, letters: bool) -> bool:
    return _NUMBER.fullmatch(word) is not None or (letters and _LETTERS.fullmatch(word) is not None)


def _named_in_front(words: list[str]) -> tuple[list[str], int] | None:
    """(name in full, words it takes) of what stands in front of the number, None where it names no road."""
    first, second = words[0], words[1] if len(words) > 1 else ""
    if first == "FM" or (_KINDS.get(first) == "HIGHWAY" and second == "FM"):
        count = 1 if first == "FM" else 2
        return ["FM"], count + (len(words) > count and words[count] in _KINDS)
    if (first, second) == _FARM[:2] and words[2:3] and words[2] in _FARM[2:]:
        return ["FM"], 3 + (len(words) > 3 and words[3] in _KINDS)
    if first in ("INTERSTATE", "I", "IH"):
        return ["INTERSTATE"], 1 + (_KINDS.get(second) == "HIGHWAY")
    if first in _OWNERS and _KINDS.get(second) in _OWNED_KINDS:
        return [_OWNERS[first], _KINDS[second]], 2
    if words[:2] == ["C", "R"]:
        return ["COUNTY", "ROAD"], 2
    if first in _NAMED_WHOLE:
        return list(_NAMED_WHOLE[first]), 1
    return ([_KINDS[first]], 1) if first in _KINDS else None


def numbered_road(words: list[str]) -> tuple[list[str], list[str]] | None:
    """(name in full with its number, words behind it) of a road that is named by a number; None for any other words.

    `words`: folded words of a street without a direction in front. Letters count as the number where a road of a
    county or state is meant ("COUNTY HIGHWAY K"). At most three words may follow, else it is no such road.
    """
    if len(words) < 2 and not (words and _JOINED.fullmatch(words[0])):
        return None
    if not _MAY_BE_NUMBERED.match(" ".join(words)):
        return None
    before: list[str] = []
    if words[0] == "OLD":
        before, words = ["OLD"], words[1:]
    joined = _JOINED.fullmatch(words[0]) if words else None
    if joined is not None:
        words = [joined[1], joined[2], *words[1:]]
    code, taken = _state_in_front(words)
    rest = words[taken:]
    if not rest:
        return None
    named = _named_in_front(rest)
    if named is None:
        if not code or len(rest) > 2 + (_KINDS.get(rest[-1]) == "HIGHWAY") or not re.fullmatch(r"\d{2,4}", rest[0]):
            return None
        named = ["HIGHWAY"], 0
    name, count = named
    number = rest[count] if len(rest) > count else ""
    letters = name[0] in ("STATE", "COUNTY") and rest[0] not in ("CR", "C")
    if not _is_number(number, letters) or len(rest) - count - 1 > _LONGEST_TAIL:
        return None
    tail = rest[count + 1 :]
    if name[-1] == "HIGHWAY" and count < 2 and rest[0] not in _KINDS and tail and _KINDS.get(tail[0]) == "HIGHWAY":
        tail = tail[1:]  # "US 70 HWY"
    number = number.lstrip("0") or "0" if number.isdigit() else number
    return [*before, *([code] if code else []), *name, number], tail
