"""What the last published run leaves for the next night, beside its tables: `.skiptrace/night/`.

`base.json` names the run and what it was made by; a folder named by the run's key holds the tables that are compared with next
time. Only the newest is kept. It is no part of the run: without it the next night is a full run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from jobs.night import retold
from jobs.night.rescreened import SCREENED, circumstances
from jobs.noted import past
from jobs.prepare import Prepared
from jobs.runner import files_of, is_whole
from jobs.setup import Setup, versions
from skiptrace.contacts import outcomes
from skiptrace.contacts import rules as currency
from skiptrace.errors import ConfigError, DataRefused
from skiptrace.ids import digest
from skiptrace.results.run import Run
from skiptrace.results.shelf import latest
from skiptrace.schema import Column, Table
from skiptrace.schema.delivered import INSTANT, TEXT, WORD
from skiptrace.schema.working import CONSUMERS, DEATHS, SHARING
from skiptrace.store.commit import also_named, flushed, read_json, replace_bytes, with_digest
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import entries, place_of, remove_tree
from skiptrace.store.tables import read_tables, write_table

FOLDER, FILE = "night", "base.json"
FORMAT = 2
DIGESTS = Table(
    "digests", "What an account's own rows, links and attempts say, as a number each, so that two nights can be compared.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("own", pa.uint64(), "Digest of its canonical rows on the tape, and of its state in the inventory.", nullable=False),
        Column("linked", pa.uint64(), "Digest of its likely pairs and of the files that their records are in.", nullable=False),
        Column("told", pa.uint64(), "Digest of what attempts said.", nullable=False),
        Column("part", pa.int32(), "The partition of the portfolio that it is in.", nullable=False),
    ),
    key=("account_id",),
)  # fmt: skip
DEAD = Table(
    "dead", "Points that an attempt found dead for everybody.",
    (
        Column("kind", WORD, "phone, email or address.", "key", nullable=False),
        Column("value", TEXT, "Canonical value.", "personal", nullable=False),
        Column("outcome", WORD, "What was found.", nullable=False),
        Column("occurred_at", INSTANT, "When.", nullable=False),
    ),
    key=("kind",),
)  # fmt: skip
_EVERY_NIGHT = ("compliance", "export")
KEPT = {"digests": DIGESTS, "consumers": CONSUMERS, "sharing": SHARING, "deaths": DEATHS, "dead": DEAD, "screened": SCREENED, **retold.KEPT}


@dataclass(frozen=True)
class Base:
    """The run that a night begins from: its tables, what all uses were screened by (see `jobs.night.rescreened.circumstances`), and
    references to what `stage` laid out. As a task's argument: `plain`."""

    run: Run
    as_of: dt.date
    circumstances: str
    refs: Mapping[str, Sequence[Mapping[str, Any]]]

    def plain(self) -> dict[str, Any]:
        """References to files by table, those of the published run among them, and its day."""
        tables = {
            name: [{**ref, "path": str(self.run.folder / ref["path"])} for ref in self.run.ledger["tables"][name]["files"]]
            for name in ("contact_points", "channels", "decisions")
        }
        kept = self.run.ledger["evidence"]["situations"]["files"]
        tables["situations"] = [{**ref, "path": str(self.run.folder / ref["path"])} for ref in kept]
        head = {"run_id": self.run.run_id, "as_of": self.as_of.isoformat(), "circumstances": self.circumstances}
        return {**head, **{name: [dict(ref) for ref in refs] for name, refs in self.refs.items()}, **tables}


def basis(prepared: Prepared) -> dict[str, Any]:
    """What two runs must share for one to be made from the other; everything else is compared account by account."""
    setup = prepared.setup
    hashes = {name: prepared.hashes[name] for name in sorted(prepared.hashes)} | {"project": _project(setup)}
    return {
        "format": FORMAT, "hashes": hashes, "libraries": versions(), "model": prepared.model_key, "reach": setup.reach,
        "limit": setup.limit, "forgotten": list(setup.forgotten), "recency": currency.load().recency_day(setup.as_of).isoformat(),
    }  # fmt: skip


