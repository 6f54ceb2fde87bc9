"""The fact sheet: every fact that a contact rule may use, typed and documented. NULL means "not known".

Two tables: ACCOUNT_SITUATIONS has one row per account and is screened before any source is paid for; SITUATIONS has one
row per account, contact point and channel and repeats the account's facts. A rule's condition may name the columns
listed in FACTS and nothing else.

A fact that says what is *on file* (a report, a count, a flag of ours) is FALSE or 0 where the file that would hold it
was delivered and says nothing, and NULL where no such file was delivered. An attested step may settle such a NULL;
which step settles which fact is data (`rules/compliance/steps.toml`).
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from skiptrace.schema.delivered import DAY, FLAG, INSTANT, TEXT, WORD, WORDS
from skiptrace.schema.table import Column, Table

COUNT = pa.int32()
SHARE = pa.float64()

_ACCOUNT_KEY = (Column("account_id", TEXT, "The account.", "key", nullable=False),)
_USE_KEY = (
    *_ACCOUNT_KEY,
    Column("point_id", TEXT, "The contact point.", "key", nullable=False),
)

ACCOUNT_FACTS: Final = (
    Column("as_of", DAY, "The day the decision is for."),
    Column("operator_role", WORD, "What the user is: debt_buyer_active, agency, law_firm, …; from the project file."),
    Column("dialer_class", WORD, "How numbers are dialled: manual, autodialer, prerecorded_or_ai_voice, unknown."),
    Column("content_has_offer", FLAG, "Messages sell or offer new credit."),
    Column("licensed_states", WORDS, "States in which the user may collect, two-letter codes."),
    Column("planned_channels", WORDS, "Channels that the project file plans to use, sorted; all where it names none."),
    Column("policies", WORDS, "Policy packs of the project file, sorted; revoke_all where it names none."),
    Column("steps_done", WORDS, "Steps attested in the project file and not too old on as_of, sorted."),
    Column("deceased_reported", FLAG, "A tape, record, list or past contact reports a death.", "sensitive"),
    Column("deceased_confirmed", FLAG, "The reported death was confirmed.", "sensitive"),
    Column("bankruptcy_reported", FLAG, "A bankruptcy is reported by anyone.", "sensitive"),
    Column("bankruptcy_chapter", WORD, "7, 11, 12, 13 or none, as the last bankruptcy scrub answered.", "sensitive"),
    Column("bankruptcy_status", WORD, "open, discharged, dismissed or none, as that scrub answered.", "sensitive"),
    Column("bankruptcy_scrub_days", COUNT, "Days since the last bankruptcy scrub, attested or answered; NULL: none."),
    Column("attorney_known", FLAG, "An attorney for this debt is known.", "sensitive"),
    Column("cease_written", FLAG, "The consumer wrote that contact must stop, or refuses to pay.", "sensitive"),
    Column("dispute_open", FLAG, "A dispute is open and no verification was sent.", "sensitive"),
    Column("identity_theft_reported", FLAG, "The consumer reported that the debt is an identity thief's.", "sensitive"),
    Column("protected_address", FLAG, "An address confidentiality programme, order or notice protects the consumer's home.", "sensitive"),
    Column("paid_or_settled", FLAG, "The balance is zero or less, or a list says that the debt is paid or settled."),
    Column("work_contact_refused", FLAG, "The consumer asked not to be contacted at work."),
    Column("military_indicated", FLAG, "Active duty is flagged, or an address on file is a military one.", "sensitive"),
    Column("minor_indicated", FLAG, "A birth date on file says under 18; FALSE where none says so.", "sensitive"),
    Column("account_state", WORD, "open, closed, recalled by the seller or transferred, as account events say; open where none does."),
    Column("placed", FLAG, "An agency or law firm works the account for its owner; FALSE where nobody placed it."),
    Column("litigator", FLAG, "A delivered list names the consumer as a repeated plaintiff.", "sensitive"),
    Column("opt_out_account", FLAG, "The account is on an opt-out list.", "sensitive"),
    Column("opt_out_person", FLAG, "The consumer is on an opt-out list, whatever the account.", "sensitive"),
    Column("inconvenient_times_stated", FLAG, "The consumer named times that are inconvenient."),
    Column("language_requested", WORD, "Language the consumer asked for; English where nobody asked for another."),
    Column("validation_notice_sent", FLAG, "A validation notice is on file as sent; FALSE where none is on file."),
    Column("delinquent_since", DAY, "Last payment or charge-off less 180 days, the earlier: the limitation starts."),
    Column("limitation_status", WORD, "in_period, uncertain or barred: limitation.toml over every state that may count; "
           "uncertain where dates or states are not known."),
    Column("assignment_notice_days", COUNT, "Days since every debtor was told of the assignment; NULL: not attested."),
    Column("home_states", WORDS, "States of every plausible address, sorted; NULL where one has no known state."),
    Column("state_licensed", FLAG, "Every state of home_states is in licensed_states."),
    Column("foreign_address", FLAG, "A plausible address is outside the United States."),
    Column("jurisdictions", WORDS, "US, US-<state>, US-<state>-<city>: whose rules apply, by address and number."),
    Column("calls_7_days", COUNT, "Counted calls on the account in the 7 days that end with as_of."),
    Column("calls_and_texts_2_days", COUNT, "Counted calls and texts on as_of and the day before: no 24 hours hold more."),
    Column("calls_30_days", COUNT, "Counted calls on the account in the 30 days that end with as_of."),
    Column("person_calls_7_days", COUNT, "Counted calls on all accounts of the consumer in those 7 days."),
    Column("person_contacts_7_days", COUNT, "Communications and attempts of any channel on all those accounts in those 7 days."),
    Column("conversations_7_days", COUNT, "Telephone conversations on the account in those 7 days."),
    Column("calls_and_texts_7_days", COUNT, "Counted calls and texts on the account in those 7 days."),
    Column("electronic_7_days", COUNT, "Texts and e-mails on the account in those 7 days."),
    Column("contacts_7_days", COUNT, "Communications and attempts of any channel on the account in those 7 days."),
)  # fmt: skip

_CONSENT_WORDS: Final = (("voice", "autodialled calls"), ("text", "texts"), ("prerecorded", "recorded voices"),
                         ("email", "e-mails"))  # fmt: skip
CONSENT_FACTS: Final = tuple(
    column
    for channel, words in _CONSENT_WORDS
    for column in (
        Column(f"consent_{channel}_state", WORD, f"given, revoked or none: consent to {words} at this point."),
        Column(f"consent_{channel}_at", DAY, f"When that consent to {words} was given or revoked."),
        Column(f"consent_{channel}_given_to", WORD, f"To whom consent to {words} was given: collector, creditor, …"),
    )
)

POINT_FACTS: Final = (
    Column("kind", WORD, "address, phone or email."),
    Column("point_kind", WORD, "street, po_box, military, …; fixed_or_mobile, toll_free, …"),
    Column("point_flags", WORDS, "What is odd about the value: placeholder, repeated, role, …"),
    Column("point_state", WORD, "State of the address or of the number's area code."),
    Column("point_status", WORD, "active, disconnected, wrong_party, … as sources and past contacts say."),
    Column("line_type", WORD, "mobile, landline, voip, toll_free or unknown."),
    Column("foreign_point", FLAG, "The address or number is outside the United States."),
    Column("origin", WORD, "portfolio, reference or both: who brought the point."),
    Column("owner_relation", WORD, "self, work, third_party or unknown: whose point it is."),
    Column("point_reported", WORDS, "What lists state of the point: work, employer_prohibits, litigator, …, sorted."),
    Column("medium_refused", FLAG, "The consumer asked not to be contacted on this channel at all.", "sensitive"),
    Column("email_domain", WORD, "public, edu, gov, mil or other; none for a point that is no e-mail."),
    Column("source_regimes", WORDS, "Legal regimes of the sources that show the point: fcra, glba, …, portfolio; sorted."),
    Column("source_allows_use", FLAG, "A source that shows the point permits this channel, this run and this state."),
    Column("p_right_party", SHARE, "Probability that the point belongs to the consumer."),
    Column("p_current", SHARE, "Probability that the point is current."),
    Column("shared_by", COUNT, "Other consumers of the project that show the point."),
    Column("wrong_party", FLAG, "The point was reported to belong to somebody else.", "sensitive"),
    Column("opt_out_endpoint", FLAG, "The point is on an opt-out list, or somebody opted out there.", "sensitive"),
    *CONSENT_FACTS,
    Column("consumer_texted", FLAG, "The consumer texted the user from this number; FALSE where no such text is on file."),
    Column("text_basis_at", DAY, "The later of the consent to texts and the consumer's own last text; NULL: neither."),
    Column("creditor_notice_until", DAY, "Last day to object to the creditor's notice that names this e-mail address."),
    Column("point_contacts_7_days", COUNT, "Communications and attempts at this point on the account in those 7 days."),
    Column("point_contacts_30_days", COUNT, "The same in the 30 days that end with as_of."),
    Column("rnd_response", WORD, "Reassigned-number answer on file: yes, no, no_data or not_asked."),
    Column("rnd_queried_at", DAY, "When the reassigned-number database was asked."),
    Column("rnd_date_used", DAY, "The date it was asked for."),
    Column("zones", WORDS, "Every time zone that addresses, numbers and the point indicate, sorted."),
    Column("zones_known", FLAG, "At least one zone is known, and every plausible address has one."),
    Column("window_minutes", COUNT, "Length of the calling window on as_of in minutes; 0: empty; NULL: not known."),
)  # fmt: skip

_CHANNEL = Column("channel", WORD, "voice, sms, email, mail or portal.", nullable=False)
_WINDOW = (
    Column("window_start", INSTANT, "From when a contact is allowed on as_of, UTC; NULL: none, or none needed."),
    Column("window_end", INSTANT, "Until when (not included), UTC."),
)

ACCOUNT_SITUATIONS: Final = Table(
    "account_situations", "What the rules may know about one account.",
    (*_ACCOUNT_KEY, *ACCOUNT_FACTS), key=("account_id",)
)  # fmt: skip
SITUATIONS: Final = Table(
    "situations", "What the rules may know about one use: an account, a contact point, a channel.",
    (*_USE_KEY, _CHANNEL, *ACCOUNT_FACTS, *POINT_FACTS, *_WINDOW),
    key=("account_id", "point_id", "channel"),
)  # fmt: skip

FACTS: Final[dict[str, Column]] = {column.name: column for column in (_CHANNEL, *ACCOUNT_FACTS, *POINT_FACTS)}
"""Every fact a condition may name."""
DAILY: Final = ("as_of", "bankruptcy_scrub_days", "assignment_notice_days", "window_minutes")
"""Facts that are others on every day though nothing happened."""
ACCOUNT_FACT_NAMES: Final = frozenset(column.name for column in ACCOUNT_FACTS)
REPORTABLE: Final = (
    "attorney_known",
    "bankruptcy_reported",
    "cease_written",
    "deceased_reported",
    "dispute_open",
    "identity_theft_reported",
    "litigator",
    "paid_or_settled",
    "protected_address",
    "work_contact_refused",
)
"""Facts that a list, a past attempt or a linked record may report about an account."""
