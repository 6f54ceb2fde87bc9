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

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import as_text, batches, distinct, lift
from skiptrace.normalize.text_buffers import arrow_text
from skiptrace.normalize.words import word_set

_TEXT = pa.string()
SSN_FIELDS = pa.schema([("ssn_token", pa.binary(16)), ("ssn4", _TEXT), ("kind", _TEXT), ("reason", _TEXT)])
"""Columns of `normalize_ssn`. kind: "ssn" or "itin" of a valid number. reason, of the number, else of the last four:
"not_nine_digits", "masked", "invalid_area", "invalid_group", "invalid_serial", "advertised", "repeated_digits",
"placeholder", "invalid_ssn4"."""

_NUMBER_FIELDS = pa.schema([("token", pa.binary(16)), ("last4", _TEXT), ("kind", _TEXT), ("reason", _TEXT)])
_LAST4_FIELDS = pa.schema([("last4", _TEXT), ("reason", _TEXT)])

_PERSON = b"skiptrace-ssn"
_SEPARATORS = str.maketrans("", "", " -.\t\u00a0\u2010\u2011\u2012\u2013\u2014")
_MASKED = re.compile(r"[Xx*#]{5}([0-9]{4})")
_NINE = re.compile(r"[0-9]{9}")
_FOUR = re.compile(r"[0-9]{4}")


_PLAIN_SEPARATORS = np.frombuffer(b"- .", np.uint8)
_REASONS = ("repeated_digits", "placeholder", "advertised", "invalid_area", "invalid_group", "invalid_serial")
"""Why nine digits are no number, in the order in which it is asked."""


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


_ITIN_GROUPS = np.array([_itin(group) for group in range(100)])


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


def normalize_ssn(ssn: pa.Array | pa.ChunkedArray | None, ssn4: pa.Array | pa.ChunkedArray | None, key: bytes) -> pa.Table:
    """Tokens and last fours of two columns of equal length (either may be absent) to SSN_FIELDS, same row order.

    `ssn4` is taken from its own column where that is exactly four digits, not 0000 (three digits have lost one, and
    which one is not known), else from a valid or masked number. Raises ValueError for a bad key or no column.
    """
    token(key, "")
    given = ssn if ssn is not None else ssn4
    if given is None:
        raise ValueError("normalize_ssn needs at least one column")
    empty = pa.nulls(len(given), _TEXT)
    read = [_read_numbers(texts, key) for (texts,) in batches([as_text(empty if ssn is None else ssn)])]
    numbers = pa.Table.from_batches(read, schema=_NUMBER_FIELDS)
    last4s = lift(as_text(empty if ssn4 is None else ssn4), _read_last4, _LAST4_FIELDS)
    return pa.Table.from_arrays(
        [
            numbers["token"],
            pc.coalesce(last4s["last4"], numbers["last4"]),
            numbers["kind"],
            pc.coalesce(numbers["reason"], last4s["reason"]),
        ],
        schema=SSN_FIELDS,
    )


def _read_last4(text: str) -> tuple[str | None, str | None]:
    bare = text.strip() if len(text) <= 64 else "?"
    if not bare:
        return None, None
    good = _FOUR.fullmatch(bare) is not None and bare != "0000"
    return (bare, None) if good else (None, "invalid_ssn4")


def _read_other(text: str) -> tuple[str | None, str | None, int]:
    """(last four, reason, number or -1) of a text in no plain form."""
    parts, reason = _judge(text)
    if parts is not None:
        return None, None, int(parts.digits)
    masked = _MASKED.fullmatch(text.translate(_SEPARATORS)) if reason == "masked" else None
    return (masked[1] if masked and masked[1] != "0000" else None), reason, -1


