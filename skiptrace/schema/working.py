"""Tables that steps hand to each other within a run, beyond those that intake makes and those that are published."""

from __future__ import annotations

import pyarrow as pa

from skiptrace.schema.delivered import DAY, EVENTS, FLAG, INSTANT, TEXT, WORD, WORDS
from skiptrace.schema.table import Column, Table

CONSUMERS = Table(
    "consumers", "Which accounts of the project are one person.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("consumer_id", TEXT, "The consumer.", "key", nullable=False),
    ),
    key=("account_id",),
)  # fmt: skip

NAMED_ACCOUNTS = Table(
    "named_accounts", "Which consumer an account was from a run on: one row per account and change.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("consumer_id", TEXT, "The consumer.", "key", nullable=False),
        Column("night", pa.int32(), "The number of the run in the project's register, from 1.", nullable=False),
    ),
    key=("account_id", "night"),
)  # fmt: skip

NAMED_CONSUMERS = Table(
    "named_consumers", "What became of a consumer's id: one row per id and change, the first where it was given.",
    (
        Column("consumer_id", TEXT, "The id, which is never given to anybody else.", "key", nullable=False),
        Column("state", WORD, "living; merged into another; closed: none of its accounts is on the tape.", nullable=False),
        Column("became", TEXT, "The id that it was merged into; NULL otherwise.", "key"),
        Column("as_of", DAY, "The day that the run believed it was.", nullable=False),
        Column("night", pa.int32(), "The number of the run in the project's register, from 1.", nullable=False),
    ),
    key=("consumer_id", "night"),
)  # fmt: skip

READ_ROWS = Table(
    "read_rows", "Rows of a tape that were read without a reject, as numbers, so that the same row need not be read again.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("identity", pa.int64(), "Number of its borrower.", nullable=False),
        Column("hash", pa.uint64(), "Hash of all that was mapped of the row.", nullable=False),
        Column("until", DAY, "The first day on which a row of its partition may be read otherwise.", nullable=False),
    ),
    key=("account_id",),
)  # fmt: skip

INVENTORY = Table(
    "inventory", "Accounts of which something was told: what state they are in. All others are open.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("account_state", WORD, "open, closed, recalled or transferred.", nullable=False),
        Column("account_state_since", DAY, "First day of the state.", nullable=False),
        Column("account_state_reason", TEXT, "Why, as delivered.", "sensitive"),
    ),
    key=("account_id",),
)  # fmt: skip

PLACED = Table(
    "placed", "Accounts that an agency or law firm works for their owner.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("placed_with", WORD, "The holder.", nullable=False),
        Column("placed_on", DAY, "First day.", nullable=False),
    ),
    key=("account_id",),
)  # fmt: skip

DEATHS = Table(
    "deaths", "What the evidence says about a death.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("deceased", FLAG, "Plausible reports say so; NULL: nobody says.", "sensitive"),
        Column("deceased_date", DAY, "Date of death where one is known.", "sensitive"),
        Column("reported_by", WORDS, "Sources with a plausible report, sorted; NULL: none.", "sensitive"),
        Column("report_probability", pa.float64(), "p(same person) of the surest of these records; NULL: none."),
    ),
    key=("account_id",),
)  # fmt: skip

SHARING = Table(
    "sharing", "Contact points of an account that unrelated consumers of the project show, too.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("point_id", TEXT, "The point.", "key", nullable=False),
        Column("others", pa.int32(), "How many unrelated consumers show it.", nullable=False),
    ),
    key=("account_id", "point_id"),
)  # fmt: skip

CONSIDERED = Table(
    "considered", "Pairs of an account and a row of a reference: LINKS before several rows of one record id become one.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("source", TEXT, "The reference source.", nullable=False),
        Column("record_id", TEXT, "The record's own id, which may stand on several rows.", "key", nullable=False),
        Column("identity", pa.int64(), "The row's number within its source.", nullable=False),
        Column("match_probability", pa.float64(), "p(same person).", nullable=False),
        Column("relation", TEXT, "same, household or unrelated.", nullable=False),
        Column("status", TEXT, "linked, review or refused.", nullable=False),
    ),
    key=("account_id", "source", "identity"),
)  # fmt: skip

RESOLD = Table(
    "resold", "Accounts that may be one debt with another account of their consumer.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("reason", WORD, "duplicate.", nullable=False),
        Column("since", DAY, "NULL: nobody knows."),
        Column("source", TEXT, "The other account.", "key", nullable=False),
    ),
    key=("account_id", "source"),
)  # fmt: skip

EXPORTED = Table(
    "exported", "An account that left in an export, and on which channel: one row per export, the first time.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("channel", WORD, "The channel; 'any': placed with the export's holder, who may use each.", nullable=False),
        Column("export", WORD, "Name of the export.", nullable=False),
        Column("holder", WORD, "Whoever works what leaves there; NULL: the owner."),
        Column("exported_on", DAY, "The day of the export.", nullable=False),
        Column("entry", pa.int32(), "The number of the entry in the project's log, from 1.", nullable=False),
    ),
    key=("account_id", "channel", "export"),
)  # fmt: skip

PAST_EVENTS = Table(
    "past_events", "A disposition with the delivery that told it, whichever run read it first.",
    (*EVENTS.columns, Column("source", WORD, "Name of the delivery.", nullable=False)),
    key=("event_id",),
)  # fmt: skip

ATTEMPTS = Table(
    "attempts", "One past attempt that says whether the consumer was reached.",
    (
        Column("account_id", TEXT, "The account worked.", "key", nullable=False),
        Column("channel", WORD, "voice, sms, email, mail or portal.", nullable=False),
        Column("kind", WORD, "phone, email or address.", nullable=False),
        Column("value", TEXT, "Canonical value.", "personal", nullable=False),
        Column("occurred_at", INSTANT, "When the attempt began, UTC.", nullable=False),
        Column("source", WORD, "Name of the delivery.", nullable=False),
        Column("reached", FLAG, "Whether the consumer was reached.", nullable=False),
    ),
    key=("account_id", "channel", "value", "occurred_at"),
)  # fmt: skip
