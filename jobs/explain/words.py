"""The sentences of an explanation that do not come from a rule file: statuses, verdicts, what would help."""

from __future__ import annotations

from typing import Final

STATUS: Final = {
    "deceased": "A death is reported: nobody is contacted here until a person has confirmed or cleared it.",
    "held": "A rule stops the whole account: it is not contacted on any channel.",
    "moved": "Found, and moved: another address is now more likely current than the portfolio's.",
    "confirmed": "Found: a reference supports the portfolio's address as current.",
    "located": "Found, with contact points; which address is current is open.",
    "not_found": "Not found: no reference record is known to be the same person.",
}
LINKED_ONLY: Final = "Reference records of the person were found, but no contact point that can be used."
"""What `not_found` means where records are linked all the same."""
DECISION: Final = {
    "permitted": "permitted: no rule objects",
    "conditional": "permitted under duties",
    "stopped": "stopped: not to be used",
}
LACKS: Final = {
    "ssn": "social security number, its last four digits even",
    "dob": "birth date",
    "middle_name": "middle name",
    "phone": "phone",
    "email": "e-mail address",
    "address": "address",
}
"""What a missing comparison would need, by its name; comparisons that are not here weigh too little to ask for."""
PARTS: Final = {
    "first": "first name",
    "first_group": "first name or a short form of it",
    "first_sound": "first name by sound",
    "first_initial": "first initial",
    "last": "last name",
    "last_group": "last name or a short form of it",
    "last_part": "last name or a part of it",
    "last_sound": "last name by sound",
    "last_initial": "last initial",
    "middle_initial": "middle initial",
    "dob": "birth date",
    "dob_ym": "birth year and month",
    "dob_md": "birth month and day",
    "birth_year": "birth year",
    "ssn": "social security number",
    "ssn4": "last four digits of the SSN",
    "phone": "phone",
    "email": "e-mail address",
    "email_user": "e-mail address before the @",
    "house": "house number",
    "street": "street",
    "zip": "ZIP code",
    "zip3": "first three digits of the ZIP code",
    "city": "city",
    "state": "state",
}
KINDS: Final = {"address": "an address", "phone": "a phone", "email": "an e-mail address"}
PRIOR: Final = "Before any field is compared: most pairs that meet at all are different people."


def percent(probability: float) -> str:
    """A probability in percent, never rounded to certainty: >99.9 %, <0.1 %."""
    if 0.999 < probability < 1:
        return ">99.9 %"
    if 0 < probability < 0.001:
        return "<0.1 %"
    return f"{probability * 100:.1f} %"


def listed(words: list[str], last: str = "and") -> str:
    """`a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


def article(word: str) -> str:
    """The word with its indefinite article."""
    return f"an {word}" if word[:1] in "aeiou" else f"a {word}"