def _read_numbers(texts: pa.StringArray, key: bytes) -> pa.RecordBatch:
    """One column of numbers. Rows in a plain form are judged as integers, others once for each distinct text."""
    number = _plain_numbers(texts)
    there = texts.is_valid().to_numpy(zero_copy_only=False)
    others, place_of = distinct(texts.take(pa.array(np.flatnonzero(there & (number < 0)))))
    answers = [_read_other(text) for text in others]
    places = np.full(len(texts), -1, np.int64)
    places[there & (number < 0)] = place_of.to_numpy(zero_copy_only=False)
    judged = _reasons(number)
    if others:
        odd = places >= 0
        number[odd] = np.array([answer[2] for answer in answers])[places[odd]]
    good = there & (number >= 0) & (judged < 0)
    reasons = pa.array([*_REASONS, *(answer[1] for answer in answers)], _TEXT)
    reason_at = np.where(places >= 0, len(_REASONS) + places, judged)
    tokens, own = _tokens(number[good], key)
    token_at = np.full(len(texts), -1, np.int64)
    token_at[good] = own
    last4 = pa.concat_arrays([_serials(), pa.array([answer[0] for answer in answers], _TEXT)])
    last4_at = np.where(good, number % 10_000, np.where(places >= 0, 10_000 + places, -1))
    kind_at = np.where(good, number // 900_000_000, -1)
    return pa.RecordBatch.from_arrays(
        [
            _pick(tokens, token_at),
            _pick(last4, last4_at),
            _pick(pa.array(["ssn", "itin"]), kind_at),
            _pick(reasons, reason_at),
        ],
        schema=_NUMBER_FIELDS,
    )


def _pick(pool: pa.Array, places: npt.NDArray[np.int64]) -> pa.Array:
    """The pool's values at the given places, null where a place is negative."""
    return pool.take(pa.array(places, mask=places < 0))


@lru_cache(maxsize=1)
def _serials() -> pa.StringArray:
    return pa.array([f"{serial:04}" for serial in range(10_000)], _TEXT)


def _plain_numbers(texts: pa.StringArray) -> npt.NDArray[np.int64]:
    """The number of each text that is nine digits, or eleven characters with a separator after three and five digits; else -1."""
    found = np.full(len(texts), -1, np.int64)
    starts, data = arrow_text(texts)
    for length, digits, separators in ((9, range(9), ()), (11, (0, 1, 2, 4, 5, 7, 8, 9, 10), (3, 6))):
        rows = np.flatnonzero(np.diff(starts) == length)
        value, good = np.zeros(len(rows), np.int64), np.ones(len(rows), np.bool_)
        for at in digits:
            digit = data[starts[rows] + at] - np.uint8(48)
            good &= digit < 10
            value = value * 10 + digit
        for at in separators:
            good &= np.isin(data[starts[rows] + at], _PLAIN_SEPARATORS)
        found[rows[good]] = value[good]
    return found


def _reasons(number: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """For each number its place in _REASONS, -1 for a valid one or none. The same rules as `_judge`, in the same order."""
    advertised, fillers = (np.array(sorted(map(int, numbers)), np.int64) for numbers in _unissued())
    area, group, serial = number // 1_000_000, number // 10_000 % 100, number % 10_000
    tests = (
        number % 111_111_111 == 0,
        np.isin(number, fillers),
        np.isin(number, advertised),
        (area == 0) | (area == 666) | ((area >= 900) & ~_ITIN_GROUPS[group]),
        group == 0,
        serial == 0,
    )
    return np.where(number < 0, -1, np.select(tests, range(len(tests)), -1))


def _tokens(numbers: npt.NDArray[np.int64], key: bytes) -> tuple[pa.FixedSizeBinaryArray, npt.NDArray[np.int64]]:
    """(the tokens of the distinct numbers, which of them each number has)."""
    encoded = pa.array(numbers).dictionary_encode()
    digits = encoded.dictionary.to_numpy()[:, None] // 10 ** np.arange(8, -1, -1) % 10 + 48
    spelled = digits.astype(np.uint8).tobytes()
    keyed = hashlib.blake2b(digest_size=16, key=key, person=_PERSON)
    made = []
    for at in range(0, len(spelled), 9):
        one = keyed.copy()
        one.update(spelled[at : at + 9])
        made.append(one.digest())
    return pa.array(made, pa.binary(16)), encoded.indices.to_numpy()
