"""Outcomes of past attempts for the steps: every delivery of them, each event once, and what earlier runs were told.

A project keeps what an outcome proved when the outcome's file is gone: a wrong number and an opt-out hold for good. The
ledger of outcomes (`.skiptrace/outcomes/`) is one table of the lasting outcomes of all published runs. A run names the
table that it begins with in its key and adds its own at the end, so a rerun on the same inputs is the same run. Which table is
in force is said by the last of numbered states, each put if absent, so that two runs at once lose nothing of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs import chain
from jobs.setup import Setup
from jobs.tape import intake_receipts
from skiptrace.columns import combine, number
from skiptrace.grouping import begins
from skiptrace.normalize.words import read_lists
from skiptrace.reach import teaching
from skiptrace.reach.attempts import telling
from skiptrace.schema import EVENTS
from skiptrace.schema.working import PAST_EVENTS
from skiptrace.store.commit import put_bytes, read_json, with_digest
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place, place_of
from skiptrace.store.tables import read_tables, write_table

FOLDER = "outcomes"
OLD = ("now.json", "attempts.json")
EMPTY: dict[str, Any] = {"began": {}, "now": {}, "attempts": {}}
SAME = ("event_id", "account_id", "channel", "kind", "value", "outcome", "occurred_at")
"""Columns in which an event that comes twice agrees. One id for two different events is the sender's slip: both count."""


def events(setup: Setup) -> pa.Table:
    """PAST_EVENTS of every delivery of them and of the ledger, by event, moment and account; an event that comes twice
    counts once, under the first source's name."""
    parts = [read_tables([setup.past] if setup.past else [], PAST_EVENTS)]
    for name in sorted(source.name for source in setup.project.source if source.kind == "dispositions"):
        found = read_tables([receipt["events"] for receipt in intake_receipts(setup, name)], EVENTS)
        parts.append(found.append_column("source", pa.repeat(name, len(found))).cast(PAST_EVENTS.arrow))
    return distinct(pa.concat_tables(parts))


def distinct(found: pa.Table) -> pa.Table:
    """The rows of PAST_EVENTS that differ in SAME, sorted by it."""
    if not len(found):
        return found
    order = found.sort_by([(name, "ascending") for name in (*SAME, "source")])
    key = number(combine([order[name] for name in SAME], len(order)))
    return order.take(pa.array(begins(key)))


def begun_with(private: Place, inputs: str) -> dict[str, Any]:
    """The ledger that a run on `inputs` begins with: the one it began with when it was published, else the present one.

    A file reference of PAST_EVENTS; {} where nothing was learned yet."""
    _, known = state(private)
    for ref in (known["began"].get(inputs), known["now"]):
        if ref == {}:
            return {}
        if ref and (private / FOLDER / ref["path"]).is_file():
            return {**ref, "path": str(private / FOLDER / ref["path"])}
    return {}


def state(private: Place) -> tuple[int, dict[str, Any]]:
    """The present state of the ledger and its number: which table of lasting outcomes is the one in force (`now`), with which one
    each published run began (`began`, by its inputs), and which table of attempts is kept (`attempts`); 0 where none was written."""
    folder = private / FOLDER
    return chain.last(folder, lambda: _before_states(folder))


def remember(setup: Setup, inputs: str) -> None:
    """Add the lasting outcomes of a run, and what it was told of attempts, to the ledger. Doing it twice changes nothing.

    Each state is put if absent under the next number, so what another run adds at the same time is never lost."""
    folder, told = setup.private / FOLDER, events(setup)
    chain.add(folder, lambda: _before_states(folder), lambda known: _added(setup, inputs, told, known), named_by)


def forget(private: Place, inputs: Collection[str]) -> None:
    """Do not keep any longer what runs on these inputs began with: one that is made again begins with what is known now."""
    folder = private / FOLDER

    def without(known: dict[str, Any]) -> dict[str, Any]:
        return {**known, "began": {key: ref for key, ref in known["began"].items() if key not in inputs}}

    chain.add(folder, lambda: _before_states(folder), without, named_by)


def settled(private: Place) -> None:
    """Write what an earlier version left in its form as a state of the chain. Doing it twice changes nothing."""
    folder = private / FOLDER
    number, known = state(private)
    if not number and known != EMPTY:
        put_bytes(private_folder(folder) / "state-000001.json", with_digest(known))


