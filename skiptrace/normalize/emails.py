"""E-mail addresses to lower case, with a key that matches the forms of one mailbox.

The `email-validator` library decides what an address is; nothing is looked up. A misspelled domain is flagged and
never mended: mail to the mended address may reach a stranger, who then learns of a debt.

`parse` reads one text with the library. `normalize_emails` gives the same answers for a column at memory speed: a byte
machine (`skiptrace.kernels.email_scan`) reads plain addresses, facts about domains are looked up once for each domain,
and whatever is written in another way goes to `parse`, once for each distinct text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from disposable_email_domains import blocklist
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from skiptrace.columns import as_text, batches, distinct, lift
from skiptrace.kernels.compiling import is_compiled
from skiptrace.normalize.text_buffers import arrow_text, text_of
from skiptrace.normalize.words import read_lists, word_set

if TYPE_CHECKING:
    from skiptrace.kernels.email_scan import Providers
    from skiptrace.kernels.interning import Table

LONGEST = 500
COLUMNS_FROM, COLUMNS_FROM_UNCOMPILED = 2_000, 40_000
"""Rows from which a column is read by the byte machine: below, loading or compiling its loops costs more than it saves."""

_TEXT = pa.string()
EMAIL_FIELDS = pa.schema([("value", _TEXT), ("match_key", _TEXT), ("domain", _TEXT), ("flags", pa.list_(_TEXT)), ("reason", _TEXT)])
"""Columns of `normalize_emails`: see `Email`."""

_RESERVED = re.compile(r"\.(?:test|invalid|local|localhost|onion)$|\.arpa$")
_INVISIBLE = dict.fromkeys((*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF, 0x00AD))
_DISPLAYED = re.compile(r"^[^<>@]*<([^<>]+)>$")


class Email(NamedTuple):
    """One address. `value` is None where there is none; then `reason` says why.

    match_key: the mailbox, for matching only (dots and tags gone where the provider ignores them). domain: ASCII.
    flags, sorted: "role", "disposable", "free", "typo_domain", "text_gateway" (arrives as a text message). reason:
    "two_values", "wrong_kind_phone", "not_an_email", "invalid_syntax", "placeholder"; None for an address or no text.
    """

    value: str | None
    match_key: str | None
    domain: str | None
    flags: tuple[str, ...]
    reason: str | None


def _refused(reason: str | None) -> Email:
    return Email(None, None, None, (), reason)


@lru_cache(maxsize=16)
def _words(key: str) -> frozenset[str]:
    return frozenset(word.lower() for word in word_set("emails", key))


@lru_cache(maxsize=1)
def _providers() -> dict[str, Any]:
    return dict(read_lists("emails")["providers"])


def _is_disposable(domain: str) -> bool:
    labels = domain.split(".")
    return any(".".join(labels[at:]) in blocklist for at in range(len(labels) - 1))


def _match_key(local: str, domain: str) -> str:
    provider = _providers().get(domain)
    if provider is None:
        return f"{local}@{domain}"
    mailbox = local.split(provider["tags"], 1)[0] if provider.get("tags") else local
    if provider.get("dots"):
        mailbox = mailbox.replace(".", "")
    return f"{mailbox or local}@{provider.get('same_as', domain)}"


def _is_reserved(domain: str) -> bool:
    return _RESERVED.search(domain) is not None


def _flags(domain: str) -> tuple[str, ...]:
    found = []
    if _is_disposable(domain):
        found.append("disposable")
    if domain in _words("free"):
        found.append("free")
    if domain in _words("typo_domains") or domain.rsplit(".", 1)[-1] in _words("typo_endings"):
        found.append("typo_domain")
    if domain in _words("text_gateways"):
        found.append("text_gateway")
    return tuple(sorted(found))


def _with_role(flags: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted((*flags, "role")))


def _validated(address: str) -> tuple[str, str] | None:
    """(local part, ASCII domain) in lower case, or None. Reserved domains pass by their form: demos use them."""
    local, _, domain = address.rpartition("@")
    reserved = _is_reserved(domain.lower())
    try:
        checked = validate_email(f"{local}@{domain}.com" if reserved else address, check_deliverability=False)
    except (EmailNotValidError, ValueError):  # ValueError: idna on labels it cannot encode
        return None
    found = checked.ascii_domain.lower()
    return checked.local_part.lower(), found.removesuffix(".com") if reserved else found


def _stripped(text: str) -> str:
    return text.translate(_INVISIBLE).strip().strip("\"'`,;| ")


def unwrap(text: str) -> str:
    """A text without "mailto:", display name, brackets, and the quotes, marks and spaces around it."""
    bare = _stripped(text)
    if bare.lower().startswith("mailto:"):
        bare = bare[7:].strip()
    if shown := _DISPLAYED.match(bare):
        bare = shown[1].strip()
    return bare.strip("<>()[]. ")


def parse(text: str) -> Email:
    """Read one address, without what surrounds it (see `unwrap`). Never raises."""
    if len(text) > LONGEST:
        return _refused(None if not text.strip() else "two_values" if text.count("@") > 1 else "not_an_email")
    bare = unwrap(text)
    if not bare and not _stripped(text):
        return _refused(None)
    if bare.count("@") > 1 and re.search(r"[\s,;|/&]", bare):
        return _refused("two_values")
    if "@" not in bare:
        digits = sum(letter.isdigit() for letter in bare)
        return _refused("wrong_kind_phone" if digits >= 7 and not re.search(r"[A-Za-z]{3}", bare) else "not_an_email")
    found = None if "\ufffd" in bare else _validated(bare)  # the mark of bytes that were no text, which the library lets pass
    if found is None:
        return _refused("invalid_syntax")
    local, domain = found
    value = f"{local}@{domain}"
    if value in _words("placeholders") or domain in _words("placeholder_domains"):
        return _refused("placeholder")
    flags = _flags(domain)
    if local.split("+", 1)[0] in _words("roles"):
        flags = _with_role(flags)
    return Email(value, _match_key(local, domain), domain, flags, None)


def normalize_emails(values: pa.Array | pa.ChunkedArray) -> pa.Table:
    """Addresses of a text column to EMAIL_FIELDS, same rows in the same order; a null gives a row of nulls."""
    if len(values) < (COLUMNS_FROM if is_compiled("scan_emails") else COLUMNS_FROM_UNCOMPILED):
        return lift(values, parse, EMAIL_FIELDS)
    return pa.Table.from_batches([_read(texts) for (texts,) in batches([as_text(values)])], schema=EMAIL_FIELDS)


_ROLE, _SUSPECT = 2, 4
"""Bits of mailboxes: one of a function; one that stands in an address that only fills the field."""


@lru_cache(maxsize=1)
def _mailboxes() -> tuple[Table, npt.NDArray[np.uint8]]:
    from skiptrace.kernels.interning import intern_spans, new_table  # loads numba

    suspects = {address.split("@")[0] for address in _words("placeholders")}
    words = sorted(_words("roles") | suspects)
    bits = [_ROLE * (word in _words("roles")) + _SUSPECT * (word in suspects) for word in words]
    encoded = [word.encode() for word in words]
    bounds = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    table, _ = intern_spans(np.frombuffer(b"".join(encoded), np.uint8), bounds, new_table(np.uint8))
    return table, np.array(bits, np.uint8)


def _read(texts: pa.StringArray) -> pa.RecordBatch:
    from skiptrace.kernels.email_scan import match_keys, scan_column  # loads numba
    from skiptrace.kernels.interning import content_of

    found = scan_column(*arrow_text(texts), *_mailboxes())
    domains = [content_of(found.domains, at).tobytes().decode() for at in range(int(found.domains.count[0]))]
    known = np.array([_is_reserved(domain) or not _is_special(domain) for domain in domains], np.bool_)
    filler = np.array([domain in _words("placeholder_domains") for domain in domains], np.bool_)
    rows = len(texts)
    there = texts.is_valid().to_numpy(zero_copy_only=False)
    plain = there & (found.code > 0)
    plain[plain] = known[found.domain[plain]]
    odd = np.flatnonzero(there & ~plain)
    others, places = distinct(texts.take(pa.array(odd)))
    answers = _Others(odd, places.to_numpy(zero_copy_only=False), [parse(text) for text in others])

    value = text_of(found.offsets, found.values)
    at = np.arange(rows, dtype=np.int32)
    refused = plain & (found.code & _SUSPECT > 0)
    refused[refused] = [address in _words("placeholders") for address in value.take(pa.array(np.flatnonzero(refused))).to_pylist()]
    refused[plain] |= filler[found.domain[plain]]
    plain &= ~refused
    own_rule, providers = _rules(domains)
    shared = np.flatnonzero(plain)
    shared = shared[own_rule[found.domain[shared]]]
    key_at = at.copy()
    key_at[shared] = rows + np.arange(len(shared), dtype=np.int32)
    flags = [_flags(domain) for domain in domains]
    flags += [_with_role(own) for own in flags]
    flag_at = np.where(plain, found.domain + np.where(found.code & _ROLE, len(domains), 0), len(flags)).astype(np.int32)
    return pa.RecordBatch.from_arrays(
        [
            answers.fill("value", value, at, plain),
            answers.fill("match_key", pa.concat_arrays([value, text_of(*match_keys(found, shared, providers))]), key_at, plain),
            answers.fill("domain", pa.array(domains, _TEXT), found.domain, plain),
            answers.fill("flags", pa.array([*flags, ()], pa.list_(_TEXT)), flag_at, there),
            answers.fill("reason", pa.array(["placeholder"]), np.zeros(rows, np.int32), refused),
        ],
        schema=EMAIL_FIELDS,
    )


class _Others(NamedTuple):
    """What was read text by text: answers, and which of them each of the given rows has."""

    rows: npt.NDArray[np.int64]
    places: npt.NDArray[np.int32]
    answers: list[Email]

    def fill(self, field: str, pool: pa.Array, places: npt.NDArray[np.int32], there: npt.NDArray[np.bool_]) -> pa.Array:
        """One column: the pool's values at the given places, null where not `there`, with these rows' own values."""
        if len(self.rows):
            places, there = places.copy(), there.copy()
            places[self.rows] = len(pool) + self.places
            there[self.rows] = True
            pool = pa.concat_arrays([pool, pa.array([getattr(answer, field) for answer in self.answers], pool.type)])
        return pool.take(pa.array(places, mask=None if there.all() else ~there))


def _is_special(domain: str) -> bool:
    """Whether the library may refuse a domain for its name."""
    return any(domain == name or domain.endswith(f".{name}") for name in SPECIAL_USE_DOMAIN_NAMES)


def _rules(domains: Sequence[str]) -> tuple[npt.NDArray[np.bool_], Providers]:
    """(which domains have rules of their own for mailboxes; these rules)."""
    from skiptrace.kernels.email_scan import Providers

    rules = [_providers().get(domain) for domain in domains]
    tags = [str(rule.get("tags", "")) if rule else "" for rule in rules]
    names = [str(rule.get("same_as", domain) if rule else domain).encode() for rule, domain in zip(rules, domains, strict=True)]
    return np.array([rule is not None for rule in rules], np.bool_), Providers(
        np.array([bool(rule and rule.get("dots")) for rule in rules], np.bool_),
        np.array([ord(tag) if tag else 0 for tag in tags], np.uint8),
        np.frombuffer(b"".join(names), np.uint8),
        np.cumsum([0, *map(len, names)], dtype=np.int64),
    )
