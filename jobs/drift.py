"""What the ledger says of the run that was published before, beside this one: figures, rows of deliveries, accounts that sources linked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobs.alerts import pointed
from jobs.quality import by_chance, stability
from skiptrace.results import latest
from skiptrace.results.shelf import RUNS
from skiptrace.store.places import Place

Plain = Mapping[str, Any]
_TOLD = ("part", "of", "tenths", "newest")


def since(home: Place, quality: Mapping[str, Plain], arrived: Mapping[str, Plain], linked: Mapping[str, int]) -> dict[str, Any]:
    """The run published last before this one, and by name `then` and `now` of each figure that both have (`jobs.quality.measures`), of a
    distribution also the `index` by which it moved beyond chance; `rows` and `linked`: [then, now] by source. Empty where there is none,
    and for a run that is compared with nothing (`quality` is empty)."""
    if not quality or not pointed(home / RUNS):
        return {}
    ledger = latest(home).ledger
    known, rows, links = ledger.get("quality", {}), ledger.get("arrivals", {}), ledger.get("linked_by", {})
    return {
        "run_id": ledger["run_id"], "as_of": ledger["as_of"],
        "quality": {name: _beside(known[name], plain) for name, plain in quality.items() if name in known},
        "rows": {name: [rows.get(name, {}).get("rows"), plain["rows"]] for name, plain in arrived.items()},
        "linked": {name: [links.get(name, 0), linked.get(name, 0)] for name in sorted({*links, *linked})},
    }  # fmt: skip


def _beside(then: Plain, now: Plain) -> dict[str, Any]:
    told: dict[str, Any] = {"then": _told(then), "now": _told(now)}
    if "tenths" in now:
        shift = stability(then["tenths"], now["tenths"]) - by_chance(then["tenths"], now["tenths"])
        told["index"] = round(max(shift, 0.0), 6)
    return told


def _told(plain: Plain) -> dict[str, Any]:
    return {name: plain[name] for name in _TOLD if name in plain}
