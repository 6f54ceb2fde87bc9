"""Answers to requests: each file that came is compared with what was asked, and one that agrees becomes a file of the source's delivery.

What does not agree is left where it is, and nothing of it is read by a run: rows about nobody who was asked about, rows of two requests in
one file, a second answer to what was answered. Files are judged one by one, so one that is refused keeps no other from being taken.
"""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from jobs.receiving import sweep
from jobs.waterfall import log
from jobs.waterfall.log import State
from skiptrace.errors import ConfigError, DataRefused, Problem
from skiptrace.intake.gate import Gate
from skiptrace.intake.reading import describe, read_rows
from skiptrace.project import PRIVATE, Project, Source
from skiptrace.project.ordering import Order
from skiptrace.schema import conform
from skiptrace.schema.asked import ANSWERED
from skiptrace.sql import bounded, engine_message, lent, query
from skiptrace.store import points
from skiptrace.store.commit import put
from skiptrace.store.inputs import InputFile, expand, opened
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place, place_of

MOST_ROWS_TOLD = 5
_ROW = "__row__"
_ROWS = f"""
select {_ROW} as row, nullif(upper(trim(try(({{reference}})::varchar))), '') as reference, {{request}} as request,
    coalesce(try(({{hit}})::boolean), false) as hit
from answer order by row
"""
_BY_REFERENCE = """
select a.reference, k.request, bool_or(a.hit) as hit, count(*)::integer as rows
from answer a join asked k using (reference) group by all order by all
"""


@dataclass(frozen=True)
class Taken:
    """What one call took: an entry of the ledger for each answer; and files that were taken before, by name."""

    answers: tuple[dict[str, Any], ...]
    before: tuple[str, ...]


def receive(home: Place, project: Project, sources: tuple[Source, ...], day: dt.date) -> Taken:
    """Take every answer that came and agrees with its request. The project's lock is held.

    Raises DataRefused (exit 3), after all other files were taken, with what is wrong with each that was not; ConfigError (exit 2) where an
    expression of the order does not fit the file."""
    taken, before, refused, wrong = list[dict[str, Any]](), list[str](), list[Problem](), list[Problem]()
    for number, source in enumerate(project.source, 1):
        if source.name not in {one.name for one in sources} or source.order is None:
            continue
        sweep(_folder(project, source))
        with Gate(project.limits) as gate:
            for file in expand(source.order.answers, project.folder, awaited=True):
                try:
                    found = _one(home, project, source, source.order, file, gate, day, f"source[{number}].order")
                except DataRefused as error:
                    refused += error.problems
                except ConfigError as error:
                    wrong += error.problems
                else:
                    taken += [] if found is None else [found]
                    before += [file.name] if found is None else []
    for kind, problems in ((DataRefused, refused), (ConfigError, wrong)):
        if problems:
            told = "answers were refused, and lie where they came" if kind is DataRefused else "answers cannot be read"
            raise kind(told, tuple(problems))
    return Taken(tuple(taken), tuple(before))


def _one(
    home: Place, project: Project, source: Source, order: Order, file: InputFile, gate: Gate, day: dt.date, place: str
) -> dict[str, Any] | None:
    """Take one file; returns its entry of the ledger, None where it was taken before."""
    private = home / PRIVATE
    files, hashes = gate.admit([file], order.file)
    state = log.now(private)
    if any(one["sha256"] == hashes[0] and one["source"] == source.name for one in state["answers"]):
        return None
    rows = pa.concat_tables([_read(one, project, order, place) for one in files])
    asked = _asked(private, state, source.name)
    name = _request_of(rows, asked, state, file.name, order.partial)
    answered = conform(query(_BY_REFERENCE, {"answer": rows, "asked": asked}), ANSWERED)
    if order.partial:
        _refuse_again(answered, log.answered(private, state), file.name)
    content = f"{name}-{hashes[0][:8]}{_suffix(file.name)}"
    put(private_folder(_folder(project, source)), lambda path: _copied(file, path), lambda _: content)
    points.passed("answer-put")
    entry = {
        "request": name, "source": source.name, "file": file.name, "sha256": hashes[0], "content": content, "taken_on": day.isoformat(),
        "rows": len(rows), "references": len(answered), "hits": pc.sum(answered["hit"], min_count=0).as_py(),
        "answered": log.keep(private, "answered", answered), "after": None, "read_by": None,
    }  # fmt: skip

    def changed(known: State) -> State:
        twice = [one for one in known["answers"] if one["request"] == name and (not order.partial or one["sha256"] == hashes[0])]
        return known if twice else {**known, "answers": [*known["answers"], entry]}

    log.change(private, changed)
    points.passed("answer-committed")
    return entry


