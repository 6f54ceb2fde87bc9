"""Who reported a death, and when it was: from the linked records of the deliveries that the project still keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs.explain.model import Death, Record
from jobs.explain.words import listed
from jobs.retained import FOLDER
from skiptrace.store.commit import read_json
from skiptrace.store.places import Place, entries
from skiptrace.store.tables import read_table


def death(
    account: Mapping[str, Any],
    linked: Sequence[Record],
    identities: Mapping[str, Sequence[int]],
    points: Sequence[Mapping[str, Any]],
    ledger: Mapping[str, Any],
    private: Place,
    masked: bool,
) -> Death | None:
    """What is known about the reported death of an account; None where none is reported.

    `identities`: numbers of the linked records per source; `private`: where the project keeps its deliveries."""
    if account["locate_status"] != "deceased":
        return None
    day = account["deceased_date"]
    date = None if day is None else f"{day:%Y}" if masked else day.isoformat()
    when = f"in {date}" if date and masked else f"on {date}" if date else "on a day that nobody states"
    found = _reporting(identities, ledger, private)
    if found is None:
        kinds = {entry["name"] for entry in ledger.get("sources", ()) if entry.get("kind") == "deceased"}
        told = {
            sighting["source"] for point in points for sighting in point["evidence"] if sighting["status"] == "deceased"
        }
        found = sorted(told | (kinds & set(identities)))
    if found:
        named = listed(["the portfolio itself" if source == "portfolio" else source for source in found])
        sentence = f"Reported by {named}; the death was {when}."
    else:
        named = listed(sorted({record.source for record in linked}), "or")
        sentence = f"Reported by the portfolio itself or by a linked record of {named}; the death was {when}."
    return Death(date, tuple(found), sentence)


def _reporting(identities: Mapping[str, Sequence[int]], ledger: Mapping[str, Any], private: Place) -> list[str] | None:
    """Sources whose linked records report it, or the portfolio where none does; None where a delivery is gone."""
    used, kept, out = _used(private, ledger), _kept(private / "deliveries"), []
    for source, numbers in sorted(identities.items()):
        receipts = [receipt for key, name, found in kept if name == source and (used is None or key in used) for receipt in found]
        if not receipts:
            return None
        if any(_reports(receipt, numbers) for receipt in receipts):
            out.append(source)
    return out or ["portfolio"]


def _used(private: Place, ledger: Mapping[str, Any]) -> set[str] | None:
    """Names of the readings that the run used, by its note; None where it left none: a run of an earlier version."""
    notes = (read_json(place) for place in entries(private / FOLDER))
    return next((set(note["used"]["deliveries"]) for note in notes if note["run_id"] == ledger.get("run_id")), None)


def _kept(folder: Place) -> list[tuple[str, str, list[Mapping[str, Any]]]]:
    """(key, source, receipts) of every delivery that holds records about people."""
    out = []
    for place in entries(folder):
        receipts: list[Mapping[str, Any]] = [
            read_json(file) for file in entries(place) if file.name.startswith("intake-") and file.name.endswith(".json")
        ]
        named = [receipt["identities"] for receipt in receipts if receipt["identities"]["rows"]]
        if named:
            out.append((place.name, str(read_table(named[0], ["source"])["source"][0]), receipts))
    return out


def _reports(receipt: Mapping[str, Any], numbers: Sequence[int]) -> bool:
    rows = read_table(receipt["identities"], ["identity", "deceased"])
    dead = rows.filter(pc.fill_null(rows["deceased"], False))["identity"]
    return bool(pc.any(pc.is_in(dead, pa.array(numbers, pa.int64()))).as_py())
