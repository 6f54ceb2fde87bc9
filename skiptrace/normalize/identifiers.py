"""Social security numbers: judged by the rules of the Social Security Administration and turned into keyed tokens.

The plain number lives only inside these functions. No table, message or repr of theirs holds it; equal numbers give
equal tokens under one key and tell nothing without it. A letter that looks like a digit is not repaired: a token of a
guessed number would say "the same person" about two people.

Rules: 20 CFR 422.103 and SSA's "Invalid SSNs": area 000, 666 and 900 to 999, group 00 and serial 0000 were never
issued. Numbers of taxpayers (ITIN, area 900 to 999 with group 50-65, 70-88, 90-92 or 94-99) come from the IRS.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import as_text, lift
from skiptrace.normalize.words import word_set

_TEXT = pa.string()
SSN_FIELDS = pa.schema([("ssn_token", pa.binary(16)), ("ssn4", _TEXT), ("kind", _TEXT), ("reason", _TEXT)])
"""Columns of `normalize_ssn`. kind: "ssn" or "itin" of a valid number. reason, of the number, else of the last four:
"not_nine_digits", "masked", "invalid_area", "invalid_group", "invalid_serial", "advertised", "repeated_digits",
"placeholder", "invalid_ssn4"."""

_PERSON = b"skiptrace-ssn"
_SEPARATORS = str.maketrans("", "", " -.\t\u00a0\u2010\u2011\u2012\u2013\u2014")
_MASKED = re.compile(r"[Xx*#]{5}([0-9]{4})")
_NINE = re.compile(r"[0-9]{9}")
_FOUR = re.compile(r"[0-9]{4}")


@dataclass(frozen=True, slots=True)
class SsnParts:
    """A valid number. `digits` (nine) never shows in a repr; `kind` is "ssn" or "itin"."""

    digits: str = field(repr=False)
    kind: str

    @property
    def serial(self) -> str:
        """The last four digits."""
        return self.digits[5:]


@lru_cache(maxsize=1)
def _unissued() -> tuple[frozenset[str], frozenset[str]]:
    return word_set("identifiers", "advertised"), word_set("identifiers", "fillers")


def _itin(group: int) -> bool:
    return 50 <= group <= 65 or 70 <= group <= 88 or 90 <= group <= 92 or 94 <= group <= 99


def _judge(text: str) -> tuple[SsnParts | None, str | None]:
    """The number, or the reason why there is none; both None for an empty text."""
    bare = text.translate(_SEPARATORS) if len(text) <= 64 else "?"
    if not bare:
        return None, None
    if not _NINE.fullmatch(bare):
        return None, "masked" if _MASKED.fullmatch(bare) else "not_nine_digits"
    advertised, fillers = _unissued()
    area, group, serial = bare[:3], bare[3:5], bare[5:]
    if len(set(bare)) == 1:
        return None, "repeated_digits"
    if bare in fillers:
        return None, "placeholder"
    if bare in advertised:
        return None, "advertised"
    if area == "000" or area == "666" or (area[0] == "9" and not _itin(int(group))):
        return None, "invalid_area"
    if group == "00":
        return None, "invalid_group"
    if serial == "0000":
        return None, "invalid_serial"
    return SsnParts(bare, "itin" if area[0] == "9" else "ssn"), None


def parse_ssn(text: str) -> SsnParts | None:
    """A valid number out of nine digits with or without separators, else None. Never raises."""
    return _judge(text)[0]


def token(key: bytes, digits: str) -> bytes:
    """Keyed BLAKE2b (16 bytes) of nine digits, in a domain of its own. ValueError unless the key has 1 to 64 bytes."""
    if not 1 <= len(key) <= 64:  # without a key BLAKE2b would be a plain hash, and nine digits are soon tried out
        raise ValueError("the token key must have 1 to 64 bytes")
    return hashlib.blake2b(digits.encode(), digest_size=16, key=key, person=_PERSON).digest()


def normalize_ssn(
    ssn: pa.Array | pa.ChunkedArray | None, ssn4: pa.Array | pa.ChunkedArray | None, key: bytes
) -> pa.Table:
    """Tokens and last fours of two columns of equal length (either may be absent) to SSN_FIELDS, same row order.

    `ssn4` is taken from its own column where that is exactly four digits, not 0000 (three digits have lost one, and
    which one is not known), else from a valid or masked number. Raises ValueError for a bad key or no column.
    """
    token(key, "")
    given = ssn if ssn is not None else ssn4
    if given is None:
        raise ValueError("normalize_ssn needs at least one column")
    empty = pa.nulls(len(given), _TEXT)
    number_fields = pa.schema([("token", pa.binary(16)), ("last4", _TEXT), ("kind", _TEXT), ("reason", _TEXT)])

    def read_number(text: str) -> tuple[object, ...]:
        parts, reason = _judge(text)
        if parts is not None:
            return token(key, parts.digits), parts.serial, parts.kind, None
        masked = _MASKED.fullmatch(text.translate(_SEPARATORS)) if reason == "masked" else None
        last4 = masked[1] if masked and masked[1] != "0000" else None
        return None, last4, None, reason

    def read_last4(text: str) -> tuple[object, ...]:
        bare = text.strip() if len(text) <= 64 else "?"
        if not bare:
            return None, None
        good = _FOUR.fullmatch(bare) is not None and bare != "0000"
        return (bare, None) if good else (None, "invalid_ssn4")

    numbers = lift(as_text(empty if ssn is None else ssn), read_number, number_fields)
    last4_fields = pa.schema([("last4", _TEXT), ("reason", _TEXT)])
    last4s = lift(as_text(empty if ssn4 is None else ssn4), read_last4, last4_fields)
    return pa.Table.from_arrays(
        [
            numbers["token"],
            pc.coalesce(last4s["last4"], numbers["last4"]),
            numbers["kind"],
            pc.coalesce(numbers["reason"], last4s["reason"]),
        ],
        schema=SSN_FIELDS,
    )
