"""What left in the exports of a project: which account on which channel, in which export, since when. It lasts beyond the files.

A result that comes back is believed where what it names was sent out, and an account that an agency got is the agency's until it is
recalled. A log (`.skiptrace/exported/`): every export that sends out something new adds it before its files can be seen, so nothing
leaves that is not noted. Which files hold the log is said by a chain of states (`jobs.chain`). A run names in its key how much of the
log it begins with, so a rerun on the same inputs is the same run, whatever its own exports add.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs import chain
from skiptrace.errors import DamagedFile, DataRefused, Problem
from skiptrace.ids import digest
from skiptrace.intake.exported import ANY
from skiptrace.project import PRIVATE, Project
from skiptrace.schema.working import EXPORTED
from skiptrace.sql import query
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place, place_of
from skiptrace.store.tables import read_tables, write_table

FOLDER = "exported"
MOST_FILES = 32
"""A log that lies in more files than this is written anew as one."""
_NEW = """
select distinct account_id, channel, '{export}' as export, {holder}::varchar as holder, DATE '{as_of}' as exported_on,
    {entry}::integer as entry
from sent s where not exists (
    select 1 from known k where k.export = '{export}' and k.holder is not distinct from {holder}::varchar
        and k.account_id = s.account_id and k.channel is not distinct from s.channel)
order by all
"""


def _nothing() -> dict[str, Any]:
    return {"began": {}, "heads": [], "days": [], "files": []}


def is_asked(project: Project) -> bool:
    """Whether a run of the project looks at what left."""
    return any(source.results_of for source in project.source) or any(export.holder for export in project.export)


def begun_with(private: Place, begins: str) -> dict[str, Any]:
    """The log that a run of this key begins with: as it was when such a run was published, else the present one.

    `entries` (how many of them), `head` (a digest of these), `since` and `last` (the days of the first and the last, ISO) and the
    log's `files`; {} where nothing is known to have left."""
    _, state = chain.last(private / FOLDER, _nothing)
    return _as_of_entry(private, state, state["began"].get(begins, len(state["heads"])))


def now(private: Place) -> dict[str, Any]:
    """The log as it is now; as `begun_with`."""
    _, state = chain.last(private / FOLDER, _nothing)
    return _as_of_entry(private, state, len(state["heads"]))


def _as_of_entry(private: Place, state: dict[str, Any], entries: int) -> dict[str, Any]:
    if not entries:
        return {}
    files = [{**ref, "path": str(private / FOLDER / ref["path"])} for ref in state["files"]]
    days = state["days"][:entries]
    return {"entries": entries, "head": state["heads"][entries - 1], "since": min(days), "last": max(days), "files": files}


def since(known: dict[str, Any]) -> dt.date:
    """The first day of which it is known what left."""
    return dt.date.fromisoformat(known["since"])


def log(known: dict[str, Any]) -> pa.Table:
    """EXPORTED as far as a run knows it. Raises DataRefused (exit 3) where a file of it is gone or damaged."""
    if not known:
        return EXPORTED.empty()
    try:
        found = read_tables(known["files"], EXPORTED)
    except DamagedFile as damage:  # nothing makes it again
        mend = f"restore {PRIVATE}/{FOLDER} from a copy"
        problems = tuple(Problem(one.file, one.place, one.what, mend) for one in damage.problems)
        raise DataRefused("what was exported cannot be trusted", problems) from None
    return found.filter(pc.less_equal(found["entry"], known["entries"]))


def pairs(known: dict[str, Any]) -> pa.Table:
    """account_id, channel and exported_on, the first day, of all that left, each account and channel once."""
    text = "select account_id, channel, min(exported_on) as exported_on from log group by all order by all"
    return query(text, {"log": log(known)})


def read_with(known: dict[str, Any], as_of: dt.date) -> list[str]:
    """What a reading of results on a day depends on of the log: from when it is, and, where something left that same day, all of it.
    What left before is final, as no export is written for a day before that of a run."""
    return [] if not known else [known["since"]] + ([known["head"]] if known["last"] >= as_of.isoformat() else [])


def add(private: Place, export: str, sent: pa.Table, as_of: dt.date, holder: str | None = None) -> None:
    """Note what an export sends out, account_id and channel, or to which holder. What it sent before is noted already."""
    folder, whose = private / FOLDER, "null" if holder is None else f"'{holder}'"
    if holder is not None:
        sent = pa.table({"account_id": sent["account_id"], "channel": pa.repeat(ANY, len(sent))})

    def added(state: dict[str, Any]) -> dict[str, Any]:
        entry = len(state["heads"]) + 1
        known = log(_as_of_entry(private, state, len(state["heads"])))
        new = query(_NEW.format(export=export, holder=whose, as_of=as_of, entry=entry), {"sent": sent, "known": known})
        if not len(new):
            return state
        ref = write_table(new, EXPORTED, private_folder(folder), "part").plain()
        refs = [*state["files"], {**ref, "path": place_of(ref["path"]).name}]
        if len(refs) > MOST_FILES:
            whole = write_table(pa.concat_tables([known, new.cast(EXPORTED.arrow)]), EXPORTED, folder, "part").plain()
            refs = [{**whole, "path": place_of(whole["path"]).name}]
        head = digest("entry", state["heads"][-1:], ref["sha256"])
        return {**state, "files": refs, "heads": [*state["heads"], head], "days": [*state["days"], as_of.isoformat()]}

    chain.add(folder, _nothing, added, named_by)


def remember(private: Place, begins: str, known: dict[str, Any]) -> None:
    """Keep how much of the log a published run of this key began with. Doing it twice changes nothing."""
    entries = known.get("entries", 0)
    chain.add(private / FOLDER, _nothing, lambda state: {**state, "began": {begins: entries, **state["began"]}}, named_by)


def forget(private: Place, begins: Collection[str]) -> None:
    """Do not keep any longer with how much runs of these keys began."""

    def without(state: dict[str, Any]) -> dict[str, Any]:
        return {**state, "began": {key: count for key, count in state["began"].items() if key not in begins}}

    chain.add(private / FOLDER, _nothing, without, named_by)


def keep_only(private: Place, others: Callable[[pa.Table], pa.Table]) -> bool:
    """Leave in the log only the rows that `others` leaves, and nothing of the rest on the disk or store. Returns whether anything was
    there. Doing it twice changes nothing; only while nobody else writes to the project. Raises DataRefused as `log`."""
    folder = private / FOLDER
    _, before = chain.last(folder, _nothing)

    def again(state: dict[str, Any]) -> dict[str, Any]:
        whole = log(_as_of_entry(private, state, len(state["heads"])))
        kept = others(whole)
        if len(kept) == len(whole):
            return state
        ref = write_table(kept, EXPORTED, private_folder(folder), "part").plain()
        return {**state, "files": [{**ref, "path": place_of(ref["path"]).name}]}

    chain.add(folder, _nothing, again, named_by)
    chain.only_last(folder, named_by)
    return bool(chain.last(folder, _nothing)[1] != before)


def named_by(state: dict[str, Any]) -> set[str]:
    """The names of the files that a state names."""
    return {ref["path"] for ref in state["files"]}
