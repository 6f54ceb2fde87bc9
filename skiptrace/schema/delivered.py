"""Tables that intake makes of a portfolio and of deliveries. They live in the project's work folder, never in a run."""

from __future__ import annotations

import pyarrow as pa

from skiptrace.schema.table import Column, Table

TEXT, DAY, WORDS, FLAG = pa.string(), pa.date32(), pa.list_(pa.string()), pa.bool_()
MONEY = pa.decimal128(14, 2)
WORD = pa.string()
"""A text from a closed or small list; Parquet stores it as a dictionary."""
TOKEN = pa.binary(16)
INSTANT = pa.timestamp("s", "UTC")

TAPE = Table(
    "tape", "One account as bought: its money, dates and flags.",
    (
        Column("account_id", TEXT, "The buyer's account number.", "key", nullable=False),
        Column("identity", pa.int64(), "Row number of the borrower in IDENTITIES of source 'portfolio'.",
               nullable=False),
        Column("portfolio_id", TEXT, "Which purchase it came with."),
        Column("original_creditor", TEXT, "Who first lent the money."),
        Column("balance", MONEY, "What is owed, in the balance's currency."),
        Column("open_date", DAY, "When the account was opened."),
        Column("charge_off_date", DAY, "When the creditor charged it off."),
        Column("last_payment_date", DAY, "When it was last paid on."),
        Column("language", TEXT, "The language the consumer asked for."),
        Column("preferred_channel", TEXT, "The channel the consumer asked for."),
        Column("inconvenient_times", TEXT, "Times the consumer called inconvenient, as delivered."),
        Column("deceased", FLAG, "The tape reports a death; NULL where the tape does not say.", "sensitive"),
        Column("bankruptcy", FLAG, "The tape reports a bankruptcy.", "sensitive"),
        Column("attorney", FLAG, "The tape reports an attorney.", "sensitive"),
        Column("cease", FLAG, "The tape reports a written cease or refusal.", "sensitive"),
        Column("dispute", FLAG, "The tape reports an open dispute.", "sensitive"),
        Column("scra", FLAG, "The tape reports active military duty.", "sensitive"),
        Column("minor", FLAG, "The birth date says under 18 at as_of.", "sensitive"),
    ),
    key=("account_id",),
)  # fmt: skip

IDENTITIES = Table(
    "identities", "One person record, ours or a source's, in canonical form.",
    (
        Column("source", WORD, "Name of the source; 'portfolio' for accounts.", nullable=False),
        Column("identity", pa.int64(), "Number of the record within its source, by file and row.", nullable=False),
        Column("record_id", TEXT, "The record's own id; account_id for the portfolio.", "key", nullable=False),
        Column("party", WORD, "borrower or co_borrower.", nullable=False),
        Column("origin", WORD, "Who first compiled the row; the source's name where not mapped.", nullable=False),
        Column("first", TEXT, "First name: upper-case ASCII.", "personal"),
        Column("middle", TEXT, "Middle name or initial.", "personal"),
        Column("last", TEXT, "Last name; hyphens kept.", "personal"),
        Column("suffix", TEXT, "JR SR II III IV V.", "personal"),
        Column("former_names", WORDS, "Earlier last names, canonical, sorted.", "personal"),
        Column("name_kind", WORD, "person, organisation or unknown."),
        Column("name_flags", WORDS, "placeholder, estate, organisation, homoglyph; taxpayer: the number is an ITIN.", "personal"),
        Column("dob", DAY, "Birth date where a full one is known.", "sensitive"),
        Column("ssn_token", TOKEN, "Keyed token of the nine digits.", "sensitive"),
        Column("ssn4", TEXT, "Last four digits.", "sensitive"),
        Column("first_seen", DAY, "First day the source saw the record."),
        Column("last_seen", DAY, "Last day the source saw the record."),
        Column("deceased_date", DAY, "Date of death as reported.", "sensitive"),
        Column("deceased", FLAG, "The record reports a death (date, status or estate).", "sensitive"),
    ),
    key=("source", "identity"),
)  # fmt: skip

SIGHTINGS = Table(
    "sightings", "One contact point seen on an identity, dated.",
    (
        Column("source", WORD, "Name of the source.", nullable=False),
        Column("identity", pa.int64(), "The identity that showed it.", nullable=False),
        Column("origin", WORD, "Who first compiled it.", nullable=False),
        Column("party", WORD, "Whose it is: borrower or co_borrower.", nullable=False),
        Column("kind", WORD, "address, phone or email; locality: a city or postal code alone, for linking only.", nullable=False),
        Column("value", TEXT, "Canonical value: one-line address, E.164, lower-case address, locality.",
               "personal", nullable=False),
        Column("match_key", TEXT, "Form used to match equal points: mailbox without tags; the value elsewhere.",
               "personal"),
        Column("house", TEXT, "House number.", "personal"),
        Column("street", TEXT, "Street in Publication 28 form, or the PO box.", "personal"),
        Column("unit", TEXT, "Unit.", "personal"),
        Column("city", TEXT, "City.", "personal"),
        Column("state", TEXT, "State or province."),
        Column("postal_code", TEXT, "ZIP5 or postal code.", "personal"),
        Column("country", TEXT, "Two-letter country."),
        Column("point_kind", WORD, "street, po_box, …; fixed_or_mobile, toll_free, …"),
        Column("flags", WORDS, "What is odd about the value."),
        Column("zones", WORDS, "Time zones it may indicate, IANA names."),
        Column("first_seen", DAY, "First day."),
        Column("last_seen", DAY, "Last day."),
        Column("line_type", WORD, "mobile, landline, voip, toll_free, unknown: only where the source says so."),
        Column("status", WORD, "active, disconnected, …: as the source says."),
        Column("ncoa_code", WORD, "Change-of-address return code."),
    ),
)  # fmt: skip

