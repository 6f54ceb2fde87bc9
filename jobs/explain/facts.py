"""What the rules saw: the fact sheet of one account as the run kept it, and the facts that each rule that acted read from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa

from jobs.explain.model import Fact
from skiptrace.compliance.screening import trace
from skiptrace.results import Run
from skiptrace.rulebook.model import Rulebook
from skiptrace.schema import SITUATIONS
from skiptrace.schema.facts import FACTS

MASKED: Final = "given, masked"
_PERSONAL: Final = ("key", "personal")
"""Privacy classes whose values say who somebody is. A sensitive fact (a death, an attorney) is what the rule's own sentence tells."""
Key = tuple[str, str]
"""point_id and channel."""


def sheet_of(run: Run, account_id: str) -> pa.Table | None:
    """The rows of SITUATIONS of an account, in the schema's columns; None where the run kept no fact sheet. Raises as `Run.of_account`."""
    if SITUATIONS.name not in run.ledger.get("evidence", {}):
        return None
    found = run.of_account(SITUATIONS.name, account_id)
    for column in (one for one in SITUATIONS.columns if one.name not in found.column_names):  # a run of an earlier version
        found = found.append_column(column.name, pa.nulls(found.num_rows, column.type))
    return found.select(SITUATIONS.names).sort_by([("point_id", "ascending"), ("channel", "ascending")])


def saw(sheet: pa.Table, rulebook: Rulebook, as_of: dt.date, masked: bool) -> dict[Key, dict[str, tuple[bool, tuple[Fact, ...]]]]:
    """For each use the rules that acted on it: whether they acted because a fact is not known, and the facts they read. Of a use that
    another one carries also those that acted on that one, with what they read there."""
    out = {}
    for row in trace(sheet, rulebook, as_of):
        rules: Any = row["rules"]
        acted = {one["rule"]: (one["answer"] == "unknown", seen(one["facts"], masked)) for one in rules if one["effect"] != "none"}
        out[str(row["point_id"]), str(row["channel"])] = acted
    return out


def seen(facts: Mapping[str, Any], masked: bool) -> tuple[Fact, ...]:
    """Facts in words, those that are not known first: what is not known is what a rule most often acts on."""
    found = [Fact(name, _told(name, value, masked), FACTS[name].sentence if name in FACTS else "") for name, value in facts.items()]
    return tuple(sorted(found, key=lambda one: (facts[one.name] is not None, one.name)))


def _told(name: str, value: object, masked: bool) -> str:
    column = FACTS.get(name)
    return MASKED if masked and value is not None and column is not None and column.privacy in _PERSONAL else told(value)


def told(value: object) -> str:
    """A fact's value in words: yes, no, not known, none, a number, a day, words with blanks."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " ".join(map(str, value)) or "none"
    return str(value)
