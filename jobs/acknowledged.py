"""Which alerts were acknowledged: a file each under `.skiptrace/alerts/`, put if absent and never changed. No value of a person is
in them but the account's id: what was told is kept as the short word of its state."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.alerts.rules import load as alert_rules
from skiptrace.errors import ConfigError, Problem
from skiptrace.ids import digest
from skiptrace.project.suggestions import did_you_mean
from skiptrace.results import Run
from skiptrace.schema import ACKNOWLEDGED
from skiptrace.store.commit import put_private, read_json
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place, entries

FOLDER = "alerts"
_NOTE = re.compile(r"note-[0-9a-f]{32}\.json")
_VALUE = re.compile(r"@|\d[\d\s().-]{5,}\d")
"""What looks like an e-mail address, a phone number or another number of a person."""
MOST_LETTERS = 200


def acknowledge(private: Place, run: Run, account: str, kind: str, by: str, reason: str | None, at: dt.datetime) -> int:
    """Take note of what a run, or the nights before it, told of an account; returns how many alerts. Doing it twice changes nothing.

    Raises ConfigError (exit 2) for a kind that is none, where nothing of the kind was told lately, and for a name or reason that looks
    as if it held a value of a person."""
    kinds = alert_rules().kinds
    if kind not in kinds:
        mend = did_you_mean(kind, list(kinds)) or f"there are {', '.join(kinds)}"
        raise ConfigError("no such kind of alert", (Problem("--acknowledge", kind, "is not a kind", mend),))
    refuse_values(by, reason)
    told = run.table("alerts_told") if "alerts_told" in run.ledger.get("evidence", {}) else None
    mine = (
        [] if told is None else told.filter(pc.and_(pc.equal(told["account_id"], account), pc.equal(told["told_kind"], kind))).to_pylist()
    )
    if not mine:
        mend = "each run lists its alerts in exports/alerts/alerts.csv"
        problem = Problem(f"run {run.run_id}", "ACCOUNT", f"no alert {kind} was told of it lately", mend)
        raise ConfigError("there is nothing to acknowledge", (problem,))
    for row in mine:
        alert: dict[str, Any] = {"account_id": account, "topic": row["topic"], "thing": row["thing"], "state": row["told_state"]}
        name = f"note-{digest(alert)}.json"
        content = {**alert, "kind": kind, "by": by, "reason": reason, "run_id": run.run_id, "at": at.isoformat(timespec="seconds")}
        put_private(private_folder(private / FOLDER) / name, content)
    return len(mine)


def refuse_values(by: str, reason: str | None) -> None:
    """Raise ConfigError (exit 2) where a name or reason looks as if it held a value of a person."""
    for option, text in (("--by", by), ("--reason", reason or "")):
        if _VALUE.search(text) or len(text) > MOST_LETTERS:
            what = "looks as if it held a number or an address" if _VALUE.search(text) else f"has more than {MOST_LETTERS} letters"
            raise ConfigError("a note must not hold a person's data", (Problem(option, "", what, "say it without the value"),))


def load(private: Place) -> pa.Table:
    """ACKNOWLEDGED of a project, by key."""
    folder = private / FOLDER
    names = sorted(place.name for place in entries(folder) if _NOTE.fullmatch(place.name))
    rows = [read_json(folder / name) for name in names]
    table = pa.table(
        {column: pa.array([row[column] for row in rows], pa.string()) for column in ACKNOWLEDGED.names}, schema=ACKNOWLEDGED.arrow
    )
    return table.sort_by([(name, "ascending") for name in ACKNOWLEDGED.key])
