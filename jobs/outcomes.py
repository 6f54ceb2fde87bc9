"""Outcomes of past attempts for the steps: every delivery of them, each event once, and what earlier runs were told.

A project keeps what an outcome proved when the outcome's file is gone: a wrong number and an opt-out hold for good. The
ledger of outcomes (`.skiptrace/outcomes/`) is one table of the lasting outcomes of all published runs. A run names the
table that it begins with in its key and adds its own at the end, so a rerun on the same inputs is the same run.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs.setup import Setup
from jobs.tape import intake_receipts
from skiptrace.columns import combine, number
from skiptrace.grouping import begins
from skiptrace.normalize.words import read_lists
from skiptrace.reach import teaching
from skiptrace.reach.attempts import telling
from skiptrace.schema import EVENTS
from skiptrace.schema.working import PAST_EVENTS
from skiptrace.store.commit import encode_json, read_json, replace_bytes
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place, place_of
from skiptrace.store.tables import read_tables, write_table

FOLDER, NOW, ATTEMPTS_NOW = "outcomes", "now.json", "attempts.json"
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
    try:
        known = read_json(private / FOLDER / NOW)
    except FileNotFoundError:
        return {}
    for ref in (known["began"].get(inputs), known["now"]):
        if ref == {}:
            return {}
        if ref and (private / FOLDER / ref["path"]).is_file():
            return {**ref, "path": str(private / FOLDER / ref["path"])}
    return {}


def remember(setup: Setup, inputs: str) -> None:
    """Add the lasting outcomes of a run to the ledger. Doing it twice changes nothing."""
    told = events(setup)
    _keep_attempts(setup, told)
    lasting = [name for name, entry in read_lists("dispositions").items() if entry.get("lasting")]
    told = told.filter(pc.is_in(told["outcome"], pa.array(sorted(lasting), pa.string())))
    folder = setup.private / FOLDER
    try:
        known = read_json(folder / NOW)
    except FileNotFoundError:
        known = {"began": {}, "now": {}}
    now = known["now"]
    if len(told):
        before = read_tables([{**now, "path": str(folder / now["path"])}] if now else [], PAST_EVENTS)
        ref = write_table(distinct(pa.concat_tables([told, before])), PAST_EVENTS, private_folder(folder), "events").plain()
        now = {**ref, "path": place_of(ref["path"]).name}
    elif not now:
        return
    began = {**setup.past, "path": place_of(setup.past["path"]).name} if setup.past else {}
    known = {"began": {**known["began"], inputs: began}, "now": now}
    replace_bytes(private_folder(folder) / NOW, encode_json(known))
    for file in folder.glob("events-*.parquet"):
        if file.name not in {now["path"], began.get("path")}:
            file.unlink()


def kept_attempts(private: Place) -> pa.Table:
    """PAST_EVENTS of attempts that published runs were told of, whether their files are still there or not. Only learning reads
    them: what lasts for every run is in the ledger above, and how often somebody was contacted is told by deliveries alone."""
    try:
        ref = read_json(private / FOLDER / ATTEMPTS_NOW)
    except FileNotFoundError:
        return PAST_EVENTS.empty()
    return read_tables([{**ref, "path": str(private / FOLDER / ref["path"])}], PAST_EVENTS)


def _keep_attempts(setup: Setup, told: pa.Table) -> None:
    """Add what a run was told of attempts to what is kept of them. Doing it twice changes nothing."""
    folder = setup.private / FOLDER
    new = telling(told, teaching.load())
    if not len(new):
        return
    table = distinct(pa.concat_tables([new, kept_attempts(setup.private)]))
    ref = write_table(table, PAST_EVENTS, private_folder(folder), "attempts").plain()
    name = place_of(ref["path"]).name
    replace_bytes(folder / ATTEMPTS_NOW, encode_json({**ref, "path": name}))
    for file in folder.glob("attempts-*.parquet"):
        if file.name != name:
            file.unlink()


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
