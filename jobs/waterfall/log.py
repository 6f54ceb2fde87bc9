"""The ledger of requests (`.skiptrace/waterfall/`): what was asked of which source about whom, what came back, and what was billed.

One chain of states (`jobs.chain`) names all of it, so an order is in the ledger whole or not at all, and two commands at once lose nothing
of each other. An order is committed before any file of it can be seen: what is paid for is what the ledger says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs import chain
from skiptrace.errors import DamagedFile, DataRefused, Problem
from skiptrace.project import PRIVATE
from skiptrace.schema import Column, Table
from skiptrace.schema.asked import ANSWERED, READ_ANSWERS, REQUEST_ROWS
from skiptrace.schema.delivered import TEXT
from skiptrace.schema.waterfall import ASKS, STOPS
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place, place_of
from skiptrace.store.tables import read_table, write_table

FOLDER = "waterfall"
ASKED = Table(
    "asked", "An account that a request is about, with all that was known of it when it was asked; what came of it is not known yet.",
    (
        Column("request", TEXT, "The request.", nullable=False),
        Column("reference", TEXT, "The row of the request.", "key", nullable=False),
        *ASKS.columns,
    ),
    key=("reference",),
)  # fmt: skip
SPECS = {"asked": ASKED, "people": REQUEST_ROWS, "answered": ANSWERED, "after": READ_ANSWERS, "stops": STOPS}
State = dict[str, Any]
Request = Mapping[str, Any]


def _nothing() -> State:
    return {"orders": [], "requests": {}, "answers": [], "bills": [], "stops": None}


def now(private: Place) -> State:
    """The ledger as it is: `orders`, `requests` by name, `answers`, `bills`, and why nobody is asked for the others (`stops`). Raises
    SafeToRerun as `jobs.chain.last`."""
    return chain.last(private / FOLDER, _nothing)[1]


def change(private: Place, changed: Callable[[State], State]) -> None:
    """Put the state that `changed` makes of the last one, unless it is the same. Raises as `jobs.chain.add`."""
    chain.add(private / FOLDER, _nothing, changed, named_by)


def keep(private: Place, kind: str, table: pa.Table) -> dict[str, Any]:
    """Write a table of SPECS for a state that is about to name it."""
    ref = write_table(table, SPECS[kind], private_folder(private / FOLDER), kind).plain()
    return {**ref, "path": place_of(ref["path"]).name}


def table(private: Place, kind: str, ref: Mapping[str, Any]) -> pa.Table:
    """A table of SPECS that a state names. Raises DataRefused (exit 3) where it is gone or damaged: nothing makes it again."""
    try:
        return read_table({**ref, "path": str(private / FOLDER / ref["path"])}).cast(SPECS[kind].arrow)
    except DamagedFile as damage:
        raise _lost(damage.problems[0].file, damage.problems[0].what) from None


def asked(private: Place, state: State) -> pa.Table:
    """ASKED of all requests that were not withdrawn, in their order."""
    parts = [table(private, "asked", request["asked"]) for name, request in state["requests"].items() if not is_withdrawn(state, name)]
    return pa.concat_tables([ASKED.empty(), *parts])


def answered(private: Place, state: State) -> pa.Table:
    """ANSWERED of all answers, in their order."""
    parts = [table(private, "answered", answer["answered"]) for answer in state["answers"]]
    return pa.concat_tables([ANSWERED.empty(), *parts])


def after(private: Place, state: State) -> pa.Table:
    """READ_ANSWERS of all answers that a run has read."""
    parts = [table(private, "after", answer["after"]) for answer in state["answers"] if answer["after"]]
    return pa.concat_tables([READ_ANSWERS.empty(), *parts])


def stops(private: Place, state: State) -> pa.Table:
    """STOPS of the last order; empty where nothing was ordered."""
    return table(private, "stops", state["stops"]["ref"]) if state["stops"] else STOPS.empty()


def is_withdrawn(state: State, name: str) -> bool:
    """Whether a request was taken back before anybody had it: nothing is owed for it, and its accounts count as not asked."""
    return "withdrawn" in state["requests"][name]


def is_closed(state: State, name: str, day: dt.date) -> bool:
    """Whether nobody waits for an answer to a request any more on a day: it was answered or withdrawn, or the time for it is over."""
    request = state["requests"][name]
    if is_withdrawn(state, name):
        return True
    came = [one["references"] for one in state["answers"] if one["request"] == name]
    whole = sum(came) >= request["rows"] if request["partial"] else bool(came)
    return whole or day > dt.date.fromisoformat(request["answer_by"])


def open_requests(state: State, day: dt.date) -> Iterator[str]:
    """The requests for whose answers somebody waits on a day."""
    return (name for name in state["requests"] if not is_closed(state, name, day))


def named_by(state: State) -> set[str]:
    """The names of the files that a state names."""
    refs = [request[kind] for request in state["requests"].values() for kind in ("asked", "people")]
    refs += [answer[kind] for answer in state["answers"] for kind in ("answered", "after")]
    refs += [state["stops"]["ref"]] if state["stops"] else []
    return {ref["path"] for ref in refs if ref}


def without_people(state: State, names: Iterable[str]) -> State:
    """The state without the rows of files of these requests: they were answered, and nobody writes their file again."""
    return {**state, "requests": {**state["requests"], **{name: {**state["requests"][name], "people": None} for name in names}}}


def naming(private: Place, others: Callable[[pa.Table], pa.Table]) -> set[str]:
    """The requests about an account that `others` does not leave."""
    tables = {name: table(private, "asked", request["asked"]) for name, request in now(private)["requests"].items()}
    return {name for name, whole in tables.items() if len(others(whole)) < len(whole)}


def keep_only(private: Place, others: Callable[[pa.Table], pa.Table]) -> bool:
    """Leave in every table of the ledger only the accounts that `others` leaves, and nothing of the rest on the disk or store, but for the
    references of its rows: they say nothing of anybody, and an answer may still come. What was spent stays as it was. Returns whether
    anything was there. Doing it twice changes nothing; only while nobody else writes to the project. Raises DataRefused as `table`."""
    folder = private / FOLDER
    before = now(private)

    def again(state: State) -> State:
        gone, requests = set[str](), dict[str, Any]()
        for name, request in state["requests"].items():
            whole = table(private, "asked", request["asked"])
            kept = others(whole)
            out = set(whole["reference"].to_pylist()) - set(kept["reference"].to_pylist())
            gone |= out
            left_out = sorted({*request.get("forgotten", ()), *out})
            requests[name] = {**request, "asked": _again(private, "asked", request["asked"], whole, kept)}
            requests[name] |= {"forgotten": left_out} if left_out else {}
        lost = pa.array(sorted(gone), pa.string())

        def left(kind: str, ref: dict[str, Any] | None) -> dict[str, Any] | None:
            if not ref:
                return ref
            whole = table(private, kind, ref)
            return _again(private, kind, ref, whole, whole.filter(pc.invert(pc.is_in(whole["reference"], lost))))

        for name, request in requests.items():
            requests[name] = {**request, "people": left("people", request["people"])}
        answers = [{**one, **{kind: left(kind, one[kind]) for kind in ("answered", "after")}} for one in state["answers"]]
        stops = state["stops"]
        if stops:
            whole = table(private, "stops", stops["ref"])
            stops = {**stops, "ref": _again(private, "stops", stops["ref"], whole, others(whole))}
        return {**state, "requests": requests, "answers": answers, "stops": stops}

    chain.add(folder, _nothing, again, named_by)
    chain.only_last(folder, named_by)
    return now(private) != before


def _again(private: Place, kind: str, ref: dict[str, Any], whole: pa.Table, kept: pa.Table) -> dict[str, Any]:
    return ref if len(kept) == len(whole) else keep(private, kind, kept)


def _lost(name: str, what: str) -> DataRefused:
    mend = f"restore {PRIVATE}/{FOLDER} from a copy: it says what was paid for"
    return DataRefused("the ledger of requests cannot be trusted", (Problem(name, "", what, mend),))
