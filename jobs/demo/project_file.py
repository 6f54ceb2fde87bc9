"""The project file of the sample project: a commented example of every section a first project needs."""

from __future__ import annotations

import datetime as dt

_TEMPLATE = """\
# A sample project. Every person, address and number in it is invented: nobody here may be called or written to.
version = 1

[project]
name     = "demo"
as_of    = {as_of}                  # the date the run believes it is; leave it out to mean today
purposes = ["fcra.collection", "glba.fraud_prevention_or_collection"]

# The purchased accounts. On the left our names, on the right a SQL expression over the seller's columns;
# a bare column name is the simplest one.
[portfolio]
path = "portfolio/*.parquet"
[portfolio.columns]
account_id         = "ACCT_NO"
full_name          = "DEBTOR_NAME"                 # "LAST, FIRST M" in a quarter of the rows; their parts are empty
first_name         = "FIRST_NM"
middle_name        = "MIDDLE_NM"
last_name          = "LAST_NM"
suffix             = "SFX"
former_names       = "AKA_LAST"
dob                = "try_strptime(DOB, '%m/%d/%Y')::DATE"
ssn4               = "SSN_LAST4"
address_line1      = "ADDR_1"
address_line2      = "ADDR_2"
city               = "CITY"
state              = "ST"
postal_code        = "ZIP"
phones             = ["HOME_PH", "CELL_PH"]
email              = "EMAIL_ADDR"
original_creditor  = "ORIG_CRED"
balance            = "replace(replace(CUR_BAL, '$', ''), ',', '')::DECIMAL(14, 2)"
open_date          = "try_strptime(OPEN_DT, '%m/%d/%Y')::DATE"
charge_off_date    = "try_strptime(CO_DT, '%m/%d/%Y')::DATE"
last_payment_date  = "try_strptime(LAST_PMT_DT, '%m/%d/%Y')::DATE"
language           = "LANG"
deceased           = "DECD_FLG = 'Y'"              # blank stays unknown: nobody said yes or no
bankruptcy         = "BK_FLG = 'Y'"
attorney           = "ATTY_FLG = 'Y'"
cease              = "CEASE_FLG = 'Y'"
dispute            = "DISPUTE_FLG = 'Y'"

# Reference sources: licensed files of records about people. Each names what it may be used for.
[[source]]
name     = "header"
path     = "sources/header.parquet"
kind     = "credit_header"
purposes = ["fcra.collection", "glba.fraud_prevention_or_collection"]
[source.columns]
record_id     = "REC_ID"
origin        = "ORIGIN"                           # who compiled a row first: its copies are no second witness
first_name    = "FNAME"
middle_name   = "MNAME"
last_name     = "LNAME"
suffix        = "SUFFIX"
dob           = "DOB"
ssn4          = "SSN4"
address_line1 = "ADDR1"
address_line2 = "ADDR2"
city          = "CITY"
state         = "STATE"
postal_code   = "ZIP"
phone         = "PHONE"
first_seen    = "FIRST_RPT"
last_seen     = "LAST_RPT"
deceased_date = "DOD"

[[source]]
name     = "utility"
path     = "sources/utility.csv"
kind     = "utility"
purposes = ["glba.fraud_prevention_or_collection"]
[source.columns]
record_id     = "account"
origin        = "'utility_exchange'"
full_name     = "customer_name"
address_line1 = "service_address"
address_line2 = "service_unit"
city          = "city"
state         = "state"
postal_code   = "zip"
phone         = "phone"
last_seen     = "last_bill"

[[source]]
name     = "voter"
path     = "sources/voter.parquet"
kind     = "voter"
purposes = ["fcra.collection", "public_record"]
[source.columns]
record_id     = "VoterId"
first_name    = "FirstName"
middle_name   = "MiddleName"
last_name     = "LastName"
suffix        = "NameSuffix"
dob           = "BirthDate"
address_line1 = "ResAddress"
city          = "ResCity"
state         = "ResState"
postal_code   = "ResZip"
first_seen    = "RegistrationDate"
last_seen     = "coalesce(LastVoted, RegistrationDate)"
[source.formats]
dob = "%Y%m%d"                                     # a text date in a form of its own; what does not parse is a reject

[[source]]
name            = "contact"
path            = "sources/contact.parquet"
kind            = "phone_file"
purposes        = ["fcra.collection", "glba.fraud_prevention_or_collection"]
cost_per_record = 0.02                             # paid for each record used, so accounts with a stop come first
[source.columns]
record_id              = "record"
origin                 = "list_origin"
full_name              = "fullname"
first_name             = "fname"
last_name              = "lname"
address_line1          = "address"
address_line2          = "unit"
city                   = "city"
state                  = "state"
postal_code            = "zip"
phone                  = "phone"
line_type              = "line_type"
status                 = "line_status"
email                  = "email"
last_seen              = "last_seen"
consent_text           = "consent_text"
consent_text_at        = "consent_text_at"
consent_text_given_to  = "consent_text_given_to"
consent_voice          = "consent_voice"
consent_voice_at       = "consent_voice_at"
consent_voice_given_to = "consent_voice_given_to"
consent_email          = "consent_email"
consent_email_at       = "consent_email_at"
consent_email_given_to = "consent_email_given_to"

# What happened before: results of calls, texts, e-mails and letters.
[[source]]
name     = "dispositions"
path     = "sources/dispositions.csv"
kind     = "dispositions"
purposes = ["fcra.collection"]
[source.columns]
event_id     = "event_id"
account_id   = "account_id"
channel      = "channel"
value        = "value"
outcome_code = "outcome_code"
system       = "system"
occurred_at  = "occurred_at"

# Who must not be contacted. A required list that is missing or empty stops the run.
[[source]]
name     = "suppression"
path     = "sources/suppression.parquet"
kind     = "suppression"
purposes = ["fcra.collection"]
required = true
[source.columns]
list           = "list"
scope          = "scope"
channel        = "channel"
value          = "value"
reason         = "reason"
effective_from = "effective_from"

# What the contact rules must know about you. What is left out counts as not known, and rules fail closed on it.
[compliance]
operator_role     = "debt_buyer_active"
dialer_class      = "manual"
licensed_states   = [
{states}
]
content_has_offer = false
policies          = ["revoke_all", "sample_numbers"]   # the numbers of this sample are reserved for fiction
creditor_states   = ["DE", "SD"]                   # whose limitation periods may count as well
{attest}
# Files that other systems import. A profile is a file of rules/exports.
[[export]]
name    = "dialer"
profile = "csv"

[[export]]
name    = "full"
profile = "parquet"
"""

