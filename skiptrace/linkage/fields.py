"""Which blocking keys a delivery can have, by the columns that it maps: a record without any is never compared with anybody."""

from __future__ import annotations

from collections.abc import Collection

from skiptrace.linkage.rules import Key, LinkageRules

_FIRST, _LAST = ("full_name", "first_name"), ("full_name", "last_name")
_COLUMNS = {
    **dict.fromkeys(("first", "first_group", "first_sound", "first_initial"), _FIRST),
    **dict.fromkeys(("last", "last_group", "last_sound", "last_initial"), _LAST),
    "last_part": (*_LAST, "former_names"), "middle_initial": ("full_name", "middle_name"),
    **dict.fromkeys(("dob", "dob_ym", "dob_md", "birth_year"), ("dob",)),
    "ssn": ("ssn",), "ssn4": ("ssn", "ssn4"), "phone": ("phone", "phones"),
    **dict.fromkeys(("email", "email_user"), ("email", "emails")),
    **dict.fromkeys(("house", "street"), ("address_line1", "address_line2")),
    **dict.fromkeys(("zip", "zip3"), ("postal_code",)), "city": ("city",), "state": ("state",),
}  # fmt: skip
"""The columns of which one must be mapped for a part to be there."""


def usable_keys(rules: LinkageRules, columns: Collection[str]) -> tuple[Key, ...]:
    """The keys all of whose parts can come from some of the mapped canonical `columns`."""
    return tuple(key for key in rules.keys if all(any(column in columns for column in _COLUMNS[part]) for part in key.parts))


def wanting() -> str:
    """What to map so that a delivery has a key, for a person to read."""
    return "map names with a birth date, an SSN's last four or an address; or a phone or an e-mail address"
