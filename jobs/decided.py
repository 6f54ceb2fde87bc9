"""Past decisions: which run decided on a day, by which rules, and what every rule said to the facts of one account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.compliance.screening import screen, trace
from skiptrace.errors import ConfigError, DataRefused, Problem
from skiptrace.results import Run, latest, open_run, runs
from skiptrace.rulebook.loading import from_texts, load
from skiptrace.rulebook.model import COVERAGE_SENTENCE, Rulebook
from skiptrace.store.commit import read_json

RULEBOOK = "rulebook.json"
_BACK = "restore the run from a backup, or run again"
"""The contact rules of a run, by content: what a past night was decided by, although a file was corrected since."""


@dataclass(frozen=True)
class Acted:
    """A rule that acted on a use: what it answered, what it did, on which facts, and on what source it rests."""

    rule: str
    version: int
    answer: str
    effect: str
    sentence: str
    citations: tuple[str, ...]
    review_required: bool
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class TracedUse:
    """One use: the decision that was published, whether rules and facts still come to it, and the rules."""

    point_id: str
    channel: str
    decision: str
    window_start: dt.datetime | None
    window_end: dt.datetime | None
    valid_until: dt.date | None
    facts_digest: str
    agrees: bool
    looked: int
    acted: tuple[Acted, ...]


def run_of(project: Path, as_of: dt.date | None) -> Run:
    """The run published last, or the last one that decided for a day. Raises ConfigError where there is none."""
    if as_of is None:
        return latest(project)
    found = [summary.run_id for summary in runs(project) if summary.as_of == as_of.isoformat()]
    if not found:
        days = ", ".join(sorted({summary.as_of for summary in runs(project)})[-5:]) or "none"
        raise ConfigError("no run decided for that day", (Problem("runs", as_of.isoformat(), "not found", f"the last days: {days}"),))
    return open_run(project, found[-1])


def rulebook_of(run: Run) -> Rulebook:
    """The contact rules that a run decided by, as they were. Raises DataRefused where they are not there or not those."""
    try:
        kept = read_json(run.folder / RULEBOOK)
        book = from_texts(tuple(sorted(kept["files"].items())), kept=True)
    except (OSError, ValueError, KeyError, TypeError):
        raise DataRefused("the rules of this run cannot be read", (Problem(RULEBOOK, "", "is missing or damaged", _BACK),)) from None
    if book.hash != run.ledger.get("hashes", {}).get("rulebook", book.hash):
        raise DataRefused("the rules of this run were changed", (Problem(RULEBOOK, "", "is not what the run decided by", _BACK),))
    return book


def changed_since(run: Run, book: Rulebook) -> str | None:
    """A sentence where the rules of this installation are no longer those that a run decided by; None where they are."""
    try:
        now = load().hash
    except ConfigError:
        return "The contact rules were changed since this run and cannot be read now; what is said here is by the rules of that night."
    if now == book.hash:
        return None
    return (
        "The contact rules were changed since this run; what is said here is by the rules of that night. Whom the change affects:"
        f" `skiptrace rules diff {run.run_id} shipped`."
    )


def named_rulebook(name: str, project: Path | None) -> Rulebook:
    """A rulebook by name: `shipped`, a folder of rule files, or a run of the project. Raises ConfigError for any other."""
    if name == "shipped":
        return load()
    if Path(name).is_dir():
        return load(Path(name).resolve())
    if project is None:
        raise ConfigError("no such rulebook", (Problem(name, "", "is no folder", "say shipped, a folder, or a run of a project"),))
    return rulebook_of(open_run(project, name))


def situations_of(run: Run) -> pa.Table:
    """The fact sheet that a run decided from. Raises DataRefused for a run that kept none."""
    if "situations" not in run.ledger.get("evidence", {}):
        raise DataRefused("this run kept no facts", (Problem("run.json", "evidence", "is missing", "run again with this version"),))
    return run.table("situations")


def trace_account(run: Run, account_id: str) -> tuple[TracedUse, ...]:
    """Every use of an account with the rules that looked and acted. Raises ConfigError for an account the run does not have."""
    book, day = rulebook_of(run), dt.date.fromisoformat(str(run.ledger["as_of"]))
    sheet, decided = (
        table.filter(pc.equal(table["account_id"], account_id)) for table in (situations_of(run), run.table("decisions"))
    )
    if not sheet.num_rows:
        known = np.isin(account_id, run.table("accounts", ["account_id"])["account_id"].to_numpy(zero_copy_only=False))
        what = "has no contact point to decide about" if known else "no account has that id"
        mend = "`skiptrace explain ACCOUNT` tells what is known of it" if known else "ids are compared exactly, leading zeros and all"
        raise ConfigError("there is nothing to trace", (Problem(f"run {run.run_id}", "ACCOUNT", what, mend),))
    published = {(row["point_id"], row["channel"]): row for row in decided.to_pylist()}
    again = {(row["point_id"], row["channel"]): row for row in screen(sheet, book, day).to_pylist()}
    return tuple(_use(row, published, again, book) for row in trace(sheet, book, day))


def _use(row: Mapping[str, Any], published: Mapping[Any, Any], again: Mapping[Any, Any], book: Rulebook) -> TracedUse:
    key = (row["point_id"], row["channel"])
    told = published[key]
    acted = [one for one in row["rules"] if one["effect"] != "none"]
    return TracedUse(
        *key, told["decision"], told["window_start"], told["window_end"], told["valid_until"], f"{told['facts_digest']:016x}",
        told == again[key], len(row["rules"]), tuple(_acted(one, book) for one in acted),
    )  # fmt: skip


def _acted(one: Mapping[str, Any], book: Rulebook) -> Acted:
    rule = book.rule(one["rule"])
    if rule is None:  # COVERAGE: made of coverage.toml, no file of its own
        sentence = COVERAGE_SENTENCE
        return Acted(one["rule"], 1, one["answer"], one["effect"], sentence, ("coverage.toml",), False, one["facts"])
    return Acted(
        rule.id, rule.version, one["answer"], one["effect"], rule.sentence, rule.citations, rule.review_required, one["facts"]
    )  # fmt: skip
