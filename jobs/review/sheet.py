"""The sheet of questions that a person fills in, and what comes back: a CSV with a row per pair and an empty column `same`.

The stated probability is not on it: who is told it, agrees with it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs.evaluation.truth import read_columns, trimmed
from jobs.review.answers import Pair, Question
from jobs.review.bands import KEY
from jobs.review.sides import FIELDS, Side
from skiptrace.errors import ConfigError, DataRefused, Problem
from skiptrace.linkage.rules import LinkageRules
from skiptrace.results import Run
from skiptrace.store.commit import put_bytes
from skiptrace.store.places import Place

SAME = "same"
WORDS = {
    **dict.fromkeys(("yes", "y", "true", "1", "same"), "same"), **dict.fromkeys(("no", "n", "false", "0", "other"), "other"),
    **dict.fromkeys(("unsure", "u", "?"), "unsure"),
}  # fmt: skip
"""What may be written into the column `same`, and what it says."""
MOST_ROWS = 20
"""Rows of a sheet that a refusal names one by one."""


def rows_of(run: Run, questions: Sequence[Question]) -> dict[Pair, dict[str, Any]]:
    """The rows of LINKS of some pairs, by pair."""
    links = run.table("links")
    links = links.filter(pc.is_in(links["account_id"], pa.array(sorted({one.account_id for one in questions}), pa.string())))
    wanted = {one.pair for one in questions}
    found = {(row["account_id"], row["source"], row["record_id"]): row for row in links.to_pylist()}
    return {pair: row for pair, row in found.items() if pair in wanted}


def write(
    file: Place, questions: Sequence[Question], rows: Mapping[Pair, Mapping[str, Any]], sides: Mapping[Pair, tuple[Side, Side]],
    rules: LinkageRules,
) -> None:  # fmt: skip
    """Put the sheet if there is none of that name: ids, `same`, both sides field by field, and for each comparison its level and the
    sentence for it. Raises ConfigError (exit 2) where another file is there."""
    heads = [*KEY, SAME, *(f"{side}_{name}" for name in FIELDS for side in ("account", "reference"))]
    heads += [f"{what}_{comparison.name}" for comparison in rules.comparisons for what in ("found", "level")]
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(heads)
    for one in questions:
        row, (mine, theirs) = rows[one.pair], sides[one.pair]
        told = [value for name in FIELDS for value in (mine[name], theirs[name])]
        levels = [(comparison, int(row[f"level_{comparison.name}"])) for comparison in rules.comparisons]
        told += [str(value) for comparison, level in levels for value in (comparison.sentence(level), level)]
        writer.writerow([*one.pair, "", *told])
    if not put_bytes(file, text.getvalue().encode()):
        problem = Problem(str(file), "", "is there already", "name another file, or take that one away once its answers are taken in")
        raise ConfigError("the sheet cannot be written", (problem,))


def read(file: Path, asked: Mapping[Pair, Question]) -> list[tuple[Question, str]]:
    """The answers of a sheet, in its order: the question of each row that is filled in, and what it says. No value is repeated.

    Raises ConfigError (exit 2) where the file is not there or lacks a column; DataRefused (exit 3), with the number of each row that is
    wrong, where `same` says something else, a pair was never asked about, or is answered both ways; then nothing is taken."""
    table = read_columns(file)
    missing = [name for name in (*KEY, SAME) if name not in table.column_names]
    if missing:
        mend = f"columns needed: {', '.join((*KEY, SAME))}; `skiptrace review --csv FILE` writes a sheet with them"
        raise ConfigError("the answers cannot be used", (Problem(file.name, "", f"lacks the column {', '.join(missing)}", mend),))
    keys = list(zip(*(trimmed(table[name]).to_pylist() for name in KEY), strict=True))
    said = pc.utf8_lower(trimmed(table[SAME])).to_pylist()
    found, first, problems = dict[Pair, str](), dict[Pair, int](), list[Problem]()
    for number, (pair, word) in enumerate(zip(keys, said, strict=True), 1):
        if word is None:
            continue
        if word not in WORDS:
            what = "says neither yes, no nor unsure"
            problems.append(Problem(file.name, f"row {number}: {SAME}", what, "write one of these, or nothing"))
        elif pair not in asked:
            mend = "keep the sheet's ids, leading zeros and all; pairs of your own go to `skiptrace model train-match --labels`"
            problems.append(Problem(file.name, f"row {number}", "names a pair that was never asked about", mend))
        elif found.setdefault(pair, WORDS[word]) != WORDS[word]:
            mend = "leave one of the two"
            problems.append(Problem(file.name, f"row {number}: {SAME}", f"says something else of the pair of row {first[pair]}", mend))
        else:
            first.setdefault(pair, number)
    if problems:
        more = len(problems) - MOST_ROWS
        if more > 0:
            problems = [*problems[:MOST_ROWS], Problem(file.name, "", f"and {more:,} rows more", "mend these first")]
        raise DataRefused("the answers cannot be used; none was taken (rows are counted below the header)", tuple(problems))
    if not found:
        problem = Problem(file.name, SAME, "is empty in every row", "write yes, no or unsure")
        raise DataRefused("the sheet holds no answer", (problem,))
    return [(asked[pair], says) for pair, says in found.items()]
