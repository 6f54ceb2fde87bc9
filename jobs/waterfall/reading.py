"""What a run that is the first to read an answer came to: the chance of each account that was asked about, kept in the ledger.

Runs are not kept whole for ever, so it is taken when the run is published; doing it twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from jobs.waterfall import log
from jobs.waterfall.log import State
from skiptrace.schema import ACCOUNTS, conform
from skiptrace.schema.asked import READ_ANSWERS
from skiptrace.sql import query
from skiptrace.store.places import Place
from skiptrace.store.tables import read_tables


def remember(private: Place, run_id: str, sources: Sequence[Mapping[str, Any]], accounts: list[dict[str, Any]]) -> None:
    """Keep what a run, which is about to be published, says of accounts whose answers it read and no run before it. sources: as the run's
    ledger lists them; accounts: files of its ACCOUNTS."""
    state = log.now(private)
    read = {(one["name"], file["sha256"]) for one in sources for file in one["files"]}
    fresh = [one for one in state["answers"] if one["read_by"] is None and (one["source"], one["sha256"]) in read]
    if not fresh:
        return
    chances = read_tables(accounts, ACCOUNTS, ["account_id", "p_any_channel"])
    made = {}
    for answer in fresh:
        asked = log.table(private, "asked", state["requests"][answer["request"]]["asked"])
        made[answer["sha256"], answer["request"]] = log.keep(private, "after", _after(asked, _of_answer(private, state, answer), chances))

    def changed(known: State) -> State:
        answers = []
        for one in known["answers"]:
            ref = made.get((one["sha256"], one["request"])) if one["read_by"] is None else None
            answers.append({**one, "after": ref, "read_by": run_id} if ref else one)
        return {**known, "answers": answers}

    log.change(private, changed)


def _of_answer(private: Place, state: State, answer: Mapping[str, Any]) -> pa.Table | None:
    """The rows that an answer speaks of; None: all rows of its request, as one file answers it."""
    return log.table(private, "answered", answer["answered"]) if state["requests"][answer["request"]]["partial"] else None


def _after(asked: pa.Table, part: pa.Table | None, chances: pa.Table) -> pa.Table:
    text = """select k.reference, c.p_any_channel as p_after from asked k join chances c using (account_id)
        where {} order by reference"""
    some = "true" if part is None else "k.reference in (select reference from part)"
    tables = {"asked": asked, "chances": chances} | ({} if part is None else {"part": part})
    return conform(query(text.format(some), tables), READ_ANSWERS)
