"""The project file that a new project starts from: short, commented, and valid as it stands."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping

_STARTER = """\
# The project file. Expressions are SQL over the columns of the delivered file; a bare column name is the simplest one.
version = 1

[project]
name     = "{name}"
# as_of  = {as_of}          # the date the run believes it is; left out, it is today, as a project that runs every night wants it
purposes = ["fcra.collection", "glba.fraud_prevention_or_collection"]

[portfolio]                     # the accounts: a file, glob, folder or URL; Parquet, text, Excel, JSON lines, packed or not
path = "portfolio.parquet"
# [portfolio.file]              # how it is written, as far as it cannot be told: delimiter, quote, encoding (UTF-8 if left out),
# header, names, skip_lines, layout (of fixed width), sheet, and a trailer with its control totals, such as
# trailer = '^TRL\\|(?P<rows>\\d+)\\|(?P<balance>[\\d.]+)$'
[portfolio.columns]             # left: our name; right: your column, or an expression
account_id    = "account_id"
first_name    = "first_name"
last_name     = "last_name"
dob           = "dob"           # a date, or text in a common form; or "strptime(dob, '%m/%d/%Y')"
ssn           = "ssn"           # becomes a keyed token at once and is never stored
address_line1 = "address"
address_line2 = "unit"
city          = "city"
state         = "state"
postal_code   = "zip"
phones        = ["home_phone", "cell_phone"]
emails        = ["email"]
balance       = "balance"

# One [[source]] for each file of records that you are licensed to use. kind: credit_header, utility, voter, tax,
# government, property, court, ncoa, phone_file, email_file, vendor_append, deceased, bankruptcy, litigator,
# suppression, dispositions, answers (to steps that rules ask for), account_events (closed, recalled, transferred, reopened),
# notes (of people about contact points), placements (with agencies), own_portfolio or other. A source whose purposes match none
# of the project's, or whose contract_expires has passed, is refused unread. Its licence may limit it further: retention_days,
# channels, states, except_states and exports.
#
# [[source]]
# name     = "header"
# path     = "deliveries/header/*.parquet"
# kind     = "credit_header"
# purposes = ["fcra.collection"]
# [source.columns]
# record_id     = "record_id"
# first_name    = "first"
# last_name     = "last"
# address_line1 = "concat_ws(' ', house, street)"
# city          = "city"
# state         = "state"
# postal_code   = "zip"
# phone         = "phone"
# last_seen     = "last_reported"

[compliance]                    # what the contact rules must know about you; what is left out counts against a contact
# operator_role   = "debt_buyer_active"
# dialer_class    = "manual"    # manual, autodialer, prerecorded_or_ai_voice or unknown
# licensed_states = ["WA", "OR"]
# content_has_offer = false
# channels        = ["voice", "mail"]   # those you will use; others are stopped, and so are sources that serve them alone
# policies        = ["revoke_all", "strict"]   # packs of stricter rules; left out, revoke_all is in use
# creditor_states = ["DE"]      # the creditors' home states, whose limitation periods may count

[[export]]                      # a folder of files for another system
name    = "contacts"
profile = "csv"
# holder = "acme"               # an agency or firm: only accounts that are placed with it leave here, and nowhere else
# place  = "balance > 500"      # of those that nobody holds, which the export places

# [[feedback]]                  # what its platform sends back, read as the profile says
# export = "contacts"
# path   = "results/contacts*.csv"

[runtime]
scheduler = "auto"              # auto, sync, threads, processes, or tls://host:8786
# store   = "s3://bucket/project"   # runs and what they reuse lie there; this folder if left out
# shards  = "auto"              # into how many each layer of the reference index is cut, so that no worker needs all of it
"""


def template(name: str, as_of: dt.date) -> str:
    """The text of a starter project file for a project called `name` (letters, digits, '-' and '_')."""
    return _STARTER.format(name=name, as_of=as_of.isoformat())


def mapped_template(name: str, as_of: dt.date, path: str, reading: Mapping[str, object], columns: str) -> str:
    """The same for a tape whose columns are mapped: `path` as [portfolio] has it, `reading` its [portfolio.file], `columns` the lines of
    its [portfolio.columns]."""
    head, rest = _STARTER.split("[portfolio] ", 1)
    rest = rest[rest.index("# One [[source]]") :]
    how = "".join(f"{key} = {_toml(value)}\n" for key, value in reading.items())
    tape = f"[portfolio]\npath = {_toml(path)}\n" + (f"[portfolio.file]\n{how}" if how else "") + f"[portfolio.columns]\n{columns}\n"
    return head.format(name=name, as_of=as_of.isoformat()) + tape + rest.format()


def _toml(value: object) -> str:
    return "[" + ", ".join(map(_toml, value)) + "]" if isinstance(value, list | tuple) else json.dumps(value, ensure_ascii=False)
