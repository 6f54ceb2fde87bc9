"""What attempts left behind, and what was superseded: found by what no manifest, receipt, plan or note names, and removed when it is old
enough to be nobody's.

A run that is under way is safe whatever the lock says: what it wrote lately is young, and what its plan and receipts name stays.
Links are removed and never followed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Container, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs import chain, exported, outcomes, register, retained, shards
from jobs.estimate import kept
from jobs.night import base as night
from jobs.runner import files_of
from jobs.setup import PLAN
from jobs.waterfall import log
from skiptrace.errors import StoreUnavailable
from skiptrace.project import PRIVATE
from skiptrace.results.run import LEDGER, is_published, read_ledger
from skiptrace.results.shelf import LATEST, RUNS
from skiptrace.schema import EVIDENCE_NAMES, PUBLISHED_NAMES
from skiptrace.store.commit import is_temporary, read_json
from skiptrace.store.folders import LIST
from skiptrace.store.objects import ObjectPath
from skiptrace.store.places import Entry, Place, drop_empty, entries, walk

YOUNG = dt.timedelta(hours=6)
"""Whatever was written since may be an attempt's that is still under way."""
UNFINISHED = dt.timedelta(days=14)
"""After this nobody is expected to go on with a run."""
SUPERSEDED = "of a run that is not kept whole"
EXPORTED_LONG_AGO = "exported longer ago than [retention] exports_days"
_KEPT_BY_RECEIPT, _TABLES = ("deliveries", "entities"), {*PUBLISHED_NAMES, *EVIDENCE_NAMES}


@dataclass(frozen=True)
class Leftover:
    """Something that nothing names: its name relative to the project's home, its bytes, and what it was."""

    name: str
    bytes: int
    kind: str


def collect(
    home: Place, now: dt.datetime, young: dt.timedelta = YOUNG, unfinished: dt.timedelta = UNFINISHED, dry: bool = False,
    keep: int | None = None, exports_days: int | None = None,
) -> list[Leftover]:  # fmt: skip
    """Remove what attempts left in a project's home, or with `dry` only find it: temporary files, table files that nothing names,
    work of runs that were published or that nobody went on with for `unfinished`, uploads that were never completed. `keep`: how many
    runs are kept whole; what is no evidence of the others goes, and what only they have used (see `jobs.retained`; None: all are kept).
    `exports_days`: how long the files of the others' exports stay (None: for good); their manifests do in any case.
    What was changed less than `young` ago stays."""
    edge, gone = now.timestamp() - young.total_seconds(), now.timestamp() - unfinished.total_seconds()
    ledgers, unused = _ledgers(home), retained.NOTHING
    if keep is not None:
        ledgers |= retained.thinned(home, ledgers, keep, edge, dry)
        whole = [str(ledger.get("run_key")) for ledger in ledgers.values() if not ledger.get("thinned")]
        unused = retained.unused(home / PRIVATE, whole)
    over = -1.0 if exports_days is None else min(edge, now.timestamp() - exports_days * 86_400)
    found = [*_runs(home, ledgers, edge, gone, over), *_private(home / PRIVATE, ledgers, unused, edge, gone)]
    if not dry:
        retained.forget(home / PRIVATE, unused.notes)
        for one in found:
            (home / one.name).unlink(missing_ok=True)
            if not isinstance(home, ObjectPath):
                drop_empty(home, one.name)
    return found + _uploads(home, edge, dry)


def tidy(home: Place, keep: int, exports_days: int) -> None:
    """What a night removes once it is published: see `collect`. What the disk or store does not let go now goes after another night."""
    with suppress(OSError, StoreUnavailable):
        collect(home, dt.datetime.now().astimezone(), keep=keep, exports_days=exports_days)


def unfinished_runs(home: Place) -> dict[str, dict[str, Any]]:
    """The plans of runs that were begun and not published, by the name of their work folder."""
    done = {str(ledger.get("run_key")) for ledger in _ledgers(home).values()}
    plans = {}
    for folder in entries(home / PRIVATE / "work"):
        plan = _read(folder / PLAN)
        if plan is not None and folder.name == plan.get("run_key") and folder.name not in done:
            plans[folder.name] = plan
    return plans


def run_id_of(plan: dict[str, Any]) -> str:
    """The id that the run of a plan has."""
    return f"{dt.date.fromisoformat(plan['as_of']):%Y%m%d}-{plan['run_key'][:12]}"


def _runs(home: Place, ledgers: dict[str, dict[str, Any]], edge: float, gone: float, over: float) -> Iterator[Leftover]:
    shelf = home / RUNS
    waiting = {run_id_of(plan) for key, plan in unfinished_runs(home).items() if _newest(home / PRIVATE / "work" / key) >= gone}
    for entry in walk(shelf):
        run, _, inner = entry.name.partition("/")
        if entry.name == LATEST or entry.changed > edge:
            continue
        ledger = ledgers.get(run)
        if _temporary(entry):
            yield _left(RUNS, entry, "unfinished file")
        elif ledger is None and run not in waiting and (inner or entry.linked):
            yield _left(RUNS, entry, "of a run that was not published")
        elif ledger is not None and (entry.linked or inner.partition("/")[0] in _TABLES) and inner not in _named(ledger):
            yield _left(RUNS, entry, SUPERSEDED if inner.partition("/")[0] in ledger.get("thinned", ()) else "in no manifest")
        elif ledger is not None and ledger.get("thinned") and inner == retained.PAGE:
            yield _left(RUNS, entry, SUPERSEDED)
        elif ledger is not None and ledger.get("thinned") and _is_contact_file(inner) and entry.changed <= over:
            yield _left(RUNS, entry, EXPORTED_LONG_AGO)