ATTESTED = {
    "bankruptcy_scrub": 10, "deceased_scrub": 10, "litigator_scrub": 10, "validation_notice": 10, "consent_review": 10,
    "assignment_notice": 60, "ownership_documents": 60, "privacy_map": 60, "balance_review": 10,
}  # fmt: skip
"""Steps that the sample project says were done outside, and how many days before. `account_flags_review` is left out on
purpose: the few accounts whose flags the seller left blank show what a required step looks like."""


def text(as_of: dt.date, states: tuple[str, ...]) -> str:
    """The project file, as TOML. `states` are those in which the sample operator is licensed."""
    rows = [states[start : start + 16] for start in range(0, len(states), 16)]
    listed = "\n".join("    " + " ".join(f'"{state}",' for state in row) for row in rows)
    comment = "   # a step done outside, when and on whose word; it goes into the audit log"
    attest = ""
    for place, (step, days) in enumerate(ATTESTED.items()):
        done = as_of - dt.timedelta(days=days)
        attest += f"[[compliance.attest]]{comment if place == 0 else ''}\n"
        attest += f'step = "{step}"\ndate = {done.isoformat()}\nby   = "compliance@example.com"\n'
    return _TEMPLATE.format(as_of=as_of.isoformat(), states=listed, attest=attest)
