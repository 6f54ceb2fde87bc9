"""The canonical columns that a project file may map, with the types an expression may have and what each means.

One table of names serves the check of the project file, the check of a mapping against a delivery, and documentation.
Types are `text`, `integer`, `number`, `date`, `timestamp`, `boolean` and `list` (a list of text). Identifiers and
codes with leading zeros take text only: a number has already lost them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from skiptrace.vocabulary import ACCOUNT_FLAGS, CONSENT_CHANNELS

_TEXT: Final = ("text",)
_KEY: Final = ("text", "integer")
_DATE: Final = ("text", "date", "timestamp")
_FLAG: Final = ("boolean", "text", "integer")


@dataclass(frozen=True)
class Field:
    """A canonical column: its name, the types its expression may have, whether several expressions are allowed, and
    the sentence that explains it."""

    name: str
    accepts: tuple[str, ...]
    sentence: str
    several: bool = False

    @property
    def is_date(self) -> bool:
        """Whether `formats` may give a form for it."""
        return "date" in self.accepts


_PERSON: Final = (
    Field("full_name", _TEXT, "The whole name; fills where the parts are empty."),
    Field("first_name", _TEXT, "First name."),
    Field("middle_name", _TEXT, "Middle name or initial."),
    Field("last_name", _TEXT, "Last name."),
    Field("suffix", _TEXT, "JR, SR, II and so on."),
    Field("former_names", ("text", "list"), "Earlier last names.", several=True),
    Field("dob", _DATE, "Date of birth."),
    Field("ssn", _TEXT, "Nine digits, with or without dashes; becomes a keyed token at once."),
    Field("ssn4", _TEXT, "Last four digits."),
    Field("address_line1", _TEXT, "House number and street, or PO box."),
    Field("address_line2", _TEXT, "Unit."),
    Field("city", _TEXT, "City."),
    Field("state", _TEXT, "State or province."),
    Field("postal_code", _TEXT, "ZIP or postal code."),
    Field("country", _TEXT, "Two-letter country; US where left out."),
    Field("phone", ("text", "integer", "list"), "A phone."),
    Field("phones", ("text", "integer", "list"), "Several phones.", several=True),
    Field("email", ("text", "list"), "An e-mail address."),
    Field("emails", ("text", "list"), "Several e-mail addresses.", several=True),
)

PERSON_COLUMNS: Final = tuple(field.name for field in _PERSON)
"""Columns about a person and their contact points; each has a `co_` twin in the portfolio."""

PORTFOLIO: Final = (
    Field("account_id", _KEY, "The buyer's account number."),
    Field("portfolio_id", _KEY, "Which purchase the account came with."),
    *_PERSON,
    Field("original_creditor", _TEXT, "Who first lent the money."),
    Field("balance", ("number", "integer", "text"), "What is owed."),
    Field("open_date", _DATE, "When the account was opened."),
    Field("charge_off_date", _DATE, "When the creditor charged it off."),
    Field("last_payment_date", _DATE, "When it was last paid on."),
    Field("language", _TEXT, "The language the consumer asked for."),
    Field("preferred_channel", _TEXT, "The channel the consumer asked for."),
    Field("inconvenient_times", _TEXT, "Times the consumer called inconvenient."),
    *(Field(flag, _FLAG, f"The tape reports: {flag}.") for flag in ACCOUNT_FLAGS),
    *(Field(f"co_{f.name}", f.accepts, f"Co-borrower: {f.sentence}", f.several) for f in _PERSON),
)

REFERENCE: Final = (
    Field("record_id", _KEY, "The record's own id."),
    *_PERSON,
    Field("origin", _KEY, "Who first compiled the row: copies are no independent evidence."),
    Field("first_seen", _DATE, "First day the source saw the record."),
    Field("last_seen", _DATE, "Last day the source saw the record."),
    Field("line_type", _TEXT, "mobile, landline, voip, toll_free or unknown."),
    Field("carrier", _TEXT, "Who carries the line."),
    Field("status", _TEXT, "active, disconnected, reassigned, wrong_party, invalid, deceased or unknown."),
    Field("deceased_date", _DATE, "Date of death."),
    Field("ncoa_code", _KEY, "Change-of-address return code."),
    *(Field(f"consent_{c}", _TEXT, f"Consent for {c}: given or revoked.") for c in CONSENT_CHANNELS),
    *(Field(f"consent_{c}_at", _DATE, f"When the consent for {c} was given or revoked.") for c in CONSENT_CHANNELS),
    *(Field(f"consent_{c}_given_to", _TEXT, "collector, creditor or prior_collector.") for c in CONSENT_CHANNELS),
)

DISPOSITIONS: Final = (
    Field("event_id", _KEY, "The system's own id of the attempt."),
    Field("account_id", _KEY, "The account worked."),
    Field("channel", _TEXT, "voice, sms, email or mail."),
    Field("value", ("text", "integer"), "The phone, e-mail or address used."),
    Field("outcome_code", _KEY, "The system's outcome code."),
    Field("system", _TEXT, "Which platform reported it."),
    Field("occurred_at", _DATE, "When."),
)

SUPPRESSION: Final = (
    Field("list", _TEXT, "Name of the list."),
    Field("scope", _TEXT, "endpoint, account or person."),
    Field("channel", _TEXT, "The channel it holds for; all where left out."),
    Field("value", ("text", "integer"), "The endpoint, or the account for scopes account and person."),
    Field("account_id", _KEY, "The account, for scopes account and person."),
    Field("reason", _TEXT, "Why."),
    Field("effective_from", _DATE, "First day it holds."),
)

ANSWERS: Final = (
    Field("step", _TEXT, "The step that was asked for, such as rnd_query or bankruptcy_scrub."),
    Field("account_id", _KEY, "The account that was asked about."),
    Field("channel", _TEXT, "The channel of the endpoint; told by its looks where left out."),
    Field("value", ("text", "integer"), "The endpoint that was asked about."),
    Field("response", _TEXT, "The answer, a word of the step: see rules/compliance/steps.toml."),
    Field("date_used", _DATE, "The date that was asked for, or that the answer names."),
    Field("answered_at", _DATE, "When it was answered."),
)

ACCOUNT_EVENTS: Final = (
    Field("account_id", _KEY, "The account."),
    Field("portfolio_id", _KEY, "The portfolio, all of whose accounts are meant where no account is named."),
    Field("event", _TEXT, "closed, recalled, transferred or reopened."),
    Field("date", _DATE, "First day it holds; one that is still to come holds from then on."),
    Field("reason", _TEXT, "Why."),
)

NOTES: Final = (
    Field("note_id", _KEY, "The note's own id."),
    Field("account_id", _KEY, "The account."),
    Field("says", _TEXT, "find, confirm or not_mine."),
    Field("channel", _TEXT, "The channel of the value; told by its looks where left out."),
    Field("value", ("text", "integer"), "The phone, e-mail or address."),
    Field("by", _TEXT, "Who says so."),
    Field("reason", _TEXT, "Why."),
    Field("date", _DATE, "The day it was found out."),
)

PLACEMENTS: Final = (
    Field("account_id", _KEY, "The account."),
    Field("placed_with", _TEXT, "The agency or law firm: the holder of an export, or anybody else."),
    Field("placed_on", _DATE, "First day that it is theirs."),
    Field("recalled_on", _DATE, "First day that it is the owner's to work again."),
    Field("reason", _TEXT, "Why."),
)

_REQUIRED: Final = {
    "portfolio": ("account_id",),
    "dispositions": ("event_id", "account_id", "channel", "outcome_code", "occurred_at"),
    "suppression": ("list", "scope"),
    "answers": ("step", "response", "answered_at"),
    "account_events": ("event", "date"),
    "notes": ("note_id", "account_id", "says", "value", "by", "date"),
    "placements": ("account_id", "placed_with", "placed_on"),
}


_OF_KIND: Final = {
    "portfolio": PORTFOLIO, "dispositions": DISPOSITIONS, "suppression": SUPPRESSION, "answers": ANSWERS, "account_events": ACCOUNT_EVENTS,
    "notes": NOTES, "placements": PLACEMENTS,
}  # fmt: skip


def fields_of(kind: str) -> dict[str, Field]:
    """Canonical columns by name for a delivery of `kind`: 'portfolio' or one of vocabulary.SOURCE_KINDS."""
    return {field.name: field for field in _OF_KIND.get(kind, REFERENCE)}


def required_of(kind: str) -> tuple[str, ...]:
    """Columns that a delivery of `kind` must map."""
    return _REQUIRED.get(kind, ("record_id",))