def _read(file: InputFile, project: Project, order: Order, place: str) -> pa.Table:
    """row (from 1), reference, request and hit of an answer's rows that can be read."""
    shape = describe(file, order.file, project.limits)
    found = read_rows(file, slice(0, shape.rows), None, shape.form, project.limits)
    table = found.table.append_column(_ROW, pa.array(found.numbers))
    said = f"nullif(trim(try(({order.request})::varchar)), '')" if order.request else "null::varchar"
    try:
        with lent({"answer": table}) as connection, bounded(connection):
            return connection.sql(_ROWS.format(reference=order.reference, request=said, hit=order.hit or "true")).to_arrow_table()
    except duckdb.Error as error:
        what = f"does not fit {file.name}: {engine_message(error)}"
        problem = Problem(project.file.name, place, what, "correct reference, request or hit")
        raise ConfigError("an answer cannot be read", (problem,)) from None


def _asked(private: Place, state: State, source: str) -> pa.Table:
    """request and reference of all that a source was asked, people who are forgotten since included: a run lets nobody of them in."""
    schema, parts = pa.schema([("request", pa.string()), ("reference", pa.string())]), list[pa.Table]()
    for name, one in state["requests"].items():
        if one["source"] == source and not log.is_withdrawn(state, name):
            gone = pa.array(one.get("forgotten", ()), pa.string())
            parts.append(log.table(private, "asked", one["asked"]).select(schema.names).cast(schema))
            parts.append(pa.table([pa.repeat(name, len(gone)), gone], schema=schema))
    return pa.concat_tables([schema.empty_table(), *parts])


def _request_of(rows: pa.Table, asked: pa.Table, state: State, file: str, partial: bool) -> str:
    """The request that an answer is to. Raises DataRefused where it is to none, to several, or to one that was answered."""
    text = "select a.row, a.reference, k.request, a.request as said from a left join k using (reference) order by row"
    told = query(text, {"a": rows, "k": asked})
    strange = told.filter(pc.is_null(told["request"]))["row"].to_pylist()
    if strange or not len(told):
        what = f"{len(strange):,} rows name no row of a request that was sent: {_some(strange)}" if len(told) else "has no rows"
        mend = "have it delivered again without them: nobody asked about these people" if len(told) else "have it delivered again"
        raise _refused(file, what, mend)
    names = pc.unique(told["request"]).to_pylist()
    if len(names) > 1:
        what = f"mixes {len(names)} requests: {', '.join(sorted(names)[:3])}"
        raise _refused(file, what, "have each request answered in a file of its own")
    other = told.filter(pc.fill_null(pc.not_equal(told["said"], names[0]), False))["row"].to_pylist()
    if other:
        what = f"{len(other):,} rows say that they are of another request: {_some(other)}"
        raise _refused(file, what, "ask the vendor which request it is")
    earlier = [one for one in state["answers"] if one["request"] == names[0]]
    if earlier and not partial:
        what = f"answers {names[0]}, which {earlier[0]['file']} answered on {earlier[0]['taken_on']}"
        raise _refused(file, what, "remove it; where a vendor answers in parts, say partial = true in its order")
    return str(names[0])


def _refuse_again(answered: pa.Table, before: pa.Table, file: str) -> None:
    """Raise DataRefused where a part of an answer is about rows that another part answered."""
    twice = pc.sum(pc.is_in(answered["reference"], before["reference"].combine_chunks()), min_count=0).as_py()
    if twice:
        raise _refused(file, f"answers {twice:,} rows that an earlier file answered", "have only the rest delivered")


def _refused(file: str, what: str, mend: str) -> DataRefused:
    return DataRefused("an answer does not agree with what was asked", (Problem(file, "", what, mend),))


def _some(rows: list[int]) -> str:
    more = f" and {len(rows) - MOST_ROWS_TOLD:,} more" if len(rows) > MOST_ROWS_TOLD else ""
    return f"row{'s' if len(rows) > 1 else ''} {', '.join(map(str, rows[:MOST_ROWS_TOLD]))}{more}"


def _copied(file: InputFile, target: Path) -> None:
    with opened(file) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy)


def _suffix(name: str) -> str:
    """What tells how a file is written: `answer.csv.gz` is `.csv.gz`."""
    base = name.rpartition("/")[2]
    return base[base.index(".") :] if "." in base else ""


def _folder(project: Project, source: Source) -> Place:
    place = place_of(source.path)
    return project.folder / place if isinstance(place, Path) else place