def _project(setup: Setup) -> str:
    """The project file but for its day and for what only steps decide on that are taken for every account each night."""
    content = setup.project.content()
    head = {name: value for name, value in content["project"].items() if name != "as_of"}
    return digest("night", {**{name: value for name, value in content.items() if name not in _EVERY_NIGHT}, "project": head})


def dead_now(setup: Setup) -> pa.Table:
    """DEAD on the run's day."""
    return outcomes.dead_for_everybody(past(setup), currency.load(), setup.as_of)


def stage(prepared: Prepared, refs: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Lay out what the next night begins from, before the run is published, for `adopt`. `refs`: files of KEPT but DEAD in the
    run's work folder."""
    setup = prepared.setup
    place = private_folder(private_folder(setup.private / FOLDER) / setup.run_key)
    kept: dict[str, list[dict[str, Any]]] = {"dead": [write_table(dead_now(setup), DEAD, place, "dead").plain()]}
    for name, files in refs.items():
        kept[name] = []
        for ref in files:
            source = place_of(ref["path"])
            also_named(source, place / source.name)
            kept[name].append({**ref, "path": str(place / source.name)})
    flushed(place)
    head = {"run_id": prepared.run_id, "as_of": setup.as_of.isoformat(), "circumstances": circumstances(setup)}
    content = {**head, "basis": basis(prepared), "refs": kept}
    replace_bytes(place / FILE, with_digest(content))


def adopt(setup: Setup) -> None:
    """Let the next night begin from this run, which is published; nothing where it was adopted before, or another run was since. Where two
    runs do this at once one of them is named, and if its files went a night is a full run."""
    folder = setup.private / FOLDER
    try:
        staged = (folder / setup.run_key / FILE).read_bytes()
    except OSError:
        return
    try:
        known = (folder / FILE).read_bytes()
    except OSError:
        known = b""
    if known != staged:
        replace_bytes(folder / FILE, staged)
    for other in entries(folder):
        if other.name not in (FILE, setup.run_key):
            remove_tree(other)


def load(prepared: Prepared) -> tuple[Base | None, str]:
    """The run that tonight's can be made from; else None and why not, in words."""
    setup = prepared.setup
    try:
        content = read_json(setup.private / FOLDER / FILE)
        refs = {name: content["refs"][name] for name in KEPT}
        before, known, run_id = dt.date.fromisoformat(content["as_of"]), content["basis"], content["run_id"]
        around = str(content["circumstances"])
    except (OSError, ValueError, KeyError, TypeError):
        return None, "no published run left anything to begin from"
    try:
        run = latest(setup.private.parent)
    except (ConfigError, DataRefused):
        return None, "the run that was published last is gone or damaged"
    if run.run_id != run_id:
        return None, "the run that was published last is another one"
    if before > setup.as_of:
        return None, f"the last run was for {before}, a later day"
    if (why := _other(known, basis(prepared))) is not None:
        return None, why
    found = Base(run, before, around, refs)
    if not all(is_whole(place_of(ref["path"]), ref, closely=True) for ref in files_of(found.plain())):
        return None, "what the last run left is damaged"
    return found, ""


_WORDS = {
    "format": "the program", "libraries": "versions of libraries", "model": "the match model", "reach": "the learned scorecards",
    "limit": "--limit", "forgotten": "who was forgotten",
    "recency": "the day to which ages are counted",
}  # fmt: skip
_HASHES = {
    "code": "the program", "rules": "the rules", "rulebook": "the contact rules", "linkage": "the linkage rules",
    "token_key": "the key of SSN tokens", "project": "the project file", "scorecards": "the scorecards",
}  # fmt: skip


def _other(before: Mapping[str, Any], now: Mapping[str, Any]) -> str | None:
    """What is another than in the last run, in words; None where nothing is."""
    known = before.get("hashes", {})
    changed = [_HASHES.get(name, name) for name, value in now["hashes"].items() if known.get(name) != value]
    changed += [words for name, words in _WORDS.items() if before.get(name) != now[name]]
    return f"changed since the last run: {', '.join(dict.fromkeys(changed))}" if changed else None


def table(base: Mapping[str, Any], name: str, columns: list[str] | None = None) -> pa.Table:
    """A table of KEPT as a task is given it by `Base.plain`."""
    return read_tables(list(base[name]), KEPT[name], columns)
