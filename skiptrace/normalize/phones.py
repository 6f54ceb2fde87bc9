"""Phone numbers to E.164, with what the number alone can tell and what is odd about it.

The `phonenumbers` library decides what a valid number is. It calls some numbers valid that reach no consumer (service
codes, directory assistance, carrier access); those are refused here. Whether a United States number is a mobile or a
landline cannot be known from its digits, so no line type is given.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
import pyarrow as pa
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType, timezone

from skiptrace.columns import lift
from skiptrace.normalize.folding import fold
from skiptrace.normalize.words import word_set

REGION = "US"
LONGEST = 250

_TEXT = pa.string()
PHONE_FIELDS = pa.schema(
    [
        ("e164", _TEXT), ("extension", _TEXT), ("valid", pa.bool_()), ("kind", _TEXT), ("region", _TEXT),
        ("zones", pa.list_(_TEXT)), ("flags", pa.list_(_TEXT)), ("reason", _TEXT),
    ]
)  # fmt: skip
"""Columns of `normalize_phones`: see `Phone`."""

_KINDS = {
    PhoneNumberType.FIXED_LINE: "fixed", PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_or_mobile", PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium", PhoneNumberType.SHARED_COST: "shared_cost", PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "personal", PhoneNumberType.PAGER: "pager", PhoneNumberType.UAN: "uan",
    PhoneNumberType.VOICEMAIL: "voicemail",
}  # fmt: skip
_LABEL = re.compile(r"^(?:TEL(?:EPHONE)?|PHONE|PH|CELL|MOBILE|HOME|WORK|FAX)\b\s*[:.#]?\s*")
_EXTENSION = re.compile(
    r"(?:;\s*EXT=|,?\s*\b(?:EXTENSION|EXTN|EXT|X)\b|(?<=\d)\s*(?:EXTN|EXT|X)|#)\s*[.:#]*\s*(\d{1,8})\s*$"
)
_BETWEEN = re.compile(r"[,;/|&\n]|\bOR\b|\bAND\b")
_TWO_RUNS = re.compile(r"\d{10,11}\s+\d{10,11}")


class Phone(NamedTuple):
    """One number. `e164` is None where there is none to use; then `reason` says why.

    kind: what the number plan alone says ("fixed_or_mobile" for nearly every number of the United States and Canada).
    region: two letters. zones: sorted IANA names the number may stand in (for toll-free and premium numbers every zone
    of the numbering plan). flags, sorted: "fictional" (555-01xx), "repeated", "placeholder", "n11" (service-code
    exchange), "toll_free", "premium". reason: "two_values", "wrong_kind_email", "not_a_phone", "no_area_code",
    "too_short", "too_long", "invalid_number"; None where there is a number or no text.
    """

    e164: str | None
    extension: str | None
    valid: bool
    kind: str | None
    region: str | None
    zones: tuple[str, ...]
    flags: tuple[str, ...]
    reason: str | None


def _refused(reason: str | None, flags: set[str] | None = None) -> Phone:
    return Phone(None, None, False, None, None, (), tuple(sorted(flags or ())), reason)


@lru_cache(maxsize=1)
def _junk() -> tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]:
    """(ten digits that fill a field, seven of directory assistance, exchanges without subscribers, premium ones)."""
    names = ("fillers", "directory", "exchanges_without_subscribers", "premium_exchanges")
    fillers, directory, empty, premium = (word_set("phones", name) for name in names)
    return fillers, directory, empty, premium


def _national_flags(digits: str) -> tuple[set[str], bool]:
    """(flags of ten digits, whether no consumer can have them)."""
    fillers, directory, without_subscribers, premium = _junk()
    flags, refused = set(), False
    exchange, line = digits[3:6], digits[6:]
    if len(set(digits)) == 1:
        flags.add("repeated")
        refused = True
    elif len(set(digits[3:])) == 1:
        flags.add("repeated")
    if digits in fillers or digits[3:] in directory or exchange in without_subscribers:
        flags.add("placeholder")
        refused = True
    if exchange == "555" and line.startswith("01"):
        flags.add("fictional")
    if exchange[1:] == "11" or digits[1:3] == "11":
        flags.add("n11")
        refused = True
    if exchange in premium:
        flags.add("premium")
    return flags, refused


def _prepare(text: str) -> tuple[str, str | None]:
    """(text for the library, reason for refusing it). Both are empty or None for an empty cell."""
    if len(text) > LONGEST:
        return "", "too_long" if text.strip() else None
    if "@" in text and re.search(r"[^\s@]@[^\s@]+\.", text):
        return "", "wrong_kind_email"
    lines = text.strip().replace("\r", "\n")
    plain = fold(lines.replace("\n", " | ")).text.strip(" |,;")
    plain = _LABEL.sub("", plain)
    plain = re.sub(r"^(\+?\d{10,15})\.0$", r"\1", plain)
    if not plain:
        return "", None if not text.strip() else "not_a_phone"
    pieces = [piece for piece in _BETWEEN.split(plain) if sum(letter.isdigit() for letter in piece) >= 7]
    if len(pieces) > 1 or _TWO_RUNS.search(plain):
        return "", "two_values"
    bare = _EXTENSION.sub("", plain)
    if re.search(r"[A-Z]", bare) or not re.search(r"\d", bare):
        return "", "not_a_phone"
    return plain, None


def parse(text: str) -> Phone:
    """Read one phone number; a number without a country code is read as one of the United States. Never raises.

    A ten-digit number that the plan does not have is "invalid_number". Fictional 555-01xx numbers keep their E.164.
    """
    plain, reason = _prepare(text)
    if not plain:
        return _refused(reason)
    try:
        number = phonenumbers.parse(plain, REGION)
    except NumberParseException as error:
        short = error.error_type in (NumberParseException.TOO_SHORT_NSN, NumberParseException.TOO_SHORT_AFTER_IDD)
        long = error.error_type == NumberParseException.TOO_LONG
        return _refused("too_short" if short else "too_long" if long else "not_a_phone")
    return _describe(number, re.sub(r"\D", "", _EXTENSION.sub("", plain)))


def _describe(number: PhoneNumber, written: str) -> Phone:
    """`written`: the digits of the text, without an extension."""
    flags: set[str] = set()
    refused = False
    digits = phonenumbers.national_significant_number(number)
    if number.country_code == 1:
        ten = digits if len(digits) == 10 else written if len(written) == 10 else ""
        if ten:
            flags, refused = _national_flags(ten)
    if refused or not phonenumbers.is_valid_number(number):
        if number.country_code == 1 and len(digits) < 10 and len(written) < 10:
            return _refused("no_area_code" if len(digits) == 7 else "too_short", flags)
        if number.country_code == 1 and len(digits) > 10:
            return _refused("too_long", flags)
        return _refused("invalid_number", flags)
    kind = _KINDS.get(phonenumbers.number_type(number), "unknown")
    if kind in ("toll_free", "premium"):
        flags.add(kind)
    zones = sorted(set(timezone.time_zones_for_number(number)) - {timezone.UNKNOWN_TIMEZONE})
    return Phone(
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        number.extension or None,
        True,
        kind,
        phonenumbers.region_code_for_number(number),
        tuple(zones),
        tuple(sorted(flags)),
        None,
    )


def normalize_phones(values: pa.Array | pa.ChunkedArray) -> pa.Table:
    """Phones of a text or number column to PHONE_FIELDS, same rows in the same order; a null gives a row of nulls."""
    return lift(values, parse, PHONE_FIELDS)
