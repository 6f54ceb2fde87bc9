"""The smallest project that takes every step of the protocol: two partitions of a few made-up accounts, one source, past contacts,
one export. Its runs are fast enough to be killed hundreds of times."""

from __future__ import annotations

from pathlib import Path

from skiptrace.store.objects import ObjectPath

_PROJECT = """version = 1
[project]
name = "tiny"
as_of = 2026-06-30
purposes = ["fcra.collection"]
[portfolio]
path = "{base}portfolio.csv"
[portfolio.columns]
account_id = "account_id"
first_name = "first_name"
last_name = "last_name"
dob = "dob"
address_line1 = "street"
city = "city"
state = "state"
postal_code = "zip"
phone = "phone"
balance = "balance"
[[source]]
name = "header"
path = "{base}header.csv"
kind = "credit_header"
purposes = ["fcra.collection"]
[source.columns]
record_id = "record_id"
first_name = "first_name"
last_name = "last_name"
dob = "dob"
address_line1 = "street"
city = "city"
state = "state"
postal_code = "zip"
phone = "phone"
last_seen = "last_seen"
[[source]]
name = "calls"
path = "{base}calls.csv"
kind = "dispositions"
purposes = ["fcra.collection"]
[source.columns]
event_id = "event_id"
account_id = "account_id"
channel = "channel"
value = "value"
outcome_code = "outcome_code"
occurred_at = "occurred_at"
[[export]]
name = "plain"
profile = "csv"
[runtime]
partition_rows = 6
scheduler = "sync"
"""
_FIRST = ("Alma", "Bruno", "Clara", "Dario", "Edith", "Felix", "Greta", "Hugo", "Irma", "Jonas", "Karla", "Leo")
_LAST = ("Quimby", "Rasmus", "Sandoval", "Tillery", "Underhill", "Vasquez", "Whitlock", "Xiong", "Yarrow", "Zeller", "Abbot", "Beck")


def on_store(project: Path, store: ObjectPath) -> Path:
    """Move the deliveries of a project to an object store, and let its runs lie there; returns the project's folder."""
    for file in ("portfolio.csv", "header.csv", "calls.csv"):
        (store / "in" / file).replace(project / file)
        (project / file).unlink()
    text = _PROJECT.format(base=f"{store}/in/") + f'store = "{store}/project"\n'
    (project / "skiptrace.toml").write_text(text, encoding="utf-8")
    return project


def make_tiny(folder: Path) -> Path:
    """Make the project in a new folder; returns the folder."""
    folder.mkdir(parents=True)
    people = [
        (f"A{n:03d}", first, last, f"19{60 + n}-0{1 + n % 9}-1{n % 9}", f"{100 + 7 * n} Maple Street", "Tacoma", "WA", "98402",
         f"253555{1000 + 37 * n}", f"{250 + n}.50")
        for n, (first, last) in enumerate(zip(_FIRST, _LAST, strict=True))
    ]  # fmt: skip
    head = "account_id,first_name,last_name,dob,street,city,state,zip,phone,balance"
    _write(folder / "portfolio.csv", head, people)
    seen = [(f"R{row[0][1:]}", *row[1:4], row[4].replace("Maple", "Birch"), *row[5:8], f"253777{2000 + n}", "2026-03-01")
            for n, row in enumerate(people) if n % 3]  # fmt: skip
    _write(folder / "header.csv", "record_id,first_name,last_name,dob,street,city,state,zip,phone,last_seen", seen)
    tried = (("A001", people[1][8], "wrong_number"), ("A002", people[2][8], "rpc"))
    calls = [(f"E{n}", account, "voice", phone, outcome, f"2026-05-0{n}") for n, (account, phone, outcome) in enumerate(tried, 1)]
    _write(folder / "calls.csv", "event_id,account_id,channel,value,outcome_code,occurred_at", calls)
    (folder / "skiptrace.toml").write_text(_PROJECT.format(base=""), encoding="utf-8")
    return folder


def _write(file: Path, head: str, rows: list[tuple[str, ...]]) -> None:
    file.write_text("\n".join([head, *(",".join(row) for row in rows)]) + "\n", encoding="utf-8")
