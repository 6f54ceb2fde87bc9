"""Whom a change of rules would affect: the facts of a run, decided by one rulebook and by another."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa

from jobs.decided import situations_of
from skiptrace.columns import number
from skiptrace.compliance.screening import screen
from skiptrace.grouping import begins
from skiptrace.results import Run
from skiptrace.rulebook.model import Rulebook
from skiptrace.sql import query

BLOCK = 500_000
"""Uses compared at a time: bounds memory, changes no result."""
_CHANGED = """
select b.channel, b.decision as before, a.decision as after,
    list_sort(list_filter(a.acted, lambda id: not list_contains(b.acted, id))) as new,
    list_sort(list_filter(b.acted, lambda id: not list_contains(a.acted, id))) as gone,
    a.account_id, a.point_id
from (select *, list_concat(stopped_by, conditions) as acted from before) b
positional join (select *, list_concat(stopped_by, conditions) as acted from after) a
where b.decision <> a.decision or b.stopped_by <> a.stopped_by or b.conditions <> a.conditions or b.steps_required <> a.steps_required
"""


@dataclass(frozen=True)
class Changed:
    """Uses of one channel that another rulebook decides otherwise: before, after, rules that act now and no more."""

    channel: str
    before: str
    after: str
    new: tuple[str, ...]
    gone: tuple[str, ...]
    uses: int
    accounts: int


@dataclass(frozen=True)
class RulesChanged:
    """What lies between two rulebooks: rules added, removed and changed, and the uses of a run that are affected. Facts that a rule
    reads and an older run did not keep count as not known."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    uses: tuple[Changed, ...]
    accounts: int
    facts_not_kept: tuple[str, ...]


def rules_changed(run: Run, before: Rulebook, after: Rulebook) -> RulesChanged:
    """The difference of two rulebooks, on the day and the facts of a run."""
    day = dt.date.fromisoformat(str(run.ledger["as_of"]))
    sheet = situations_of(run)
    pieces = []
    # whole accounts: a use that another one carries is decided together with it
    ends = np.append(begins(number(sheet["account_id"])), sheet.num_rows)
    cuts = np.unique(ends[np.searchsorted(ends, np.arange(0, sheet.num_rows + BLOCK, BLOCK)).clip(max=len(ends) - 1)])
    for start, end in pairwise(cuts.tolist()) if len(cuts) > 1 else [(0, 0)]:
        some = sheet.slice(start, end - start)
        pieces.append(query(_CHANGED, {"before": screen(some, before, day), "after": screen(some, after, day)}))
    found = pa.concat_tables(pieces)
    text = """select channel, before, after, new, gone, count(*) as uses, count(distinct account_id) as accounts from found
        group by all order by uses desc, channel, before, after, new, gone"""
    rows = query(text, {"found": found})
    old, new = ({rule.id: rule for rule in book.rules} for book in (before, after))
    return RulesChanged(
        tuple(sorted(set(new) - set(old))), tuple(sorted(set(old) - set(new))),
        tuple(sorted(identifier for identifier in set(old) & set(new) if old[identifier] != new[identifier])),
        tuple(Changed(**{**row, "new": tuple(row["new"]), "gone": tuple(row["gone"])}) for row in rows.to_pylist()),
        len(set(found["account_id"].to_pylist())),
        tuple(sorted({name for rule in (*before.rules, *after.rules) for name in rule.condition.facts} - set(sheet.column_names))),
    )  # fmt: skip
