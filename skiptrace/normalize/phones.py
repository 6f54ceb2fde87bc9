"""Phone numbers to E.164, with what the number alone can tell and what is odd about it.

The `phonenumbers` library decides what a valid number is. It calls some numbers valid that reach no consumer (service
codes, directory assistance, carrier access); those are refused here. Whether a United States number is a mobile or a
landline cannot be known from its digits, so no line type is given.

`parse` reads one text with the library. `normalize_phones` gives the same answers for a column at memory speed: a
compiled machine reads the plain forms of ten-digit numbers from the column's own bytes, a table compiled from the
library's metadata says what they are, and the columns are gathered from a short list of answers. What is written in any
other way goes to `parse`, once for each distinct text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType, timezone

from skiptrace.columns import as_text, distinct, lift
from skiptrace.normalize.folding import fold
from skiptrace.normalize.phone_table import phone_table
from skiptrace.normalize.words import word_set

if TYPE_CHECKING:
    from skiptrace.kernels.phone_answer import Known

REGION = "US"
LONGEST = 250
FEW = 5_000
"""Rows up to which a column is read text by text: loading the compiled loops takes as long as the library takes for
about so many numbers, and a small run never waits for their first compilation."""
BATCH = 1 << 20
"""Rows that are read at a time, so that intermediate arrays stay small and no text column outgrows its offsets."""

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
_EXTENSION = re.compile(r"(?:;\s*EXT=|,?\s*\b(?:EXTENSION|EXTN|EXT|X)\b|(?<=\d)\s*(?:EXTN|EXT|X)|#)\s*[.:#]*\s*(\d{1,8})\s*$")
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
    if "\ufffd" in text or "\0" in text:  # bytes that were no text: which digit is lost cannot be known
        return "", "not_a_phone"
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


def normalize_phones(values: pa.Array | pa.ChunkedArray, few: int = FEW) -> pa.Table:
    """Phones of a text or number column to PHONE_FIELDS, same rows in the same order; a null gives a row of nulls.

    Each row is what `parse` says of its text, whichever way it was read. `few`: see FEW. Bytes that are no UTF-8 are
    read as replacement marks.
    """
    texts = as_text(values)
    if len(texts) <= few:
        return lift(_decoded(texts), parse, PHONE_FIELDS)
    batches = [chunk.slice(start, BATCH) for chunk in texts.chunks for start in range(0, len(chunk), BATCH) if len(chunk)]
    return pa.concat_tables([_normalize_batch(batch) for batch in batches])


def _decoded(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """The texts, with replacement marks where bytes are no UTF-8."""
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid:
        return as_text(texts.cast(pa.binary()))
    return texts


def _normalize_batch(batch: pa.StringArray) -> pa.Table:
    # Imported here, so that who reads few numbers does not wait for numba.
    from skiptrace.kernels.phone_answer import judge, spell_extensions, spell_numbers
    from skiptrace.kernels.phone_form import FALLBACK, NO_AREA_CODE
    from skiptrace.kernels.phone_scan import scan_column

    scanned = scan_column(batch)
    if not phone_table().ten_only:
        scanned.code[scanned.code >= NO_AREA_CODE] = FALLBACK
    answers, accepted = judge(scanned.code, scanned.number, scanned.extension, _known())
    e164, extension = spell_numbers(accepted), spell_extensions(scanned.extension)
    asked = scanned.code == FALLBACK
    said: dict[_Said, int] = {}
    if asked.any():
        texts, rows = distinct(_decoded(pa.chunked_array([batch.filter(pa.array(asked))])))
        phones = [parse(text) for text in texts]
        e164, extension = (
            pc.replace_with_mask(column, pa.array(asked), pa.array([phone[at] for phone in phones], _TEXT).take(rows))
            for at, column in enumerate((e164, extension))
        )
        places = np.array([said.setdefault(phone[2:], len(said)) for phone in phones], np.int32)
        answers[asked] = _beyond() + places[np.asarray(rows)]
    used = np.flatnonzero(np.bincount(answers))
    short = np.zeros(used[-1] + 1, np.int32)
    short[used] = np.arange(len(used))
    chosen, meant = pa.array(short[answers]), [_meaning(int(answer), list(said)) for answer in used]
    columns = [e164, extension]
    for at, field in enumerate(list(PHONE_FIELDS)[2:]):
        items = [each[at] for each in meant]
        nothing = all(item is None for item in items)
        columns.append(pa.nulls(len(batch), field.type) if nothing else pa.array(items, field.type).take(chosen))
    return pa.Table.from_arrays(columns, schema=PHONE_FIELDS)


_Said = tuple[bool | None, str | None, str | None, tuple[str, ...] | None, tuple[str, ...] | None, str | None]
"""The fields of a row behind its number and extension."""


def _meaning(answer: int, said: list[_Said]) -> _Said:
    """What an answer of `judge` means; `said`: what the library answered, counted on from `_beyond`."""
    from skiptrace.kernels.phone_answer import ACCEPTED, FLAGS, REFUSED
    from skiptrace.kernels.phone_form import BLANK, NO_AREA_CODE, NULL, TOO_LONG, TOO_SHORT

    if answer == NULL:
        return None, None, None, None, None, None
    if answer >= _beyond():
        return said[answer - _beyond()]
    if answer < REFUSED:
        reasons = {BLANK: None, NO_AREA_CODE: "no_area_code", TOO_SHORT: "too_short", TOO_LONG: "too_long"}
        return _refused(reasons[answer])[2:]
    start = REFUSED if answer < ACCEPTED else ACCEPTED
    place, bits = divmod(answer - start, 1 << len(FLAGS))
    flags = tuple(flag for bit, flag in enumerate(FLAGS) if bits >> bit & 1)
    if answer < ACCEPTED:
        return _refused("invalid_number", set(flags))[2:]
    found = phone_table().classes[place]
    return True, found.kind, found.region, found.zones, flags, None


def _beyond() -> int:
    """The first answer that `judge` never gives."""
    from skiptrace.kernels.phone_answer import ACCEPTED, FLAGS

    return ACCEPTED + (len(phone_table().classes) << len(FLAGS))


@lru_cache(maxsize=1)
def _known() -> Known:
    """The numbering plan and the numbers that reach nobody, as the compiled loops take them."""
    from skiptrace.kernels.phone_answer import PLACEHOLDER, PREMIUM, TOLL_FREE, Known

    table = phone_table()
    fillers, directory, empty, premium = (sorted(word for word in words if word.isdecimal()) for words in _junk())
    brought = {"toll_free": TOLL_FREE, "premium": PREMIUM}
    of_exchange = np.zeros(1000, np.uint8)
    for exchanges, flag in ((empty, PLACEHOLDER), (premium, PREMIUM)):
        of_exchange[[int(exchange) for exchange in exchanges if len(exchange) == 3]] |= flag
    return Known(
        table.area,
        table.rows,
        np.array([brought.get(found.kind, 0) for found in table.classes], np.uint8),
        of_exchange,
        np.array([int(line) for line in directory if len(line) == 7], np.int64),
        np.array([int(digits) for digits in fillers if len(digits) == 10], np.int64),
    )