CONSENTS = Table(
    "consents", "A consent or its revocation as a delivery states it.",
    (
        Column("source", WORD, "Name of the source.", nullable=False),
        Column("identity", pa.int64(), "The identity that gave it.", nullable=False),
        Column("channel", WORD, "voice, text, prerecorded, email.", nullable=False),
        Column("state", WORD, "given or revoked.", nullable=False),
        Column("at", DAY, "When."),
        Column("given_to", WORD, "collector, creditor or prior_collector."),
    ),
)  # fmt: skip

EVENTS = Table(
    "events", "A disposition: the result of one past attempt.",
    (
        Column("event_id", TEXT, "The system's own id.", "key", nullable=False),
        Column("account_id", TEXT, "The account worked.", "key", nullable=False),
        Column("channel", WORD, "voice, sms, email, mail.", nullable=False),
        Column("kind", WORD, "phone, email or address; NULL where no value was given."),
        Column("value", TEXT, "Canonical value.", "personal"),
        Column("outcome", WORD, "Canonical outcome.", nullable=False),
        Column("system", WORD, "Which platform reported it."),
        Column("occurred_at", INSTANT, "When, UTC.", nullable=False),
    ),
    key=("event_id",),
)  # fmt: skip

SUPPRESSIONS = Table(
    "suppressions", "A list that says no.",
    (
        Column("list", WORD, "Name of the list.", nullable=False),
        Column("scope", WORD, "endpoint, account or person.", nullable=False),
        Column("channel", WORD, "The channel it holds for; NULL: all."),
        Column("kind", WORD, "phone, email or address, for scope endpoint."),
        Column("value", TEXT, "Canonical endpoint.", "personal"),
        Column("account_id", TEXT, "The account, for scopes account and person.", "key"),
        Column("reason", WORD, "opt_out, cease, litigator, …"),
        Column("effective_from", DAY, "First day it holds; NULL: always."),
    ),
)  # fmt: skip

ACCOUNT_EVENTS = Table(
    "account_events", "What became of an account, or of a whole portfolio, in the buyer's inventory.",
    (
        Column("account_id", TEXT, "The account; NULL where the portfolio is meant.", "key"),
        Column("portfolio_id", TEXT, "The portfolio, all of whose accounts are meant where no account is named."),
        Column("event", WORD, "closed, recalled, transferred or reopened.", nullable=False),
        Column("date", DAY, "First day it holds; NULL, which a stop alone may have: from the day on which it was first told."),
        Column("reason", TEXT, "Why, as delivered.", "sensitive"),
    ),
)  # fmt: skip

NOTES = Table(
    "notes", "What a person found out about a contact point of an account, or knows better than its sources.",
    (
        Column("note_id", TEXT, "Its own id.", "key", nullable=False),
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("says", WORD, "find: the consumer's; confirm: theirs and current; not_mine: somebody else's.", nullable=False),
        Column("kind", WORD, "phone, email or address.", nullable=False),
        Column("value", TEXT, "Canonical value.", "personal", nullable=False),
        Column("by", TEXT, "Who says so.", "sensitive", nullable=False),
        Column("reason", TEXT, "Why.", "sensitive"),
        Column("date", DAY, "The day it was found out.", nullable=False),
    ),
    key=("note_id",),
)  # fmt: skip

NOTED = Table(
    "noted", "A note with where it is from.",
    (*NOTES.columns, Column("source", WORD, "The delivery; 'note' for one of the command line.", nullable=False)),
    key=("note_id",),
)  # fmt: skip

PLACEMENTS = Table(
    "placements", "Who works an account for its owner: an agency or a law firm.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("placed_with", WORD, "The holder, in lower case."),
        Column("placed_on", DAY, "First day; NULL: from the day on which it was first told, or a recall alone."),
        Column("recalled_on", DAY, "First day on which it is the owner's to work again; NULL: still placed."),
        Column("reason", TEXT, "Why, as told.", "sensitive"),
    ),
)  # fmt: skip

ANSWERS = Table(
    "answers", "What somebody answered to a step that a rule asked for.",
    (
        Column("step", WORD, "The step, a name of steps.toml.", nullable=False),
        Column("account_id", TEXT, "The account that was asked about.", "key"),
        Column("kind", WORD, "phone, email or address, where an endpoint was asked about."),
        Column("value", TEXT, "Canonical endpoint.", "personal"),
        Column("response", WORD, "The answer, a word of the step.", nullable=False),
        Column("date_used", DAY, "The date that was asked for, or that the answer names."),
        Column("answered_at", DAY, "When it was answered.", nullable=False),
    ),
)  # fmt: skip
