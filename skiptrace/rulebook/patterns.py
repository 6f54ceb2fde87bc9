"""Asking the whole rulebook about millions of rows: every rule once per distinct combination of the facts it reads.

Most facts have few values, so few combinations stand for all rows. Columns are coded once; rules that read the same few
facts are asked together, over the distinct combinations only, by the same `ask` that defines what is right; and the
answers travel back to the rows as small integers. What comes out is, for each row, the number of its pattern of answers.

Of the many lists of jurisdictions a rule for one state needs to know only whether that state is in the list, so each state
that has rules is a column of its own here, with three values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.rulebook.coding import Coded, distinct_rows, first_rows
from skiptrace.rulebook.engine import Answers, ask, reads
from skiptrace.rulebook.model import Rule
from skiptrace.sql import lent

SCOPE: Final = "jurisdictions"
Numbers = npt.NDArray[np.int64]
TABLE_LIMIT: Final = 1 << 22
"""Up to this many possible combinations are numbered through a table; beyond it they are sorted."""
SHARED_LIMIT: Final = 1 << 13
"""Rules are asked together as long as their facts have no more possible combinations than this."""


def patterns(facts: pa.Table, rules: Sequence[Rule], coded: Mapping[str, Coded]) -> tuple[Numbers, Answers]:
    """(pattern number of each row, answers of each pattern: int8 of shape (patterns, rules)), equal to `ask` row by row.

    `coded` holds the columns of `facts`, coded; of a list with a NULL within, nothing is known."""
    if not rules or not facts.num_rows:
        return np.zeros(facts.num_rows, np.int64), ask(facts.slice(0, 1), rules)
    whole, found = np.zeros(facts.num_rows, np.int64), np.zeros((1, len(rules)), np.int8)
    coded = {**coded, **_scopes(rules, coded)}
    with lent({}) as connection:
        for members in together(rules, {name: column.size for name, column in coded.items()}):
            some = [rules[number] for number in members]
            columns = sorted(frozenset().union(*(distinguishes(rule) for rule in some)) & set(coded))
            codes, first = _combined([coded[name] for name in columns], facts.num_rows)
            read = sorted(frozenset().union(*(reads(rule) for rule in some)) & set(facts.column_names))
            few = facts.select(read).take(pa.array(first)) if read else facts.slice(0, 1)
            place, answers = distinct_rows(ask(few, some, connection))
            now = place[codes].astype(np.int64)
            joined, first = _dense(whole * len(answers) + now, len(found) * len(answers))
            found = found[whole[first]]
            found[:, members] = answers[now[first]]
            whole = joined
    return whole, found


def distinguishes(rule: Rule) -> frozenset[str]:
    """Columns whose values decide the answer of a rule: the facts it reads, its own jurisdiction in place of all of them."""
    if rule.jurisdiction == "US" or SCOPE in rule.condition.facts:
        return reads(rule)
    return reads(rule) - {SCOPE} | {f"{SCOPE}={rule.jurisdiction}"}


def _scopes(rules: Sequence[Rule], coded: Mapping[str, Coded]) -> dict[str, Coded]:
    """For each jurisdiction that has rules, whether it is in the list of a row: 0 not known, 1 no, 2 yes."""
    if SCOPE not in coded:
        return {}
    lists = pc.split_pattern(coded[SCOPE].words, "\x1f")
    owner, members = pc.list_parent_indices(lists), pc.list_flatten(lists)
    known = pc.is_valid(coded[SCOPE].words).to_numpy(zero_copy_only=False).astype(np.int32)
    out = {}
    for name in sorted({name for rule in rules for name in distinguishes(rule) if name.startswith(f"{SCOPE}=")}):
        inside = known.copy()
        inside[owner.filter(pc.equal(members, name.removeprefix(f"{SCOPE}="))).to_numpy()] = 2
        present = np.bincount(inside, minlength=3) > 0
        dense = (np.cumsum(present) - 1).astype(np.int32)
        out[name] = Coded(dense[inside][coded[SCOPE].codes], pa.array(np.flatnonzero(present)))
    return out


def together(rules: Sequence[Rule], sizes: Mapping[str, int]) -> list[list[int]]:
    """Numbers of rules in groups that are asked together, so that few combinations of facts stand for each group. `sizes`: how
    many distinct values each column has."""
    wanted = [sorted(distinguishes(rule) & set(sizes)) for rule in rules]
    groups: list[tuple[set[str], list[int]]] = []
    for number in sorted(range(len(rules)), key=lambda number: (_product(wanted[number], sizes), wanted[number])):
        for names, members in groups:
            if set(wanted[number]) <= names or _product(names | set(wanted[number]), sizes) <= SHARED_LIMIT:
                names |= set(wanted[number])
                members.append(number)
                break
        else:
            groups.append((set(wanted[number]), [number]))
    return [sorted(members) for _, members in groups]


def _product(names: Iterable[str], sizes: Mapping[str, int]) -> int:
    out = 1
    for name in names:
        out *= sizes[name]
    return out


def _combined(columns: Sequence[Coded], rows: int) -> tuple[Numbers, Numbers]:
    """(number of each row's combination of codes, a row that shows each combination)."""
    if len(columns) == 1:
        return columns[0].codes.astype(np.int64), first_rows(columns[0].codes, columns[0].size)
    codes, size = np.zeros(rows, np.int64), 1
    for column in columns:
        codes = codes * column.size + column.codes
        size *= column.size
        if size > TABLE_LIMIT:
            codes, first = _dense(codes, size)
            size = len(first)
    return _dense(codes, size)


def _dense(codes: Numbers, size: int) -> tuple[Numbers, Numbers]:
    """(codes numbered without gaps, in their order; a row that shows each). `size`: an upper bound of the codes, excluded."""
    if size > max(TABLE_LIMIT, 4 * len(codes)):
        _, first, dense = np.unique(codes, return_index=True, return_inverse=True)
        return dense.reshape(-1).astype(np.int64), first.astype(np.int64)
    present = np.zeros(size, bool)
    present[codes] = True
    number = np.cumsum(present, dtype=np.int64) - 1
    dense = number[codes]
    return dense, first_rows(dense, int(number[-1]) + 1)