def _private(
    private: Place, ledgers: dict[str, dict[str, Any]], unused: retained.Unused, edge: float, gone: float
) -> Iterator[Leftover]:
    published = {str(ledger.get("run_key")) for ledger in ledgers.values()}
    named = {kind: _by_receipts(private / kind) for kind in _KEPT_BY_RECEIPT} | {
        ledger.FOLDER: _by_states(private / ledger.FOLDER, ledger.named_by) for ledger in (outcomes, register, exported, log)
    }
    if isinstance(private, ObjectPath):
        named["index"] = _by_lists(private / "index")
        named[shards.FOLDER] = _by_lists(private / shards.FOLDER)
    left: dict[str, float] = {folder.name: _newest(folder) for folder in entries(private / "work")}
    nights, every = _nights(private, {*left, *published}), walk(private)
    newest = dict[tuple[str, str], float]()
    for entry in every:
        kind, _, inner = entry.name.partition("/")
        place = (kind, inner.partition("/")[0])
        newest[place] = max(newest.get(place, 0.0), entry.changed)
    for entry in every:
        kind, _, inner = entry.name.partition("/")
        top = inner.partition("/")[0]
        if entry.changed > edge:
            continue
        if _temporary(entry) or entry.linked or entry.name.startswith("probe-"):
            yield _left(PRIVATE, entry, "unfinished file")
        elif top in unused.named.get(kind, ()) or (kind == retained.FOLDER and top.removesuffix(".json") in unused.notes):
            yield _left(PRIVATE, entry, SUPERSEDED)
        elif (top in unused.unknown.get(kind, ()) or top in nights.get(kind, ())) and newest[kind, top] < gone:
            yield _left(PRIVATE, entry, "that no published run has used")
        elif kind == "work" and top in published:
            yield _left(PRIVATE, entry, "work of a published run")
        elif kind == kept.FOLDER and (top.removesuffix(".json") in published or entry.changed < gone):
            yield _left(PRIVATE, entry, "estimate of a run that is over")
        elif kind == "work" and left[top] < gone:
            yield _left(PRIVATE, entry, "work that nobody went on with")
        elif kind in named and inner not in named[kind]:
            yield _left(PRIVATE, entry, "in no receipt")


def _nights(private: Place, runs: Container[str]) -> dict[str, set[str]]:
    """What a run laid out for the next night that was never published, nor can be gone on with."""
    return {night.FOLDER: {place.name for place in entries(private / night.FOLDER) if place.name != night.FILE and place.name not in runs}}


def _is_contact_file(inner: str) -> bool:
    """Whether a file of a run is one that left, or lists who did not; the manifest beside it tells hashes and counts, and nothing of a
    person."""
    return inner.startswith("exports/") and not inner.endswith(".manifest.json")


def _uploads(home: Place, edge: float, dry: bool) -> list[Leftover]:
    """Multipart uploads below a place of an object store that were begun and never completed."""
    if not isinstance(home, ObjectPath):
        return []
    found = [one for one in home.uploads() if one.changed <= edge]
    for one in [] if dry else found:
        home.abort(one)
    return [Leftover(one.name, 0, "unfinished upload") for one in found]


def _left(folder: str, entry: Entry, kind: str) -> Leftover:
    return Leftover(f"{folder}/{entry.name}", 0 if entry.linked else entry.bytes, kind)


def _temporary(entry: Entry) -> bool:
    return any(is_temporary(Path(part)) for part in entry.name.split("/"))


def _newest(folder: Place) -> float:
    return max((entry.changed for entry in walk(folder)), default=0.0)


def _ledgers(home: Place) -> dict[str, dict[str, Any]]:
    found = {}
    for folder in entries(home / RUNS):
        ledger = None if folder.is_symlink() or folder.name == LATEST else read_ledger(folder)
        if ledger is not None and is_published(ledger):
            found[folder.name] = ledger
    return found


def _named(ledger: dict[str, Any]) -> set[str]:
    tables = {**ledger["tables"], **ledger.get("evidence", {})}
    return {LEDGER, *(file["path"] for table in tables.values() for file in table["files"])}


def _by_receipts(folder: Place) -> set[str]:
    """Receipts below a folder of deliveries or persons, and the files they name."""
    named = set()
    for place in entries(folder):
        if place.is_symlink():
            continue
        for entry in walk(place):
            receipt = _read(place / entry.name) if entry.name.endswith(".json") and "/" not in entry.name else None
            if receipt is not None:
                inner = (str(file["path"]).rpartition(f"/{place.name}/")[2] for file in files_of(receipt))
                named |= {f"{place.name}/{entry.name}", *(f"{place.name}/{name}" for name in inner)}
    return named


def _by_states(folder: Place, named_by: Callable[[dict[str, Any]], set[str]]) -> set[str]:
    """The files of a chain of states; every file where it has none yet."""
    named = chain.kept(folder, named_by)
    return {entry.name for entry in walk(folder)} if named is None else named


def _by_lists(folder: Place) -> set[str]:
    """Lists of the folders of an object store, and the objects they name."""
    named = set()
    for place in entries(folder):
        if place.name.endswith(".json"):  # how a layer is cut
            named.add(place.name)
            continue
        listed = _read(place / LIST)
        if listed is not None:
            files = listed.get("files", {}).items()
            named |= {f"{place.name}/{LIST}", *(f"{place.name}/{known['sha256'][:16]}-{name}" for name, known in files)}
    return named


def _read(place: Place) -> dict[str, Any] | None:
    try:
        content: object = read_json(place)
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
