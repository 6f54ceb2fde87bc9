"""A simulated platform for every export profile: it takes the export as it was written and answers with the result file that the
profile states, every code of it in turn."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import duckdb

from skiptrace.export.model import Profile
from tests.export import strict

WHEN = "2026-06-30 12:00:00"
EVENT = (
    "event_id", "CALL ID", "conversation-id", "contact_id", "Transaction", "uniqueid", "messageSid", "sg_event_id", "MessageID",
    "message_id",
)  # fmt: skip
TIME = (
    "occurred_at", "TIMESTAMP", "call-time", "attempt_time", "Call Time", "call_date", "call_time", "timestamp", "LogDate",
    "event_time", "date_created",
)  # fmt: skip
CODE = (
    "outcome", "DISPOSITION", "wrap-up-code", "outcome_id", "Result", "status", "call_result", "messageStatus", "event", "Status",
    "event_type",
)  # fmt: skip
POINT = (
    "number1", "Phone 1", "phone1", "phone_number", "Phone1", "to", "email", "_MobileNumber", "contact", "Phone number", "phone",
)  # fmt: skip
SAME = {"account_number": "Account Number", "ContactKey": "_ContactKey", "MobileNumber": "_MobileNumber"}
FLAGS = {"do_not_call": "Do not call", "not_in_service": "Not in service", "rpc": "RPC"}


@dataclass(frozen=True, order=True)
class Said:
    """What an attempt should be read as."""

    account: str
    channel: str
    outcome: str
    value: str | None


def rows_of(files: list[Path], profile: Profile) -> list[dict[str, str]]:
    """The export as the platform reads it."""
    if profile.format == "parquet":
        found = duckdb.sql(f"SELECT * FROM read_parquet('{files[0]}')").to_arrow_table().to_pylist()
        return [{name: "" if value is None else str(value) for name, value in row.items()} for row in found]
    rows = []
    for file in files:
        lines = strict.read(file, profile)
        rows += [dict(zip(profile.headers, line, strict=True)) for line in (lines[1:] if profile.options.get("header", True) else lines)]
    return rows


def answer(profile: Profile, rows: list[dict[str, str]], target: Path) -> list[Said]:
    """Write the platform's result file; returns what it should be read as, once per account of a row."""
    result = profile.result
    assert result is not None
    codes, said = cycle(result.codes.items()), list[Said]()
    with target.open("w", encoding="utf-8", newline="") as file:
        written = csv.DictWriter(file, result.columns)
        written.writeheader()
        for number, row in enumerate(rows):
            (code, outcome), channel = next(codes), _channel(profile, row)
            point = _point(profile, row)
            written.writerow({name: _cell(profile, name, row, f"{profile.name}-{number}", code, point, channel) for name in result.columns})
            value = _canonical(profile, point) if "value" in result.map and point else None
            said += [Said(account, channel, outcome, value) for account in _accounts(profile, row)]
    return said


def _accounts(profile: Profile, row: dict[str, str]) -> list[str]:
    """Every account that the row is about, in its order."""
    if profile.name == "salesforce_mobile":
        return [bytes.fromhex(row["_ContactKey"]).decode()]
    joined = next((row[name] for name in ("account_ids", "Accounts", "Original Account Number", "comments") if name in row), None)
    if joined is not None:
        return joined.split("|")
    return [next(row[name] for name in ("account_id", "Account Number", "external_id", "ref", "File Number") if name in row)]


def _channel(profile: Profile, row: dict[str, str]) -> str:
    if len(profile.channels) == 1:
        return profile.channels[0]
    return "voice" if profile.name == "collect" else row.get("channel") or row["channels"].split("|")[0]


def _point(profile: Profile, row: dict[str, str]) -> str:
    """The number, mailbox or address that was tried: the first of the row."""
    for name in ("value", *POINT):
        if row.get(name):
            return row[name]
    return ""


def _canonical(profile: Profile, point: str) -> str:
    if point.startswith("+") or "@" in point or " " in point:
        return point
    return f"+{point}" if profile.name == "salesforce_mobile" else f"+1{point}"


def _cell(profile: Profile, name: str, row: dict[str, str], event: str, code: str, point: str, channel: str) -> Any:
    if profile.name == "collect":
        flags = {"Date": WHEN.split()[0], "Time": WHEN.split()[1], "Last result": "" if code in FLAGS else code, "Invalid number": "0"}
        return row.get(name) or flags.get(name) or ("1" if FLAGS.get(code) == name else "0")
    if profile.name == "twilio" and name in ("messageStatus", "errorCode"):
        return (code if code.isdigit() else "") if name == "errorCode" else "failed" if code.isdigit() else code
    if name in EVENT:
        return event
    for names, value in ((TIME, WHEN), (CODE, code)):
        if name in names:
            return value
    if name == "channel":
        return channel
    return row.get(SAME.get(name, name), point)
