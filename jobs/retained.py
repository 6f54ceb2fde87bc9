"""What a project keeps of its runs: those that were published last are kept whole, of the others the evidence of their decisions; and
of what runs share (readings, layers of the index, persons) what one that is kept whole, or one that is under way, has used.

A run that is published leaves a note of what it used, `.skiptrace/uses/<run key>.json`. What only notes of other runs name is of no use
any more. What no note names may belong to a run that was killed, or to an index that was built beforehand, and is given more time.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs import exported, models, outcomes, register, shards
from jobs.prepare import Prepared
from jobs.setup import PLAN
from skiptrace.errors import ConfigError, DataRefused, SkiptraceError
from skiptrace.project import load
from skiptrace.results import latest
from skiptrace.results.run import LEDGER, THINNED, without_tables
from skiptrace.results.shelf import RUNS
from skiptrace.store.commit import put_bytes, read_json, with_digest
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place, entries, walk

FOLDER = "uses"
SHARED = ("deliveries", "readings", "index", "entities", shards.FOLDER)
"""Private folders of what several runs use, an entry of each by its name."""
EVIDENCE = ("decisions", "contact_points", "situations", "put_back", "consumer_changes", "alerts", "noted")
"""Tables that are kept of a run that is not kept whole: what was decided about which point, on what facts, and where the point is from."""
PAGE = "report.html"
Names = dict[str, set[str]]


@dataclass(frozen=True)
class Unused:
    """What is of no use any more: names by private folder (`named` by notes of runs that are not kept whole, `unknown` to any note),
    and the keys of runs whose notes name nothing that is still there (`notes`)."""

    named: Names
    unknown: Names
    notes: frozenset[str]


NOTHING = Unused({}, {}, frozenset())


def kept_whole(folder: Path) -> int | None:
    """How many runs a project keeps whole; None, which is all of them, where its file cannot be read."""
    try:
        return load(folder, os.environ).retention.runs
    except SkiptraceError:
        return None


def exports_kept(folder: Path) -> int | None:
    """For how many days a project keeps the files of exports; None, which is for good, where its file cannot be read."""
    try:
        return load(folder, os.environ).retention.exports_days
    except SkiptraceError:
        return None


def note(prepared: Prepared) -> None:
    """Note what a run has used, before it is published."""
    setup = prepared.setup
    used = {
        "deliveries": [key for keys in setup.delivery_keys.values() for key in keys],
        "readings": [f"{key}.json" for keys in prepared.read_keys.values() for key in keys],
        "index": [layer.key for layer in setup.layers],
        "entities": [setup.entities(models.content_key(models.model_file(setup.private, prepared.model_key))).name],
        shards.FOLDER: sorted({name for place in shards.places_of(setup) for name in (place.name, f"{place.name.partition('-')[0]}.json")}),
    }
    content = {"run_id": prepared.run_id, "inputs": prepared.inputs, "begins": prepared.begins, "used": used}
    put_bytes(private_folder(setup.private / FOLDER) / f"{setup.run_key}.json", with_digest(content))


def thinned(
    home: Place, ledgers: Mapping[str, Mapping[str, Any]], keep: int, edge: float, dry: bool
) -> dict[str, dict[str, Any]]:  # fmt: skip
    """The published runs of which only the evidence is to be kept from now on, by id, with their ledgers as they are then; unless `dry`
    that is said beside them, and from then on nobody asks for their other tables.

    They are not the run published last, nor one of the `keep` newest, nor one that was among these until lately (`edge`, seconds since
    1970): a night that is under way may have begun from it."""
    try:
        last = latest(home).run_id
    except (ConfigError, DataRefused):  # whoever mends that needs a run that is whole
        return {}
    newest = sorted(ledgers, key=lambda run: (str(ledgers[run].get("as_of")), run), reverse=True)
    found = {}
    for before, run in zip(newest[keep - 1 :], newest[keep:], strict=False):
        ledger = ledgers[run]
        if run == last or ledger.get("thinned") or _published(home / RUNS / before) > edge:
            continue
        gone = sorted(name for part in ("tables", "evidence") for name in ledger.get(part, {}) if name not in EVIDENCE)
        if not dry:
            put_bytes(home / RUNS / run / THINNED, with_digest({"tables": gone}))
        found[run] = without_tables(ledger, gone)
    return found


def unused(private: Place, whole: Collection[str]) -> Unused:
    """What is of no use any more where the runs with these keys are kept whole. Nothing, where one of them left no note: it was made
    by an earlier version. While a run is under way, or was killed, what it has used by its plan is in use, and all persons and shards."""
    notes = {place.name.removesuffix(".json"): _read(place) for place in entries(private / FOLDER)}
    plans = {folder.name: _read(folder / PLAN) for folder in entries(private / "work") if walk(folder)}
    kept = [notes.get(key) for key in whole]
    if not kept or None in kept or None in plans.values():
        return NOTHING
    used = _together([one["used"] for key, one in notes.items() if one is not None and (key in whole or key in plans)])
    for plan in filter(None, plans.values()):
        used["deliveries"] |= {key for keys in plan["delivery_keys"].values() for key in keys}
        used["index"] |= {layer["key"] for layer in plan["layers"]}
    others = {key: one["used"] for key, one in notes.items() if one is not None and key not in whole and key not in plans}
    told, there = _together(list(others.values())), {name: {place.name for place in entries(private / name)} for name in SHARED}
    free = {name: there[name] - used[name] for name in SHARED if not plans or name not in ("entities", shards.FOLDER)}
    named = {name: free[name] & told[name] for name in free}
    done = [key for key, mine in others.items() if not any((there[name] - used[name]) & set(mine.get(name, ())) for name in SHARED)]
    return Unused(named, {name: free[name] - told[name] for name in free}, frozenset(done))


def forget(private: Place, notes: Iterable[str]) -> None:
    """Take runs out of the ledgers of what each run began with: who makes one of them again begins with what is known now."""
    told = [content for key in notes if (content := _read(private / FOLDER / f"{key}.json")) is not None]
    if told:
        outcomes.forget(private, {str(content["inputs"]) for content in told})
        begins = {str(content["begins"]) for content in told}
        register.forget(private, begins)
        exported.forget(private, begins)


def _together(used: Sequence[Mapping[str, Sequence[str]]]) -> Names:
    return {name: {key for one in used for key in one.get(name, ())} for name in SHARED}


def _published(run: Place) -> float:
    """When a run was published, in seconds since 1970."""
    return next((entry.changed for entry in walk(run) if entry.name == LEDGER), 0.0)


def _read(place: Place) -> dict[str, Any] | None:
    with suppress(OSError, ValueError):
        content: object = read_json(place)
        return content if isinstance(content, dict) else None
    return None
