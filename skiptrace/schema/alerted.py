"""Tables of alerts: what changed since the last published run, what was summed up, and what was told before."""

from __future__ import annotations

import pyarrow as pa

from skiptrace.schema.delivered import DAY, FLAG, MONEY, TEXT, WORD
from skiptrace.schema.table import Column, Table

PROOF = pa.list_(pa.struct([("source", pa.string()), ("seen", DAY)]))

_WHAT = (
    Column("before", TEXT, "Before.", "personal"),
    Column("after", TEXT, "After.", "personal"),
    Column("delta_p", pa.float64(), "Change of the probability concerned."),
)  # fmt: skip
_MORE = (
    Column("consumer_id", TEXT, "The consumer.", "key"),
    Column("balance", MONEY, "What is owed; of a line that sums up, on all of its accounts."),
    Column("since", DAY, "Day of the run that first saw it so."),
    Column("evidence", PROOF, "Who says so and when it was last seen: sources of the value, lists, or ids of rules.", "sensitive"),
    Column("point_id", TEXT, "The contact point concerned; NULL where it is no single one.", "key"),
    Column("state", TEXT, "What it is now, as a short word without a value: an acknowledgement holds until it changes."),
    Column("more", pa.int32(), "Further changes of this kind on this account, not listed one by one."),
    Column("may_leave", FLAG, "No value of it belongs to a point whose every use is stopped: files show it whole."),
)  # fmt: skip

ALERTS = Table(
    "alerts", "A change since the last published run.",
    (
        Column("account_id", TEXT, "The account; NULL in a line that sums up a kind that too many accounts met.", "key"),
        Column("kind", WORD, "What changed.", nullable=False),
        *_WHAT,
        Column("rank", pa.int32(), "What is worth most first, from 1."),
        Column("worth", pa.float64(), "Gravity of the kind times balance times change: what the rank goes by."),
        Column("accounts", pa.int64(), "Accounts it speaks of: 1, more in a line that sums up."),
        *_MORE,
    ),
)  # fmt: skip

ALERTS_HELD = Table(
    "alerts_held", "Alerts of a kind that too many accounts met at once: summed up in one line, kept here one by one.",
    ALERTS.columns, key=(),
)  # fmt: skip

ALERTS_TOLD = Table(
    "alerts_told", "What was told, or kept back, in the last nights: so that nothing is told twice.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("topic", WORD, "What the kinds of one thing have in common: address, reach, stop, …", nullable=False),
        Column("thing", TEXT, "The point concerned; empty where the topic is the account's.", "key", nullable=False),
        Column("told_kind", WORD, "Kind of the alert that was told last.", nullable=False),
        Column("from_state", TEXT, "The state before it."),
        Column("told_state", TEXT, "The state that it told."),
        Column("state", TEXT, "The state by now; another one than told_state waits until it stays."),
        Column("since", DAY, "Day of the run that first saw that.", nullable=False),
        Column("kind", WORD, "Kind of the alert that waits; NULL: none does."),
        *_WHAT,
        Column("evidence", PROOF, "Evidence of the alert that waits.", "sensitive"),
        Column("point_id", TEXT, "Its contact point.", "key"),
        Column("may_leave", FLAG, "Whether its values may leave in files."),
    ),
    key=("account_id", "topic", "thing"),
)  # fmt: skip

ACKNOWLEDGED = Table(
    "acknowledged", "An alert that a person has taken note of.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("topic", WORD, "Topic of the alert.", nullable=False),
        Column("thing", TEXT, "The point concerned, or empty.", "key", nullable=False),
        Column("state", TEXT, "The state that was told.", nullable=False),
    ),
    key=("account_id", "topic", "thing", "state"),
)  # fmt: skip

CHANGED = Table(
    "changed", "One change of one account between two runs, before it is decided whether anybody is told.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("kind", WORD, "What changed.", nullable=False),
        Column("topic", WORD, "What the kinds of one thing have in common.", nullable=False),
        Column("thing", TEXT, "The point concerned; empty where the topic is the account's.", "key", nullable=False),
        Column("from_state", TEXT, "The state before."),
        Column("state", TEXT, "The state now.", nullable=False),
        *_WHAT,
        Column("evidence", PROOF, "Who says so.", "sensitive"),
        Column("point_id", TEXT, "The contact point concerned.", "key"),
        Column("may_leave", FLAG, "Whether its values may leave in files.", nullable=False),
    ),
    key=("account_id", "topic", "thing", "kind"),
)  # fmt: skip
