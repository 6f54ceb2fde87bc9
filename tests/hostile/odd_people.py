"""A project of made-up accounts of which each is odd in one way, and of others that lend an oddity weight; one source knows them all."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

from tests.jobs.tiny import _PROJECT

SHARED_SSN = "219-09-5511"
SHARERS = 500
NAMESAKES = 1_500
NEIGHBOURS = 900
"""Reference records, a third of the file, that have one ZIP with all accounts."""
COLUMNS = ("account_id", "first_name", "last_name", "full_name", "dob", "ssn", "street", "city", "state", "zip", "phone", "last_payment")
BASE = {
    "first_name": "Alma",
    "last_name": "Quimby",
    "full_name": "",
    "dob": "1961-02-11",
    "ssn": "",
    "street": "107 Maple Street",
    "city": "Tacoma",
    "state": "WA",
    "zip": "98402",
    "phone": "2532671001",
    "last_payment": "2020-05-01",
}
ODD: dict[str, dict[str, str]] = {
    "ssn-zeros": {"ssn": "000-00-0000"},
    "ssn-filler": {"ssn": "123456789"},
    "ssn-itin": {"ssn": "912-70-1234"},
    "ssn-666": {"ssn": "666-12-3456"},
    "ssn-group": {"ssn": "219-00-1234"},
    "ssn-serial": {"ssn": "219-09-0000"},
    "name-test": {"first_name": "TEST", "last_name": "TEST"},
    "name-unknown": {"first_name": "UNKNOWN", "last_name": "UNKNOWN"},
    "name-na": {"first_name": "N/A", "last_name": "N/A"},
    "name-estate": {"first_name": "", "last_name": "", "full_name": "ESTATE OF ALMA QUIMBY"},
    "name-business": {"first_name": "", "last_name": "", "full_name": "QUIMBY PLUMBING LLC"},
    "address-general": {"street": "GENERAL DELIVERY"},
    "address-box": {"street": "PO BOX 114"},
    "address-jail": {"street": "PIERCE COUNTY JAIL"},
    "address-hospital": {"street": "ST JOSEPH HOSPITAL RM 12"},
    "address-maildrop": {"street": "MAIL DROP 12 500 ELM ST"},
    "phone-nines": {"phone": "9999999999"},
    "phone-fives": {"phone": "5555555555"},
    "phone-extension": {"phone": "253-267-1001 ext. 12"},
    "phone-letters": {"phone": "2532671001x12"},
    "marks-lookalike": {"first_name": "\u0410lm\u0430"},
    "marks-direction": {"first_name": "\u202eAlma", "last_name": "Qui\u200bmby"},
    "marks-emoji": {"first_name": "\U0001f600\U0001f600"},
    "marks-control": {"last_name": "Qui\x07mby"},
    "dob-zeros": {"dob": "0000-00-00"},
    "dob-1900": {"dob": "1900-01-01"},
    "dob-future": {"dob": "2031-01-01"},
    "dob-9999": {"dob": "99991231"},
    "zone-east": {"last_payment": "2020-05-01T23:30:00-05:00"},
    "zone-utc": {"last_payment": "2020-05-02T04:30:00Z"},
    "twice-equal": {},
    "twice-other": {"last_name": "Rasmus"},
    "minor": {"dob": "2015-01-01"},
}


def make_odd(folder: Path) -> Path:
    """Make the project in a new folder; returns the folder."""
    folder.mkdir(parents=True)
    rows = [{**BASE, **odd, "account_id": name} for name, odd in ODD.items()]
    rows.append({**BASE, "account_id": "twice-equal"})
    rows.append({**BASE, "last_name": "Tillery", "account_id": "twice-other"})
    rows.append({**BASE, "account_id": ""})
    rows += [
        {
            **BASE,
            "first_name": _word(n),
            "last_name": _word(n * 7 + 3),
            "ssn": SHARED_SSN,
            "dob": str(dt.date(1950, 1, 1) + dt.timedelta(17 * n)),
            "street": f"{100 + n} Birch Street",
            "phone": f"253268{1000 + n}",
            "account_id": f"shared-{n:03d}",
        }
        for n in range(SHARERS)
    ]
    nothing = dict.fromkeys(BASE, "")
    rows += [{**nothing, "first_name": "JOHN", "last_name": "SMITH", "account_id": f"smith-{n:04d}"} for n in range(NAMESAKES)]
    _write(folder / "portfolio.csv", ("account_id",), rows)
    seen = [{**BASE, "account_id": "R-alma", "ssn": ""}]
    seen += [{**nothing, "first_name": "JOHN", "last_name": "SMITH", "account_id": f"R-smith-{n:04d}"} for n in range(NAMESAKES)]
    seen += [
        {
            **BASE,
            "first_name": _word(5000 + n),
            "last_name": _word(9000 + n),
            "street": f"{100 + n} Elm Street",
            "dob": f"19{40 + n % 59}-1{n % 3}-0{1 + n % 9}",
            "phone": "",
            "account_id": f"R-zip-{n:03d}",
        }
        for n in range(NEIGHBOURS)
    ]
    seen.append(
        {
            **BASE,
            "first_name": "Zora",
            "last_name": "Yarrow",
            "ssn": SHARED_SSN,
            "dob": "1950-07-07",
            "street": "9 Oak Road",
            "phone": "2534449999",
            "account_id": "R-shared",
        }
    )
    _write(folder / "header.csv", ("record_id",), seen)
    _write(folder / "calls.csv", ("event_id", "account_id", "channel", "value", "outcome_code", "occurred_at"), [])
    text = _PROJECT.format(base="")
    more = 'full_name = "full_name"\nssn = "ssn"\nphone = "phone"\n'
    text = text.replace('phone = "phone"\nbalance = "balance"', more + 'last_payment_date = "last_payment"')
    text = text.replace('phone = "phone"\nlast_seen = "last_seen"', more)
    text = text.replace("partition_rows = 6", "partition_rows = 5000")
    (folder / "skiptrace.toml").write_text(text, encoding="utf-8")
    return folder


def _word(number: int) -> str:
    """Some letters that are a number's own, unlike those of its neighbours."""
    number = number * 7919 % 20_736
    return "".join("bdfgklmnprst"[number // 12**place % 12] + "aeiou"[(number // 12**place + place) % 5] for place in range(4)).capitalize()


def _write(file: Path, head: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    names = (*head, *(name for name in COLUMNS if name != "account_id")) if len(head) == 1 else head
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(names)
        writer.writerows([row["account_id"] if name in ("account_id", "record_id") else row[name] for name in names] for row in rows)
