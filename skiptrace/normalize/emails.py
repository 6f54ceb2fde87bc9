"""E-mail addresses to lower case, with a key that matches the forms of one mailbox.

The `email-validator` library decides what an address is; nothing is looked up. A misspelled domain is flagged and
never mended: mail to the mended address may reach a stranger, who then learns of a debt.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

import pyarrow as pa
from disposable_email_domains import blocklist
from email_validator import EmailNotValidError, validate_email

from skiptrace.columns import lift
from skiptrace.normalize.words import read_lists, word_set

LONGEST = 500

_TEXT = pa.string()
EMAIL_FIELDS = pa.schema(
    [("value", _TEXT), ("match_key", _TEXT), ("domain", _TEXT), ("flags", pa.list_(_TEXT)), ("reason", _TEXT)]
)
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


def _flags(local: str, domain: str) -> tuple[str, ...]:
    found = []
    if local.split("+", 1)[0] in _words("roles"):
        found.append("role")
    if _is_disposable(domain):
        found.append("disposable")
    if domain in _words("free"):
        found.append("free")
    if domain in _words("typo_domains") or domain.rsplit(".", 1)[-1] in _words("typo_endings"):
        found.append("typo_domain")
    if domain in _words("text_gateways"):
        found.append("text_gateway")
    return tuple(sorted(found))


def _validated(address: str) -> tuple[str, str] | None:
    """(local part, ASCII domain) in lower case, or None. Reserved domains pass by their form: demos use them."""
    local, _, domain = address.rpartition("@")
    reserved = _RESERVED.search(domain.lower()) is not None
    try:
        checked = validate_email(f"{local}@{domain}.com" if reserved else address, check_deliverability=False)
    except (EmailNotValidError, ValueError):  # ValueError: idna on labels it cannot encode
        return None
    found = checked.ascii_domain.lower()
    return checked.local_part.lower(), found.removesuffix(".com") if reserved else found


def parse(text: str) -> Email:
    """Read one address, without "mailto:", display name, brackets and marks around it. Never raises."""
    if len(text) > LONGEST:
        return _refused(None if not text.strip() else "two_values" if text.count("@") > 1 else "not_an_email")
    bare = text.translate(_INVISIBLE).strip().strip("\"'`,;| ")
    if not bare:
        return _refused(None)
    if bare.lower().startswith("mailto:"):
        bare = bare[7:].strip()
    if shown := _DISPLAYED.match(bare):
        bare = shown[1].strip()
    bare = bare.strip("<>()[]. ")
    if bare.count("@") > 1 and re.search(r"[\s,;|/&]", bare):
        return _refused("two_values")
    if "@" not in bare:
        digits = sum(letter.isdigit() for letter in bare)
        return _refused("wrong_kind_phone" if digits >= 7 and not re.search(r"[A-Za-z]{3}", bare) else "not_an_email")
    found = _validated(bare)
    if found is None:
        return _refused("invalid_syntax")
    local, domain = found
    value = f"{local}@{domain}"
    if value in _words("placeholders") or domain in _words("placeholder_domains"):
        return _refused("placeholder")
    return Email(value, _match_key(local, domain), domain, _flags(local, domain), None)


def normalize_emails(values: pa.Array | pa.ChunkedArray) -> pa.Table:
    """Addresses of a text column to EMAIL_FIELDS, same rows in the same order; a null gives a row of nulls."""
    return lift(values, parse, EMAIL_FIELDS)
