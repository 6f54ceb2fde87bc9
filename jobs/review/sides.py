"""Both sides of a pair as a person compares them: what the account's tape and the reference record say, field by field.

A number of the social security is never among them; the sentence of its level says how far two agree. Values are masked unless they are
asked for.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs import own_rows
from jobs.explain import masks
from jobs.review.answers import Pair
from jobs.review.bands import KEY
from jobs.unremembered import receipts_of
from skiptrace.project import PRIVATE, Project, token_key
from skiptrace.results import Run
from skiptrace.store.places import Place, entries
from skiptrace.store.tables import read_table

FIELDS = ("name", "former_names", "birth_date", "addresses", "phones", "emails")
Side = Mapping[str, str]
"""FIELDS with their values as text, several with a bar between; empty where there is none."""
_KINDS = {"addresses": "address", "phones": "phone", "emails": "email"}
_PERSON = ("first", "middle", "last", "suffix", "former_names", "dob")
_POINT = ("kind", "value", "house", "street", "city", "state")
_Rows = tuple[list[dict[str, Any]], list[dict[str, Any]]]


def sides(project: Project, home: Place, run: Run, pairs: Iterable[Pair], today: dt.date, show_pii: bool) -> dict[Pair, tuple[Side, Side]]:
    """(account, record) of each pair of a run. A tape or delivery that is no longer there leaves its side empty."""
    wanted = set(pairs)
    named = sorted({pair[0] for pair in wanted})
    accounts = own_rows.of_accounts(project, home, named, token_key(project, os.environ), today).rows
    mine = {account: _side((one.to_pylist(), other.to_pylist()), show_pii) for account, (one, other) in accounts.items()}
    links = run.table("links", [*KEY, "identity"])
    links = links.filter(pc.is_in(links["account_id"], pa.array(named, pa.string())))
    rows = {(row["account_id"], row["source"], row["record_id"]): row["identity"] for row in links.to_pylist()}
    theirs = {at: _side(found, show_pii) for at, found in _records(home / PRIVATE, {(pair[1], rows[pair]) for pair in wanted}).items()}
    nothing = dict.fromkeys(FIELDS, "")
    return {pair: (mine.get(pair[0], nothing), theirs.get((pair[1], rows[pair]), nothing)) for pair in sorted(wanted)}


def _records(private: Place, wanted: set[tuple[str, int]]) -> dict[tuple[str, int], _Rows]:
    """Rows of IDENTITIES and SIGHTINGS of records, by source and number, of the deliveries that are kept."""
    numbers, found = pa.array(sorted({number for _, number in wanted}), pa.int64()), dict[tuple[str, int], _Rows]()
    for place in entries(private / "deliveries"):
        for receipt in receipts_of(place):
            named: dict[tuple[str, int], _Rows] = {}
            for slot, (name, columns) in enumerate((("identities", _PERSON), ("sightings", _POINT))):
                table = read_table(receipt[name], ["source", "identity", *columns])
                for row in table.filter(pc.is_in(table["identity"], numbers)).to_pylist():
                    if (at := (row["source"], row["identity"])) in wanted and at not in found:
                        named.setdefault(at, ([], []))[slot].append(row)
            found |= named
    return found


def _side(rows: _Rows, show_pii: bool) -> Side:
    identities, sightings = rows
    told: dict[str, list[str]] = {name: [] for name in FIELDS}
    for one in identities:
        parts = [one[part] for part in ("first", "middle", "last", "suffix") if one[part]]
        known = {"first_name": one["first"], "last_name": one["last"]}
        told["name"].append(" ".join(parts) if show_pii else masks.name(known) or "")
        earlier = one["former_names"] or []
        told["former_names"] += earlier if show_pii else [masks.name({"last_name": name}) or "" for name in earlier]
        if one["dob"] is not None:
            told["birth_date"].append(one["dob"].isoformat() if show_pii else "****-**-**")
    for name, kind in _KINDS.items():
        told[name] = [row["value"] if show_pii else masks.point(row) for row in sightings if row["kind"] == kind]
    return {name: " | ".join(dict.fromkeys(value for value in values if value)) for name, values in told.items()}
