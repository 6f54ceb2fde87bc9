"""Tables of a run, which other programs read. Names and meaning are a contract: columns may be added, never changed."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from skiptrace.schema.alerted import ALERTS
from skiptrace.schema.delivered import DAY, FLAG, INSTANT, MONEY, TEXT, WORD, WORDS
from skiptrace.schema.table import Column, Table

EVIDENCE = pa.list_(
    pa.struct([("source", pa.string()), ("record_id", pa.string()), ("origin", pa.string()), ("first_seen", DAY),
               ("last_seen", DAY), ("match_probability", pa.float64()), ("status", pa.string()), ("relation", pa.string())])
)  # fmt: skip
REASONS = pa.list_(pa.struct([("code", pa.string()), ("text", pa.string()), ("points", pa.float64())]))

ACCOUNTS = Table(
    "accounts", "One input account and what was found for it.",
    (
        Column("account_id", TEXT, "The buyer's account number.", "key", nullable=False),
        Column("consumer_id", TEXT, "The consumer; the same for all accounts of one person.", "key", nullable=False),
        Column("portfolio_id", TEXT, "Which purchase it came with."),
        Column("first_name", TEXT, "First name, canonical.", "personal"),
        Column("middle_name", TEXT, "Middle name or initial.", "personal"),
        Column("last_name", TEXT, "Last name.", "personal"),
        Column("suffix", TEXT, "Name suffix.", "personal"),
        Column("state", TEXT, "State of the address that leads."),
        Column("language", TEXT, "Language asked for."),
        Column("original_creditor", TEXT, "Who first lent the money."),
        Column("charge_off_date", DAY, "When it was charged off."),
        Column("balance", MONEY, "What is owed."),
        Column("locate_status", TEXT, "deceased, held, moved, confirmed, located or not_found.", nullable=False),
        Column("best_channel", TEXT, "The channel to begin with, among exportable uses; NULL where there is none."),
        Column("channel_order", WORDS, "Exportable channels, best first.", nullable=False),
        Column("p_any_channel", pa.float64(), "Probability that some exportable use reaches the consumer.",
               nullable=False),
        Column("expected_value", MONEY, "p_any_channel times balance; NULL where the balance is not known."),
        Column("holds", WORDS, "Rule ids of account-level stops.", "sensitive", nullable=False),
        Column("linked_records", pa.int32(), "Accepted reference records.", nullable=False),
        Column("review_records", pa.int32(), "Records left for a person to judge.", nullable=False),
        Column("deceased_date", DAY, "Date of death where reported and plausible.", "sensitive"),
        Column("minor", FLAG, "Under 18 at as_of.", "sensitive"),
        Column("account_state", TEXT, "open, closed, recalled by the seller, or transferred to somebody else.", nullable=False),
        Column("account_state_since", DAY, "First day of a state that was told; NULL where none was."),
        Column("account_state_reason", TEXT, "Why, as delivered.", "sensitive"),
        Column("placed_with", TEXT, "The agency or law firm that works it; NULL: its owner does."),
        Column("placed_on", DAY, "First day of that; NULL where its owner works it."),
    ),
    key=("account_id",),
)  # fmt: skip

PUT_BACK = Table(
    "put_back", "An account that may go back to its seller.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("portfolio_id", TEXT, "The purchase it came with."),
        Column("seller", TEXT, "Who sold it."),
        Column("reason", WORD, "deceased, bankrupt, settled, fraudulent, disputed, out_of_statute or duplicate.", nullable=False),
        Column("since", DAY, "When it became so; NULL where nobody tells.", "sensitive"),
        Column("certain", FLAG, "It was so at the cut-off date: by the tape's own word, or by a date on or before it.", nullable=False),
        Column("cut_off", DAY, "The cut-off date of the purchase.", nullable=False),
        Column("return_by", DAY, "The last day on which the seller must take it back.", nullable=False),
        Column("days_left", pa.int32(), "Days from as_of to that day; below 0 it is too late.", nullable=False),
        Column("balance", MONEY, "What is owed."),
        Column("evidence", WORDS, "Who says so: tape, names of sources, or the other account of a duplicate.", "sensitive", nullable=False),
    ),
    key=("account_id", "reason"),
)  # fmt: skip

CONSUMER_CHANGES = Table(
    "consumer_changes", "What this run changed about ids of consumers that earlier runs had given.",
    (
        Column("kind", WORD, "merged: the id is retired, the other goes on; split: the other is new; moved: accounts went to another that "
               "was there; closed: none of its accounts is on the tape any more; returned: one is again.", nullable=False),
        Column("consumer_id", TEXT, "The consumer that the accounts had before.", "key", nullable=False),
        Column("other_id", TEXT, "The consumer that they have now; NULL for closed and returned.", "key"),
        Column("accounts", pa.int32(), "How many accounts this speaks of.", nullable=False),
    ),
    key=("consumer_id", "other_id"),
)  # fmt: skip

_LINKS = Table(
    "links", "A pair of an account and a reference record that was considered.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("source", TEXT, "The reference source.", nullable=False),
        Column("record_id", TEXT, "The reference record.", "key", nullable=False),
        Column("identity", pa.int64(), "The record's number within its source.", nullable=False),
        Column("rank", pa.int32(), "Per account over all sources, best first, from 1.", nullable=False),
        Column("match_weight", pa.float64(), "log2 of the odds that both are the same person.", nullable=False),
        Column("person_weight", pa.float64(), "log2 of the odds of the account against the whole person that the record belongs to, "
               "before rivals.", nullable=False),
        Column("match_probability", pa.float64(), "p(same person), after competition among contradicting records.",
               nullable=False),
        Column("relation", TEXT, "same, household or unrelated.", nullable=False),
        Column("status", TEXT, "linked, review or refused.", nullable=False),
        Column("margin", pa.float64(), "Weight above the account's best record that contradicts it; NULL without one."),
        Column("via", TEXT, "The record that bridged the pair, where one did.", "key"),
    ),
    key=("account_id", "source", "record_id"),
)  # fmt: skip


def links(comparisons: Iterable[str]) -> Table:
    """LINKS with a level (int8: -1 missing, 0 disagree, higher is closer) and a weight (bits) per comparison."""
    more = []
    for name in comparisons:
        more.append(
            Column(f"level_{name}", pa.int8(), f"Comparison level of {name}; -1 missing.", "sensitive", nullable=False)
        )
    for name in comparisons:
        more.append(Column(f"weight_{name}", pa.float64(), f"Bits of evidence from {name}.", nullable=False))
    return _LINKS.with_columns(*more)


CONTACT_POINTS = Table(
    "contact_points", "A way to reach a consumer, with its evidence.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("point_id", TEXT, "Id of the point; the same for equal points of any account.", "key", nullable=False),
        Column("kind", TEXT, "address, phone or email.", nullable=False),
        Column("value", TEXT, "Canonical value.", "personal", nullable=False),
        Column("rank", pa.int32(), "Within account and kind, best first, from 1.", nullable=False),
        Column("origin", TEXT, "portfolio, reference or both.", nullable=False),
        Column("first_seen", DAY, "First day seen."),
        Column("last_seen", DAY, "Last day seen."),
        Column("sources", WORDS, "Names of the sources that showed it, sorted.", nullable=False),
        Column("independent_sources", pa.int32(), "Origins that showed it; copies count once.", nullable=False),
        Column("p_current", pa.float64(), "Probability that the point is current for this consumer.", nullable=False),
        Column("p_right_party", pa.float64(), "Probability that it belongs to this consumer.", nullable=False),
        Column("line_type", TEXT, "As a source says; unknown otherwise.", nullable=False),
        Column("shared_by", pa.int32(), "Unrelated consumers of the project beyond this one that show it.", nullable=False),
        Column("relations", WORDS, "Relatives who show it too: household, co_borrower; empty: none.", nullable=False),
        Column("status", TEXT, "active, disconnected, wrong_party, … after dispositions.", nullable=False),
        Column("house", TEXT, "House number.", "personal"),
        Column("street", TEXT, "Street or PO box.", "personal"),
        Column("unit", TEXT, "Unit.", "personal"),
        Column("city", TEXT, "City.", "personal"),
        Column("state", TEXT, "State."),
        Column("postal_code", TEXT, "ZIP5.", "personal"),
        Column("country", TEXT, "Two-letter country."),
        Column("area", TEXT, "Of a phone, whose area code it has: newest (that of the state of the address that leads), older (of "
               "another address), other; null where no state is known."),
        Column("point_kind", TEXT, "street, po_box, …; fixed_or_mobile, toll_free, …"),
        Column("flags", WORDS, "What is odd about the value.", nullable=False),
        Column("zones", WORDS, "Time zones the point indicates.", nullable=False),
        Column("evidence", EVIDENCE, "One entry per sighting or outcome: source, record, dates, probability, relation of the link.",
               "personal", nullable=False),
    ),
    key=("account_id", "point_id"),
)  # fmt: skip

CHANNELS = Table(
    "channels", "One use of a contact point on a channel, scored.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("point_id", TEXT, "The point.", "key", nullable=False),
        Column("channel", TEXT, "voice, sms, email, mail or portal.", nullable=False),
        Column("rank", pa.int32(), "Within account and channel, best first, from 1.", nullable=False),
        Column("p_reach", pa.float64(), "Probability that a contact here reaches the consumer.", nullable=False),
        Column("p_reach_low", pa.float64(), "Lower bound (90 %).", nullable=False),
        Column("p_reach_high", pa.float64(), "Upper bound (90 %).", nullable=False),
        Column("grade", TEXT, "A to F.", nullable=False),
        Column("reasons", REASONS, "Why, in order of weight; points sum to the log-odds of p_reach.", nullable=False),
        Column("decision", TEXT, "permitted, conditional or stopped.", nullable=False),
    ),
    key=("account_id", "point_id", "channel"),
)  # fmt: skip

DECISIONS = Table(
    "decisions", "What the rules say about one use.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("point_id", TEXT, "The point.", "key", nullable=False),
        Column("channel", TEXT, "The channel.", nullable=False),
        Column("decision", TEXT, "permitted, conditional or stopped.", nullable=False),
        Column("stopped_by", WORDS, "Rule ids that stop it, sorted.", "sensitive", nullable=False),
        Column("conditions", WORDS, "Duties that go with it: rule ids, sorted.", nullable=False),
        Column("steps_required", WORDS, "Steps that must be done first, sorted.", nullable=False),
        Column("window_start", INSTANT, "From when a contact is allowed on the day of as_of, UTC; NULL: no window."),
        Column("window_end", INSTANT, "Until when (not included), UTC."),
        Column("valid_until", DAY, "Last day the decision may be used."),
        Column("rulebook", TEXT, "Content hash of the rulebook.", nullable=False),
        Column("facts_digest", pa.uint64(), "Digest of the facts that it was made from, but for those of the day.", nullable=False),
    ),
    key=("account_id", "point_id", "channel"),
)  # fmt: skip

REJECTS = Table(
    "rejects", "A row or value that was not used. Never the value itself.",
    (
        Column("source", TEXT, "'portfolio' for accounts, else the source.", nullable=False),
        Column("file", TEXT, "File name within its delivery.", nullable=False),
        Column("row", pa.int64(), "Row number within the file, from 1.", nullable=False),
        Column("line", pa.int64(), "Line of the file, from 1, of a row that cannot be read; NULL otherwise."),
        Column("column", TEXT, "Canonical column; NULL for a whole row."),
        Column("reason", TEXT, "Why.", nullable=False),
    ),
)  # fmt: skip

__all__ = [
    "ACCOUNTS",
    "ALERTS",
    "CHANNELS",
    "CONTACT_POINTS",
    "DECISIONS",
    "EVIDENCE",
    "REASONS",
    "REJECTS",
    "WORD",
    "links",
]
