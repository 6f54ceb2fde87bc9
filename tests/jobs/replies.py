"""A tiny project whose every channel is open, with platforms that answer: six people, two of whom owe two debts."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

FIRST = dt.date(2026, 6, 1)
"""The first night."""
PEOPLE = (
    ("Alma", "Quimby", "1961-01-10", "100 Maple Street", "2535551000", "alma.q@example.com", ("A1", "A2")),
    ("Bruno", "Rasmus", "1962-02-11", "107 Maple Street", "2535551037", "bruno.r@example.com", ("B1",)),
    ("Clara", "Sandoval", "1963-03-12", "114 Maple Street", "2535551074", "clara.s@example.com", ("C1", "C2")),
    ("Dario", "Tillery", "1964-04-13", "121 Maple Street", "2535551111", "dario.t@example.com", ("D1",)),
    ("Edith", "Underhill", "1965-05-14", "128 Maple Street", "2535551148", "edith.u@example.com", ("E1",)),
    ("Felix", "Vasquez", "1966-06-15", "135 Maple Street", "2535551185", "felix.v@example.com", ("F1",)),
)
"""First name, last name, birth date, street, phone, e-mail, accounts."""
ACCOUNTS = tuple(account for person in PEOPLE for account in person[6])
_HEAD = """version = 1
[project]
name = "replies"
purposes = ["fcra.collection"]
[portfolio]
path = "portfolio.csv"
[portfolio.columns]
account_id = "account_id"
first_name = "first_name"
last_name = "last_name"
dob = "dob"
address_line1 = "street"
city = "'Tacoma'"
state = "'WA'"
postal_code = "'98402'"
phone = "phone"
email = "email"
balance = "balance"
deceased = "false"
bankruptcy = "false"
attorney = "false"
cease = "false"
dispute = "false"
scra = "false"
original_creditor = "'First Bank'"
open_date = "DATE '2021-01-05'"
charge_off_date = "DATE '2025-06-05'"
last_payment_date = "DATE '2024-12-05'"
[[source]]
name = "header"
path = "header.csv"
kind = "phone_file"
purposes = ["fcra.collection"]
[source.columns]
record_id = "account_id"
first_name = "first_name"
last_name = "last_name"
dob = "dob"
address_line1 = "street"
city = "'Tacoma'"
state = "'WA'"
postal_code = "'98402'"
phone = "phone"
line_type = "'mobile'"
email = "email"
last_seen = "DATE '2026-05-01'"
consent_text = "'given'"
consent_text_at = "DATE '2026-05-25'"
consent_text_given_to = "'collector'"
consent_voice = "'given'"
consent_voice_at = "DATE '2026-05-25'"
consent_voice_given_to = "'collector'"
consent_email = "'given'"
consent_email_at = "DATE '2026-05-25'"
consent_email_given_to = "'collector'"
[[source]]
name = "dnc"
path = "dnc.csv"
kind = "suppression"
purposes = ["fcra.collection"]
allow_empty = true
[source.columns]
list = "'dnc'"
scope = "'endpoint'"
value = "value"
[runtime]
scheduler = "sync"
partition_rows = 50
[compliance]
operator_role = "debt_buyer_active"
dialer_class = "manual"
licensed_states = ["WA"]
content_has_offer = false
policies = ["revoke_all", "sample_numbers"]
"""
PLACEMENTS = """
[[source]]
name = "placements"
path = "placements.csv"
kind = "placements"
purposes = ["fcra.collection"]
[source.columns]
account_id = "account"
placed_with = "holder"
placed_on = "since"
recalled_on = "until"
"""
"""A delivery of placements, by the columns of `placements.csv`."""
STEPS = {
    "bankruptcy_scrub": "2026-05-25", "deceased_scrub": "2026-05-25", "litigator_scrub": "2026-05-25", "validation_notice": "2026-05-25",
    "consent_review": "2026-05-25", "assignment_notice": "2026-04-20", "ownership_documents": "2026-04-20", "privacy_map": "2026-04-20",
    "balance_review": "2026-05-25", "account_flags_review": "2026-05-25", "opt_out_review": "2026-05-25",
}  # fmt: skip
"""Steps that were done outside, and when."""
PROFILES = {"dialer": "five9", "texts": "twilio", "mails": "sendgrid", "letters": "letter_vendor"}


def make_replies(folder: Path, exports: Mapping[str, str] | None = None, more: str = "") -> Path:
    """Make the project, whose exports (name, profile) are those of four platforms if nothing is said, each with its results below
    `results/<name>`. `more` is added to its file."""
    folder.mkdir(parents=True)
    (folder / "results").mkdir()
    rows = [(account, *person[:6], f"{400 + 10 * n}.00") for n, person in enumerate(PEOPLE) for account in person[6]]
    head = ("account_id", "first_name", "last_name", "dob", "street", "phone", "email", "balance")
    for name in ("portfolio.csv", "header.csv"):
        write(folder / name, head, rows)
    write(folder / "dnc.csv", ("value",), [("2535559999",)])
    text = _HEAD + "".join(f'[[compliance.attest]]\nstep = "{step}"\ndate = {day}\nby = "c@example.com"\n' for step, day in STEPS.items())
    for name, profile in (PROFILES if exports is None else exports).items():
        text += f'[[export]]\nname = "{name}"\nprofile = "{profile}"\n'
        text += f'[[feedback]]\nexport = "{name}"\npath = "results/{name}*.csv"\n'
    (folder / "skiptrace.toml").write_text(text + more, encoding="utf-8")
    return folder


def write(file: Path, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A CSV file."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([head, *rows])


def calls(folder: Path, name: str, *rows: tuple[str, str, str, str, str]) -> None:
    """A result file of the dialer: call id, UTC time, number, disposition, account ids joined by '|'."""
    write(folder / "results" / name, ("CALL ID", "TIMESTAMP", "DNIS", "DISPOSITION", "account_ids"), rows)
