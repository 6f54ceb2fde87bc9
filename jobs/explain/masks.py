"""Personal values as they are shown by default: enough to recognise what one knows, not enough to learn it."""

from __future__ import annotations

from collections.abc import Mapping

from skiptrace.normalize.address_words import address_words

_BOXES = frozenset({"PO", "BOX", "RR", "HC", "PSC", "UNIT", "CMR"})


def name(parts: Mapping[str, str | None]) -> str | None:
    """First and last name as initials: `J*** S***`; None where neither is known."""
    shown = [_word(part) for key in ("first_name", "last_name") for part in (parts.get(key) or "").split()]
    return " ".join(shown) or None


def point(row: Mapping[str, str | None]) -> str:
    """The value of a contact point, masked by its kind. Needs kind, value and, for an address, its parts."""
    value = row["value"] or ""
    if row["kind"] == "phone":
        return f"***-***-{value[-4:]}" if value.startswith("+1") and len(value) == 12 else f"***{value[-4:]}"
    if row["kind"] == "email":
        mailbox, _, domain = value.rpartition("@")
        return f"{mailbox[:1]}***@{domain}"
    return _address(row)


def _address(row: Mapping[str, str | None]) -> str:
    """`1** M*** ST, CITY ST`: first digit of the house, initials of the street; city and state, no ZIP, no unit."""
    house = row.get("house") or ""
    suffixes = set(address_words().suffixes.values())
    words = (row.get("street") or "").split()
    shown = [f"{house[:1]}**"] if house else []
    for place, text in enumerate(words):
        telling = (
            (text in suffixes and place == len(words) - 1 and place > 0)
            or text in _BOXES
            or (len(text) <= 2 and text.isalpha())
        )
        shown.append(text if telling else _word(text))
    town = " ".join(part for part in (row.get("city"), row.get("state")) if part)
    return ", ".join(part for part in (" ".join(shown), town) if part) or "***"


def _word(text: str) -> str:
    return f"{text[:1]}{'**' if text[:1].isdigit() else '***'}"
