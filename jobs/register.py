"""The register of a project: which consumer each account was called, run by run, so that ids last; and what was told of accounts
that were closed, recalled or transferred, so that it holds when its file is gone.

A log (`.skiptrace/register/`): every published run that changes something adds what changed, under the next number ("night"). A
run names in its key the night that it begins with, so a rerun on the same inputs is the same run, and which files hold the log is
said by a chain of states (`jobs.chain`). No id is given twice: nothing is taken out of the log but what it says of people who are
forgotten, whose accounts never come back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs import chain
from jobs.setup import Setup
from skiptrace.errors import DamagedFile, DataRefused, Problem
from skiptrace.ids import digest
from skiptrace.linkage import naming
from skiptrace.project import PRIVATE
from skiptrace.schema import ACCOUNT_EVENTS, CONSUMER_CHANGES, PLACEMENTS, Column, Table
from skiptrace.schema.delivered import DAY
from skiptrace.schema.working import NAMED_ACCOUNTS, NAMED_CONSUMERS
from skiptrace.store.commit import also_named
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place, place_of
from skiptrace.store.tables import read_table, read_tables, write_table

FOLDER = "register"
LOGGED_EVENTS = Table(
    "logged_events", "An account event with the run that was first told of it.",
    (
        *ACCOUNT_EVENTS.columns, Column("told_on", DAY, "The day of the run that was first told of it.", nullable=False),
        Column("night", pa.int32(), "The number of that run in the project's register, from 1.", nullable=False),
    ),
)  # fmt: skip
LOGGED_PLACEMENTS = Table(
    "logged_placements", "A placement with the run that was first told of it.",
    (*PLACEMENTS.columns, *LOGGED_EVENTS.columns[-2:]),
)  # fmt: skip
LOGS: dict[str, Table] = {
    "accounts": NAMED_ACCOUNTS, "consumers": NAMED_CONSUMERS, "events": LOGGED_EVENTS, "placements": LOGGED_PLACEMENTS,
}  # fmt: skip
"""The tables of the log; each has a column `night`."""
TOLD = ("events", "placements")
"""Those of them that deliveries tell."""
MOST_FILES = 32
"""A table of the log that lies in more files than this is written anew as one."""


def _nothing() -> dict[str, Any]:
    return {"began": {}, "heads": [], **{name: [] for name in LOGS}}


def begun_with(private: Place, begins: str) -> dict[str, Any]:
    """The register that a run of this key begins with: as it was when such a run was published, else the present one.

    `night`, `head` (a digest of everything up to it) and file references of LOGS; {} where nothing is known yet."""
    _, state = chain.last(private / FOLDER, _nothing)
    night = state["began"].get(begins, len(state["heads"]))
    return _as_of_night(private, state, night) if night else {}


def _as_of_night(private: Place, state: dict[str, Any], night: int) -> dict[str, Any]:
    files = {name: [{**ref, "path": str(private / FOLDER / ref["path"])} for ref in state.get(name, ())] for name in LOGS}
    return {"night": night, "head": state["heads"][night - 1], **files}


def names_before(setup: Setup) -> naming.Known:
    """The ids that were given before this run."""
    return _names(setup.register)


def log(private: Place, name: str) -> pa.Table:
    """A table of LOGS as it is now, night after night. Raises DataRefused (exit 3) where a file of it is gone or damaged."""
    _, state = chain.last(private / FOLDER, _nothing)
    return _read(name, [{**ref, "path": str(private / FOLDER / ref["path"])} for ref in state.get(name, ())])


def _names(register: dict[str, Any]) -> naming.Known:
    if not register:
        return naming.NOTHING
    return naming.known(_read("accounts", register["accounts"]), _read("consumers", register["consumers"]), register["night"])


def _read(name: str, refs: list[dict[str, Any]]) -> pa.Table:
    try:
        return read_tables(refs, LOGS[name])
    except DamagedFile as damage:  # no run makes it again
        mend = f"restore {PRIVATE}/{FOLDER} from a copy; without that folder every consumer gets a new id"
        problems = tuple(Problem(one.file, one.place, one.what, mend) for one in damage.problems)
        raise DataRefused("the register of accounts cannot be trusted", problems) from None


def written(setup: Setup, named: naming.Named, before: naming.Known) -> dict[str, Any]:
    """What the consumers of this run add to the register, as files of the run: `register` and CONSUMER_CHANGES (`changes`)."""
    night = setup.register.get("night", 0) + 1
    found = naming.register(named, before, night, setup.as_of)
    folder = setup.work / "register"
    return {
        "register": {
            "accounts": write_table(found.accounts, NAMED_ACCOUNTS, folder, "accounts").plain(),
            "consumers": write_table(found.consumers, NAMED_CONSUMERS, folder, "consumers").plain(),
        },
        "changes": write_table(found.changes, CONSUMER_CHANGES, folder, "changes").plain(),
    }  # fmt: skip


def told(receipt: dict[str, Any]) -> dict[str, int]:
    """What `run.json` says of consumers, by the receipt of `jobs.link.consumers`: how many there are, how many ids are new, and
    how many changes there were of each kind."""
    kinds = read_table(receipt["changes"], ["kind"])["kind"]
    states = read_table(receipt["register"]["consumers"], ["state"])["state"]
    ids = read_table(receipt["consumers"], ["consumer_id"])["consumer_id"]
    counted = {kind: pc.sum(pc.equal(kinds, kind), min_count=0).as_py() for kind in ("merged", "split", "moved", "closed", "returned")}
    living = pc.sum(pc.equal(states, naming.LIVING), min_count=0).as_py()
    return {"consumers": pc.count_distinct(ids).as_py(), "new": living - counted["returned"], **counted}


def remember(setup: Setup, begins: str, consumers: dict[str, Any], *told: dict[str, Any]) -> None:
    """Add what a run brought to the register, as its next night: the receipts of `jobs.link.consumers` and, where anything is told
    of accounts, of `jobs.inventory.states` and `jobs.placed.states`. Doing it twice changes nothing; a run over a part of the
    portfolio adds nothing, as it cannot tell who is gone."""
    folder = setup.private / FOLDER
    new = {**consumers["register"], **{name: one[name] for one in told for name in TOLD if name in one}}
    chain.add(folder, _nothing, lambda state: _added(setup, begins, new, consumers["consumers"], state), named_by)


def forget(private: Place, begins: Collection[str]) -> None:
    """Do not keep any longer with which night runs of these keys began."""

    def without(state: dict[str, Any]) -> dict[str, Any]:
        return {**state, "began": {key: night for key, night in state["began"].items() if key not in begins}}

    chain.add(private / FOLDER, _nothing, without, named_by)


def keep_only(private: Place, others: Callable[[pa.Table], pa.Table]) -> bool:
    """Leave in every table of the log only the rows that `others` leaves, and nothing of the rest on the disk or store. Returns whether
    anything was there. The ids that go were made from account ids which never come back, so that none is given twice. Doing it twice
    changes nothing; only while nobody else writes to the project. Raises DataRefused as `log`."""
    folder = private / FOLDER
    _, before = chain.last(folder, _nothing)

    def again(name: str, ref: dict[str, Any]) -> dict[str, Any]:
        table = _read(name, [{**ref, "path": str(folder / ref["path"])}])
        kept = others(table)
        if len(kept) == len(table):
            return ref
        made = write_table(kept, LOGS[name], private_folder(folder), str(ref["path"]).rpartition("-")[0]).plain()
        return {**made, "path": place_of(made["path"]).name}

    chain.add(
        folder, _nothing, lambda state: {**state, **{name: [again(name, ref) for ref in state.get(name, ())] for name in LOGS}}, named_by
    )
    chain.only_last(folder, named_by)
    return bool(chain.last(folder, _nothing)[1] != before)


def named_by(state: dict[str, Any]) -> set[str]:
    """The names of the files that a state names."""
    return {ref["path"] for name in LOGS for ref in state.get(name, ())}


def _added(
    setup: Setup, begins: str, new: dict[str, Any], consumers: dict[str, Any], state: dict[str, Any]
) -> dict[str, Any]:
    if begins in state["began"]:
        return state
    begun, now = setup.register.get("night", 0), len(state["heads"])
    content = {**state, "began": {**state["began"], begins: begun}}
    if setup.limit is not None:
        return content
    if now != begun:  # another run was published meanwhile: what is known has changed
        before = _names(_as_of_night(setup.private, state, now))
        named = naming.named(read_table(consumers), before)
        found = naming.register(named, before, now + 1, setup.as_of)
        tables = {"accounts": found.accounts, "consumers": found.consumers}
        tables |= {name: _of_night(read_table(new[name]), now + 1) for name in TOLD if name in new}
        new = {name: write_table(table, LOGS[name], setup.work / FOLDER, name).plain() for name, table in tables.items()}
    new = {name: ref for name, ref in sorted(new.items()) if ref and ref["rows"]}
    if not new:
        return content
    folder = private_folder(setup.private / FOLDER)
    for name, ref in new.items():
        source = place_of(ref["path"])
        also_named(source, folder / source.name)
        content[name] = _joined(folder, name, [*state.get(name, ()), {**ref, "path": source.name}])
    head = digest("night", state["heads"][-1:], {name: ref["sha256"] for name, ref in new.items()})
    return {**content, "heads": [*state["heads"], head]}


def _of_night(table: pa.Table, night: int) -> pa.Table:
    at = table.column_names.index("night")
    return table.set_column(at, "night", pa.repeat(pa.scalar(night, pa.int32()), len(table)))


def _joined(folder: Place, name: str, refs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The files of a log, as one where there are too many."""
    if len(refs) <= MOST_FILES:
        return refs
    table = read_tables([{**ref, "path": str(folder / ref["path"])} for ref in refs], LOGS[name])
    ref = write_table(table, LOGS[name], folder, name).plain()
    return [{**ref, "path": place_of(ref["path"]).name}]
