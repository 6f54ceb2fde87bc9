"""City, state, postal code and country to canonical form. Nothing is repaired: a ZIP that lost its zero is no ZIP."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from skiptrace.normalize.folding import LONGEST, fold
from skiptrace.normalize.words import read_lists, read_rows, word_map, word_set

_ZIP = re.compile(r"(\d{5})(?:[- ]?(\d{4}))?(?:\.0)?")
_CANADIAN = re.compile(r"[A-Z]\d[A-Z][ -]?\d[A-Z]\d")
_CANADIAN_SPACE = re.compile(r"([A-Z]\d[A-Z])[ -]?(\d[A-Z]\d)")
_TAIL = re.compile(r"(.*?),? +([A-Z]{2}),? +(\d{5}(?:-?\d{4})?|[A-Z]\d[A-Z] ?\d[A-Z]\d)")
_CARE_OF = re.compile(r"(?:C/O|C\\O|CARE OF|IN CARE OF|ATTN|ATTENTION)\b|%")
_MILITARY_CITIES = {"A P O": "APO", "F P O": "FPO", "D P O": "DPO"}


TERRITORIES = frozenset({"PR", "VI", "GU", "AS", "MP"})
"""Countries of the postal world that are states of the United States here."""
MILITARY_STATES = frozenset({"AA", "AE", "AP"})


class Place(NamedTuple):
    """Where an address lies; what is not known is None. `zip5` holds the postal code of other countries as written."""

    city: str | None
    state: str | None
    zip5: str | None
    zip4: str | None
    country: str | None


@lru_cache(maxsize=1)
def _states() -> dict[str, tuple[str, str]]:
    return {row["variant"]: (row["state"], row["country"]) for row in read_rows("states")}


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    return word_map("countries", "variant", "country")


@lru_cache(maxsize=1)
def _no_cities() -> frozenset[str]:
    return word_set("addresses", "city_placeholders")


def _letters(text: str) -> str:
    """Folded text with letters, digits, hyphens and single spaces."""
    plain = re.sub(r"[.']", " " if re.fullmatch(r"(?:[A-Z]\. ?)+", text) else "", text)
    return " ".join(re.sub(r"[^A-Z0-9 -]+", " ", plain).split())


def _city_words(plain: str) -> str:
    """A city with the words in front in full: "E ST LOUIS" is EAST SAINT LOUIS, "FT WORTH" is FORT WORTH."""
    words, full = plain.replace("-", " ").split(), read_lists("addresses")["city_words"]
    for at in range(min(2, len(words) - 1)):
        if words[at] not in full:
            break
        words[at] = full[words[at]]
    return " ".join(words)


@lru_cache(maxsize=65_536)
def _read_city(text: str) -> str | None:
    plain = fold(text).text
    if _CARE_OF.match(plain):
        return None
    name, comma, tail = plain.rpartition(",")
    plain = _letters(name if comma and read_state(tail)[0] else plain).strip("-")
    city = _city_words(_MILITARY_CITIES.get(plain, plain))
    return city if re.search(r"[A-Z]", city) and city not in _no_cities() else None


def read_city(text: str) -> str | None:
    """A city in upper-case ASCII, its first words in full and without hyphens (Publication 28, 222 and 223).

    None for a placeholder, a care-of, or a text without letters."""
    return None if not text or len(text) > LONGEST else _read_city(text)


@lru_cache(maxsize=8_192)
def _read_state(text: str) -> tuple[str | None, str | None]:
    plain = _letters(fold(text).text)
    return _states().get(plain) or _states().get(plain.replace(" ", "")) or (None, None)


def read_state(text: str) -> tuple[str | None, str | None]:
    """(code, country) of a state, territory or province by code, name or old abbreviation; (None, None) if unknown."""
    return (None, None) if not text or len(text) > LONGEST else _read_state(text)


def read_country(text: str) -> str | None:
    """Two-letter country of a name or code; None where it is not known."""
    plain = _letters(fold(text).text) if text and len(text) <= LONGEST else ""
    return _countries().get(plain) or (plain if re.fullmatch(r"[A-Z]{2}", plain) else None)


def read_zip(text: str) -> tuple[str | None, str | None]:
    """(ZIP5, ZIP+4) of five or nine digits, else (None, None)."""
    found = _ZIP.fullmatch(text.strip()) if text and len(text) <= LONGEST and text.isascii() else None
    return (found[1], found[2]) if found else (None, None)


def read_place(
    city: str, state: str, postal_code: str, country: str, hint: tuple[str, str, str] = ("", "", "")
) -> Place:
    """The place of an address from its columns; `hint`: city, state and ZIP that stood in the street line.

    Without a country it is Canada where the province or the postal code says so, else the United States where any
    part is known. A city column that holds "SEATTLE, WA 98101" fills the state and ZIP that are empty.
    """
    tail = _TAIL.fullmatch(fold(city).text) if "," in city and not (state.strip() and postal_code.strip()) else None
    if tail is not None and read_state(tail[2])[0]:
        city, state, postal_code = tail[1], state.strip() or tail[2], postal_code.strip() or tail[3]
    city_name = read_city(city) or read_city(hint[0])
    code, of_country = read_state(state) if state.strip() else read_state(hint[1])
    postal = fold(postal_code).text if len(postal_code) <= LONGEST else ""
    nation = read_country(country)
    if nation in TERRITORIES:
        code, of_country, nation = nation, "US", "US"
    if nation is None and not country.strip():
        nation = "CA" if _CANADIAN.fullmatch(postal) else of_country
    if nation == "US" or (nation is None and not country.strip()):
        zip5, zip4 = read_zip(postal or hint[2])
        known = city_name or code or zip5
        return Place(city_name, code if of_country != "CA" else None, zip5, zip4, "US" if nation or known else None)
    if of_country != nation:
        code = _letters(fold(state).text)[:32] or None
    if nation == "CA":
        postal = _CANADIAN_SPACE.sub(r"\1 \2", postal)
    return Place(city_name, code, postal if 0 < len(postal) <= 12 else None, None, nation)


def country_of_lines(state: str, postal_code: str, country: str) -> str | None:
    """The country that decides how street lines are read, "??" for one that is not known; None where no column tells.

    Puerto Rico ("PR") has street lines of its own; the other territories have those of the United States."""
    nation = read_country(country) if country.strip() else read_place("", state, postal_code, "").country
    if nation == "PR" or (nation in (None, "US") and read_state(state)[0] == "PR" and (nation or not country.strip())):
        return "PR"
    return "US" if nation in TERRITORIES else nation or ("??" if country.strip() else None)