def keep_only(private: Place, others: Callable[[pa.Table], pa.Table]) -> bool:
    """Leave in every table of the ledger only the rows that `others` leaves, and nothing of the rest on the disk or store. Returns
    whether anything was there. Doing it twice changes nothing; only while nobody else writes to the project."""
    folder, before = private / FOLDER, state(private)

    def again(ref: dict[str, Any]) -> dict[str, Any]:
        if not ref or not (folder / ref["path"]).is_file():
            return ref
        table = read_tables(_there(private, ref), PAST_EVENTS)
        kept = others(table)
        if len(kept) == len(table):
            return ref
        made = write_table(kept, PAST_EVENTS, private_folder(folder), str(ref["path"]).rpartition("-")[0]).plain()
        return {**made, "path": place_of(made["path"]).name}

    def rewritten(known: dict[str, Any]) -> dict[str, Any]:
        began = {inputs: again(ref) for inputs, ref in known["began"].items()}
        return {"began": began, "now": again(known["now"]), "attempts": again(known["attempts"])}

    chain.add(folder, lambda: _before_states(folder), rewritten, named_by)
    chain.only_last(folder, named_by)
    return state(private)[1] != before[1]


def _added(setup: Setup, inputs: str, told: pa.Table, known: dict[str, Any]) -> dict[str, Any]:
    lasting = [name for name, entry in read_lists("dispositions").items() if entry.get("lasting")]
    proved = told.filter(pc.is_in(told["outcome"], pa.array(sorted(lasting), pa.string())))
    attempts = _merged(setup.private, telling(told, teaching.load()), known["attempts"], "attempts")
    now = _merged(setup.private, proved, known["now"], "events")
    if not now:
        return {**known, "attempts": attempts}
    began = {**setup.past, "path": place_of(setup.past["path"]).name} if setup.past else {}
    return {"began": {**known["began"], inputs: began}, "now": now, "attempts": attempts}


def _merged(private: Place, new: pa.Table, known: dict[str, Any], stem: str) -> dict[str, Any]:
    """The reference, by name, of the table that holds new PAST_EVENTS and those of a known one."""
    if not len(new):
        return known
    before = read_tables(_there(private, known), PAST_EVENTS)
    table = distinct(pa.concat_tables([new, before]))
    if known and table.equals(before):  # a file that is encrypted anew has other bytes
        return known
    ref = write_table(table, PAST_EVENTS, private_folder(private / FOLDER), stem).plain()
    return {**ref, "path": place_of(ref["path"]).name}


def named_by(content: dict[str, Any]) -> set[str]:
    """The names of the tables that a state of the ledger names."""
    refs = [content["now"], content["attempts"], *content["began"].values()]
    return {ref["path"] for ref in refs if ref}


def _before_states(folder: Place) -> dict[str, Any]:
    """What earlier versions wrote, in two files that they replaced: no opt-out is forgotten."""
    content = dict(EMPTY)
    for name in OLD:
        try:
            found = read_json(folder / name)
        except FileNotFoundError:
            continue
        content |= found if name == OLD[0] else {"attempts": found}
    return content


def _there(private: Place, ref: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**ref, "path": str(private / FOLDER / ref["path"])}] if ref else []


def kept(private: Place) -> pa.Table:
    """PAST_EVENTS of both tables of the ledger, what lasts and the attempts; one that is gone says nothing."""
    refs = [ref for name in ("now", "attempts") if (ref := state(private)[1][name]) and (private / FOLDER / ref["path"]).is_file()]
    return read_tables([one for ref in refs for one in _there(private, ref)], PAST_EVENTS)


def kept_attempts(private: Place) -> pa.Table:
    """PAST_EVENTS of attempts that published runs were told of, whether their files are still there or not. Only learning reads
    them: what lasts for every run is in the ledger above, and how often somebody was contacted is told by deliveries alone."""
    return read_tables(_there(private, state(private)[1]["attempts"]), PAST_EVENTS)


def counts(setup: Setup, consumers: pa.Table) -> dict[str, int]:
    """What `run.json` says of outcomes: how many count, how many come from the ledger or name an account that no
    portfolio has. The latter say nothing of anybody, but a number they found dead is dead."""
    found = events(setup)
    known = pc.is_in(found["account_id"], consumers["account_id"].combine_chunks())
    moments = found.group_by(["account_id", "channel", "kind", "value", "occurred_at"]).aggregate([("outcome", "count_distinct")])
    several = pc.sum(pc.greater(moments["outcome_count_distinct"], 1)).as_py() or 0
    return {
        "events": len(found), "remembered": setup.past.get("rows", 0) if setup.past else 0,
        "of_unknown_accounts": len(found) - (pc.sum(known).as_py() or 0), "contradictory_moments": several,
    }  # fmt: skip
