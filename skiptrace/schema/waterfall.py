"""Tables of the waterfall: what is known of an account before a source is asked, who was asked, who is next, and who is not and why."""

from __future__ import annotations

import pyarrow as pa

from skiptrace.schema.delivered import DAY, FLAG, TEXT, WORD
from skiptrace.schema.table import Column, Table

MISSING = ("ssn", "dob", "address", "phone", "email")
"""What an account may lack; bit k of `missing` is the k-th of them."""

STOP_REASONS = ("held", "reached", "waiting", "exhausted", "ceiling", "not_worth_it", "budget")
"""Why an account is not asked, the first that applies."""

ASKED = pa.list_(pa.struct([("source", pa.string()), ("asked_on", DAY), ("hit", pa.bool_())]))
"""Sources asked before, oldest first; `hit` is NULL while there is no answer."""

_CELL = (
    Column("worth", pa.float64(), "What one right-party contact is worth, in the balance's currency; 0: nobody knows.", nullable=False),
    Column("missing", pa.uint8(), "What the account lacks, as bits: ssn 1, dob 2, address 4, phone 8, email 16.", nullable=False),
    Column("debt_age_days", pa.int32(), "Days since the charge-off, or the last payment where there is none; NULL: not known."),
    Column("last_evidence_days", pa.int32(), "Days since any source last saw the consumer at a point; NULL: nobody ever did."),
    Column("asked", ASKED, "Sources asked before, each with its day and whether it knew the consumer.", nullable=False),
)  # fmt: skip

WATERFALL_FACTS = Table(
    "waterfall_facts", "An account before the next stage: what asking a source for it may add.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("balance", pa.float64(), "What is owed; 0 where nobody knows.", nullable=False),
        *_CELL,
        Column("p_any", pa.float64(), "Chance of a right-party contact on a permitted channel by what is known now; 1 once it happened.",
               nullable=False),
        Column("held", WORD, "The account-level stop or rule that holds it; NULL: none. A held account is never asked.", "sensitive"),
        Column("spent", pa.float64(), "Paid and owed for this account so far.", nullable=False),
    ),
    key=("account_id",),
)  # fmt: skip

ASKS = Table(
    "asks", "A source that was asked for an account, with the facts as they were then and what came of it.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("source", WORD, "The source.", nullable=False),
        Column("stage", pa.int32(), "Stage of the portfolio's waterfall, from 1.", nullable=False),
        Column("asked_on", DAY, "Day of the request.", nullable=False),
        Column("balance", pa.float64(), "What was owed.", nullable=False),
        *_CELL,
        Column("price", pa.float64(), "What it cost; the expected price while there is no answer.", nullable=False),
        Column("propensity", pa.float64(), "Chance, above 0, with which this source was asked for this account at this stage, given that "
               "the account was to be asked at all.", nullable=False),
        Column("explored", FLAG, "Dealt at random to learn from, not the best by what was known.", nullable=False),
        Column("held_out", FLAG, "Of the accounts that go through the fixed order, to compare with.", nullable=False),
        Column("p_before", pa.float64(), "p_any when it was asked.", nullable=False),
        Column("p_after", pa.float64(), "p_any with the answer, before any attempt on what it brought; NULL: no answer yet."),
        Column("hit", FLAG, "The source knew the consumer, whether rightly or not; NULL: no answer yet."),
        Column("reached", FLAG, "A point that the answer brought reached the right party; false: its points were tried and did not; "
               "NULL: not known, or no hit."),
    ),
    key=("account_id", "source", "asked_on"),
)  # fmt: skip

CHOICES = Table(
    "choices", "A source to ask for an account at the next stage. At most one per account.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("source", WORD, "The source.", nullable=False),
        Column("stage", pa.int32(), "The stage.", nullable=False),
        Column("rank", pa.int32(), "What gives most for its price first, from 1.", nullable=False),
        Column("gain", pa.float64(), "Expected rise of p_any times worth, in currency; the price is not taken off.", nullable=False),
        Column("gain_low", pa.float64(), "Lower bound of 90 %.", nullable=False),
        Column("gain_high", pa.float64(), "Upper bound of 90 %.", nullable=False),
        Column("price", pa.float64(), "Expected price.", nullable=False),
        Column("reserve", pa.float64(), "The most it can cost: what is set aside of the budget until the answer is there.", nullable=False),
        Column("propensity", pa.float64(), "As in ASKS.", nullable=False),
        Column("explored", FLAG, "As in ASKS.", nullable=False),
        Column("held_out", FLAG, "As in ASKS.", nullable=False),
    ),
    key=("account_id",),
)  # fmt: skip

STOPS = Table(
    "stops", "An account for which nobody is asked at the next stage.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("stop_reason", WORD, "held, reached, waiting, exhausted, ceiling, not_worth_it or budget.", "sensitive", nullable=False),
        Column("next_refresh", DAY, "First day on which a source that was asked may be asked again; NULL: none will be."),
        Column("spent", pa.float64(), "Paid and owed for this account so far.", nullable=False),
    ),
    key=("account_id",),
)  # fmt: skip

FRONTIER = Table(
    "frontier", "What a budget is expected to add, if sources are asked as the policy asks them.",
    (
        Column("budget", pa.float64(), "Money that may be spent.", nullable=False),
        Column("spent", pa.float64(), "Expected spending.", nullable=False),
        Column("asks", pa.float64(), "Expected number of asks.", nullable=False),
        Column("contacts", pa.float64(), "Accounts that a right-party contact becomes possible with, beyond those of today: expected.",
               nullable=False),
        Column("contacts_low", pa.float64(), "Lower bound of 90 %.", nullable=False),
        Column("contacts_high", pa.float64(), "Upper bound of 90 %.", nullable=False),
        Column("balance", pa.float64(), "Their balance: expected.", nullable=False),
        Column("balance_low", pa.float64(), "Lower bound of 90 %.", nullable=False),
        Column("balance_high", pa.float64(), "Upper bound of 90 %.", nullable=False),
        Column("value", pa.float64(), "Their worth less the spending: expected.", nullable=False),
    ),
    key=("budget",),
)  # fmt: skip

ESTIMATES = Table(
    "estimates", "What was gained per unit of money, by the policy and by orders of sources: estimated from the log.",
    (
        Column("policy", WORD, "`policy`: as it was asked; `held out`: the accounts of the fixed order; or an order, its sources joined by "
               "' > '.", nullable=False),
        Column("method", WORD, "logged: what was asked; ips, snips, dr: replay by inverse propensity, the same with weights that add up to "
               "one, and doubly robust.", nullable=False),
        Column("asks", pa.int64(), "Asks that it rests on.", nullable=False),
        Column("effective", pa.float64(), "How many asks of equal weight would be worth as much.", nullable=False),
        Column("gain", pa.float64(), "Rise of p_any times worth, per unit of money; of scores as far as outcomes bear them out.",
               nullable=False),
        Column("gain_low", pa.float64(), "Lower bound of 95 %.", nullable=False),
        Column("gain_high", pa.float64(), "Upper bound of 95 %.", nullable=False),
        Column("better", pa.float64(), "By which share the policy as it was asked gains more than this; NULL: nothing to compare."),
        Column("better_low", pa.float64(), "Lower bound of 95 %."),
        Column("better_high", pa.float64(), "Upper bound of 95 %."),
    ),
    key=("policy", "method"),
)  # fmt: skip
