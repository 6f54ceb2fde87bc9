"""What an export profile may name: the columns of one exportable use, and of a row that several uses make.

The lists are the whole vocabulary of a profile's expressions. No birth date, death, hold or identity number is in them.
"""

from __future__ import annotations

import pyarrow as pa

from skiptrace.schema import Column, Table

_TEXT, _DAY, _MONEY, _P, _COUNT = pa.string(), pa.date32(), pa.decimal128(14, 2), pa.float64(), pa.int32()

EXPORTABLE = Table(
    "exportable uses", "One use that the rules let through on the day of the export.",
    (
        Column("account_id", _TEXT, "The buyer's account number.", "key", nullable=False),
        Column("consumer_id", _TEXT, "The consumer; the same for all accounts of one person.", "key", nullable=False),
        Column("portfolio_id", _TEXT, "Which purchase it came with."),
        Column("first_name", _TEXT, "First name.", "personal"),
        Column("middle_name", _TEXT, "Middle name or initial.", "personal"),
        Column("last_name", _TEXT, "Last name.", "personal"),
        Column("suffix", _TEXT, "Name suffix.", "personal"),
        Column("full_name", _TEXT, "First, middle, last name and suffix.", "personal"),
        Column("language", _TEXT, "Language asked for."),
        Column("original_creditor", _TEXT, "Who first lent the money."),
        Column("charge_off_date", _DAY, "When it was charged off."),
        Column("balance", _MONEY, "What is owed.", "personal"),
        Column("locate_status", _TEXT, "What was found of the account.", nullable=False),
        Column("best_channel", _TEXT, "The channel to begin with."),
        Column("p_any_channel", _P, "Probability that some exportable use reaches the consumer.", nullable=False),
        Column("expected_value", _MONEY, "p_any_channel times balance; NULL where the balance is not known.", "personal"),
        Column("channel", _TEXT, "voice, sms, email, mail or portal.", nullable=False),
        Column("rank", _COUNT, "Within account and channel, best first, from 1.", nullable=False),
        Column("p_reach", _P, "Probability that a contact here reaches the consumer.", nullable=False),
        Column("p_reach_low", _P, "Lower bound (90 %).", nullable=False),
        Column("p_reach_high", _P, "Upper bound (90 %).", nullable=False),
        Column("grade", _TEXT, "A to F.", nullable=False),
        Column("reasons", _TEXT, "Codes of the reasons for p_reach, in order of weight, joined by '|'."),
        Column("point_id", _TEXT, "Id of the point.", "key", nullable=False),
        Column("kind", _TEXT, "address, phone or email.", nullable=False),
        Column("value", _TEXT, "The point: address on one line, number or e-mail.", "personal", nullable=False),
        Column("phone", _TEXT, "E.164 number, for points that are phones.", "personal"),
        Column("email", _TEXT, "E-mail address, for points that are e-mail.", "personal"),
        Column("address", _TEXT, "One-line address, for points that are addresses.", "personal"),
        Column("address_line1", _TEXT, "House number and street, or PO box.", "personal"),
        Column("address_line2", _TEXT, "Unit.", "personal"),
        Column("city", _TEXT, "City.", "personal"),
        Column("state", _TEXT, "State of the point."),
        Column("postal_code", _TEXT, "Postal code of the point.", "personal"),
        Column("country", _TEXT, "Two-letter country of the point."),
        Column("home_line1", _TEXT, "Street of the account's first address, where some use of that address is exportable.", "personal"),
        Column("home_line2", _TEXT, "Its unit.", "personal"),
        Column("home_city", _TEXT, "Its city.", "personal"),
        Column("home_state", _TEXT, "Its state."),
        Column("home_postal_code", _TEXT, "Its postal code.", "personal"),
        Column("line_type", _TEXT, "As a source says; unknown otherwise.", nullable=False),
        Column("point_status", _TEXT, "active, disconnected, … after dispositions.", nullable=False),
        Column("origin", _TEXT, "portfolio, reference or both.", nullable=False),
        Column("first_seen", _DAY, "First day seen."),
        Column("last_seen", _DAY, "Last day seen."),
        Column("sources", _TEXT, "Names of the sources that showed it, sorted, joined by '|'."),
        Column("independent_sources", _COUNT, "Origins that showed it; copies count once.", nullable=False),
        Column("shared_by", _COUNT, "Other consumers that show it.", nullable=False),
        Column("p_current", _P, "Probability that the point is current.", nullable=False),
        Column("p_right_party", _P, "Probability that it belongs to the consumer.", nullable=False),
        Column("zones", _TEXT, "Time zones the point indicates, joined by '|'."),
        Column("decision", _TEXT, "permitted or conditional.", nullable=False),
        Column("conditions", _TEXT, "Duties that go with the use: rule ids joined by '|'."),
        Column("window_start", _TEXT, "From when a contact is allowed, ISO 8601 UTC; NULL: no window."),
        Column("window_end", _TEXT, "Until when (not included), ISO 8601 UTC."),
        Column("zone", _TEXT, "First time zone the point indicates: the one of the two local times."),
        Column("window_start_local", _TEXT, "window_start in that zone, HH:MM."),
        Column("window_end_local", _TEXT, "window_end in that zone, HH:MM."),
        Column("valid_until", _DAY, "Last day the decision may be used.", nullable=False),
        Column("rulebook", _TEXT, "Content hash of the rulebook.", nullable=False),
    ),
    key=("account_id", "point_id", "channel"),
)  # fmt: skip

ROW = EXPORTABLE.with_columns(
    Column("account_ids", _TEXT, "Accounts the row is about, the leading one first, joined by '|'.", "key", nullable=False),
    Column("account_count", _COUNT, "How many they are.", nullable=False),
    Column("total_balance", _MONEY, "What is owed on all of them; NULL where one is not known.", "personal"),
    Column("channels", _TEXT, "Channels the row may be used on, joined by '|'.", nullable=False),
    Column("slots_filled", _COUNT, "How many contact points stand in the row.", nullable=False),
)
"""A row of an export. Where several uses make it, decision, conditions, window and valid_until hold for all of them, and the
other columns are those of its leading use."""
