"""What the tape delivered for an account, beside the canonical values that were made of it.

The tape is read again: raw text is kept nowhere. By default a raw value is shown by its shape (`Aaaaa, AAAA 99/99/9999`),
which says how it was written and not what it says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs.explain import masks
from jobs.explain.model import Delivered
from skiptrace.columns import as_text
from skiptrace.errors import ConfigError, DataRefused, SkiptraceError
from skiptrace.ids import digest
from skiptrace.intake import delivery
from skiptrace.intake.mapping import Mapped
from skiptrace.intake.partitions import Partition
from skiptrace.project import Portfolio, load
from skiptrace.schema import REJECTS

GROUPS = {
    "name": ("full_name", "first_name", "middle_name", "last_name", "suffix"), "birth date": ("dob",), "SSN": ("ssn", "ssn4"),
    "address": ("address_line1", "address_line2", "city", "state", "postal_code", "country"), "phone": ("phone", "phones"),
    "e-mail": ("email", "emails"),
}  # fmt: skip
"""Canonical columns that become one canonical value, in the order they are shown."""
NEVER_SHOWN = ("SSN",)
HIDDEN_KEY = b"only for telling whether the number is valid"


def delivered(
    folder: Path, account_id: str, ledger: Mapping[str, Any], environ: Mapping[str, str], show_pii: bool
) -> tuple[Delivered, ...]:
    """Raw and canonical values of one account, a group of columns a line. Empty where the tape cannot be read any more or
    is no longer what the run read: then it could tell something else than the run saw."""
    try:
        project = load(folder, environ)
        spec = project.portfolio
        as_of = dt.date.fromisoformat(ledger["as_of"])
        limits = project.limits
        found = delivery.survey(spec, project.folder, as_of, project.runtime.rows_per_partition, "portfolio", limits=limits)
        read = [[file.name, sha256] for file, sha256 in zip(found.files, found.hashes, strict=True)]
        if digest(read) != digest([[file["name"], file["sha256"]] for file in ledger["portfolio"]["files"]]):
            return ()
        for partition in found.partitions:
            mapped = delivery.load(partition, found.mapping, limits)
            ids = pc.utf8_trim_whitespace(as_text(mapped.table["account_id"]))
            place = pc.index(ids, pa.scalar(account_id, ids.type)).as_py()
            if place >= 0:
                one = Mapped(mapped.table.slice(place, 1), mapped.rows.slice(place, 1), REJECTS.empty(), 1, 0)
                return _groups(one, partition, spec, as_of, show_pii)
    except (ConfigError, DataRefused, KeyError):
        return ()
    return ()


def _groups(one: Mapped, partition: Partition, spec: Portfolio, as_of: dt.date, show_pii: bool) -> tuple[Delivered, ...]:
    try:
        tables = delivery.canonical(one, partition, spec, as_of, HIDDEN_KEY)
    except SkiptraceError:
        return ()
    identity = tables.identities.to_pylist()[0]
    points = tables.sightings.filter(pc.equal(tables.sightings["party"], "borrower")).to_pylist()
    reasons = {row["column"]: row["reason"] for row in tables.rejects.to_pylist() if row["column"]}
    canonical: dict[str, list[str | None]] = {
        "name": [_name(identity, show_pii)], "birth date": [_day(identity["dob"], show_pii)], "SSN": [_number(identity)],
        "address": [_point(row, show_pii) for row in points if row["kind"] == "address"],
        "phone": [_point(row, show_pii) for row in points if row["kind"] == "phone"],
        "e-mail": [_point(row, show_pii) for row in points if row["kind"] == "email"],
    }  # fmt: skip
    out = []
    for group, columns in GROUPS.items():
        names = [name for name in one.table.column_names if name.split(".")[0] in columns]
        raw = [text for name in names if (text := as_text(one.table[name]).to_pylist()[0])]
        if not raw and not any(canonical[group]):
            continue
        shown = ["(not shown)"] if group in NEVER_SHOWN else raw if show_pii else [shape(text) for text in raw]
        why = sorted({reasons[column] for column in columns if column in reasons})
        out.append(Delivered(group, tuple(shown), tuple(text for text in canonical[group] if text), tuple(why)))
    return tuple(out)


def shape(text: str) -> str:
    """How a text is written: upper and lower-case letters, digits and the rest, at most 40 characters of it."""

    def of(char: str) -> str:
        if char.isalpha():
            return "A" if char.isupper() else "a"
        return "9" if char.isdigit() else char if char.isascii() and char.isprintable() else "?"

    turned = "".join(map(of, text))
    return turned if len(turned) <= 40 else turned[:37] + "..."


def _name(identity: Mapping[str, Any], show_pii: bool) -> str | None:
    if not show_pii:
        return masks.name({"first_name": identity["first"], "last_name": identity["last"]})
    return " ".join(identity[part] for part in ("first", "middle", "last", "suffix") if identity[part]) or None


def _day(day: Any, show_pii: bool) -> str | None:
    return None if day is None else day.isoformat() if show_pii else "****-**-**"


def _number(identity: Mapping[str, Any]) -> str | None:
    if identity["ssn_token"] is not None:
        return "nine digits, kept as a keyed token"
    return "last four digits" if identity["ssn4"] else None


def _point(row: Mapping[str, Any], show_pii: bool) -> str:
    return str(row["value"]) if show_pii else masks.point(row)
