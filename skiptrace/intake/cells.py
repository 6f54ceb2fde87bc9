"""Cells of a mapped partition, column by column: trimmed text, days, words, flags, money; what cannot be read is a
reject.

Every reader gives one value per row and notes a reject for each non-empty cell that it could not use. A column that
is not mapped is all NULL. Work is done per distinct value.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from collections.abc import Mapping as Map
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import as_text, lift
from skiptrace.intake.lasting import Lasting
from skiptrace.intake.rejects import RejectList
from skiptrace.intake.types import day_of
from skiptrace.intake.words import folded, spellings
from skiptrace.schema.delivered import MONEY
from skiptrace.sql import query

LONGEST = 1_000
_WORD = pa.schema([("word", pa.string()), ("reason", pa.string())])
_AMOUNT = (
    r"regexp_matches(t, '^(-?\$? ?|\$ ?-|\(\$? ?)([0-9]+|[0-9]{1,3}(,[0-9]{3})+)?(\.[0-9]+)?\)?-?$') "
    r"AND regexp_matches(t, '[0-9]') AND starts_with(t, '(') = ends_with(t, ')') AND length(t) <= 40"
)


class Spread(NamedTuple):
    """Values of list-like columns, one row per value: the canonical column, the row each stands in, and its text."""

    column: str
    at: np.ndarray
    texts: pa.Array


class Cells:
    """The mapped columns of a partition (`table`), the file row number of each row, where rejects go, and how long what is read
    lasts."""

    def __init__(
        self, table: pa.Table, rows: pa.Array, rejects: RejectList, as_of: dt.date, formats: Map[str, str], lasting: Lasting | None = None
    ) -> None:
        self.table = table
        self.rows = rows
        self.rejects = rejects
        self.as_of = as_of
        self.lasting = lasting or Lasting(as_of)
        self._formats = formats

    def __len__(self) -> int:
        return len(self.rows)

    def only(self, mask: pa.Array) -> Cells:
        """The same cells for the rows where `mask` (bool) is true."""
        return Cells(self.table.filter(mask), self.rows.filter(mask), self.rejects, self.as_of, self._formats, self.lasting)

    def has(self, *names: str) -> bool:
        """Whether one of these canonical columns is mapped."""
        return any(column.split(".")[0] in names for column in self.table.column_names)

    def text(self, name: str) -> pa.Array:
        """Text of a column (string), trimmed; an empty one is NULL, one of more than 1,000 characters a reject
        ("too_long")."""
        if name not in self.table.column_names:
            return pa.nulls(len(self), pa.string())
        return self._bounded(trimmed(self.table.column(name)), name, self.rows)

    def mapped(self, name: str) -> pa.ChunkedArray | None:
        """Text of a column as `normalize` takes it, or None where it is not mapped."""
        return pa.chunked_array([self.text(name)]) if name in self.table.column_names else None

    def day(self, name: str, early: bool = False) -> pa.Array:
        """Days (date32) of a column. A month or year alone is its first day where `early`, else a reject
        ("imprecise_date"); a day after as_of is a reject ("date_after_as_of")."""
        if name not in self.table.column_names:
            return pa.nulls(len(self), pa.date32())
        read = self.lasting.dates(self.raw_day(name), self.form(name))
        return self.judged_day(name, read, early)

    def raw_day(self, name: str) -> pa.Array:
        """A date column as delivered: days, or trimmed text."""
        values = day_of(whole(self.table.column(name)))
        return self.text(name) if pa.types.is_string(values.type) else values

    def form(self, name: str) -> str | None:
        """The strptime form that the project file gives for a date column."""
        return self._formats.get(name)

    def judged_day(self, name: str, read: pa.Table, early: bool = False) -> pa.Array:
        """The usable days of a table of `normalize_dates`; what is not usable becomes a reject of column `name`."""
        value, reason = whole(read.column("value")), whole(read.column("reason"))
        if early:
            value = pc.coalesce(value, whole(read.column("low")))
        vague = pc.and_(pc.is_null(value), pc.is_valid(whole(read.column("precision"))))
        reason = pc.if_else(pc.equal(reason, "future"), "date_after_as_of", reason)
        self.rejects.add(self.rows, pc.if_else(vague, "imprecise_date", reason), name)
        return value

    def word(self, name: str, words: str) -> pa.Array:
        """Words of a closed list (`rules/words/delivered.toml`, section `words`); any other is a reject
        ("unknown_word")."""
        known = spellings(words)
        return self._looked_up(name, lambda text: known.get(folded(text)), "unknown_word")

    def flag(self, name: str) -> pa.Array:
        """True or false (bool) of a boolean, number or text column; anything else is a reject ("not_a_flag")."""
        if name in self.table.column_names and pa.types.is_boolean(self.table.column(name).type):
            return whole(self.table.column(name))
        known = spellings("flag")
        return pc.equal(self._looked_up(name, lambda text: known.get(folded(text)), "not_a_flag"), "true")

    def money(self, name: str) -> pa.Array:
        """Amounts (decimal(14,2), half away from zero) of a number or text such as "$1,234.50" or "(12.00)"; anything
        else is a reject ("not_an_amount")."""
        if name not in self.table.column_names:
            return pa.nulls(len(self), MONEY)
        values = whole(self.table.column(name))
        numeric = not pa.types.is_string(values.type)
        given = values if numeric else self.text(name)
        if numeric:
            amount = "CASE WHEN isfinite(CAST(t AS DOUBLE)) THEN TRY_CAST(t AS DECIMAL(14,2)) END"
        else:
            bare = r"TRY_CAST(regexp_replace(t, '[$, ()-]', '', 'g') AS DECIMAL(14,2))"
            amount = f"CASE WHEN {_AMOUNT} THEN CASE WHEN regexp_matches(t, '[(-]') THEN -{bare} ELSE {bare} END END"
        read = query(
            f"SELECT {amount} AS v FROM given ORDER BY row", {"given": pa.table({"t": given, "row": self.rows})}
        )
        found = whole(read.column("v")).cast(MONEY)
        bad = pc.and_(pc.is_valid(given), pc.is_null(found))
        self.rejects.add(self.rows, pc.if_else(bad, "not_an_amount", pa.scalar(None, pa.string())), name)
        return found

    def spread(self, *names: str) -> Iterator[Spread]:
        """The values of columns that may hold several: each expression's, and each entry of a list."""
        for name in self.table.column_names:
            stem = name.split(".")[0]
            if stem in names:
                values = whole(self.table.column(name))
                at = np.arange(len(self), dtype=np.int64)
                if pa.types.is_list(values.type):
                    at = np.asarray(pc.list_parent_indices(values), dtype=np.int64)
                    values = pc.list_flatten(values)
                texts = trimmed(pa.chunked_array([values]))
                texts = self._bounded(texts, stem, self.rows.take(pa.array(at)))
                filled = np.asarray(pc.is_valid(texts))
                yield Spread(stem, at[filled], texts.filter(pa.array(filled)))

    def _looked_up(self, name: str, find: Callable[[str], str | None], reason: str) -> pa.Array:
        if name not in self.table.column_names:
            return pa.nulls(len(self), pa.string())

        def parse(text: str) -> tuple[object, ...]:
            word = find(text)
            return word, None if word is not None else reason

        read = lift(pa.chunked_array([self.text(name)]), parse, _WORD)
        self.rejects.add(self.rows, read.column("reason"), name)
        return whole(read.column("word"))

    def _bounded(self, texts: pa.Array, name: str, rows: pa.Array) -> pa.Array:
        long = pc.greater(pc.utf8_length(texts), LONGEST)
        if not pc.any(long).as_py():
            return texts
        self.rejects.add(rows, pc.if_else(long, "too_long", pa.scalar(None, pa.string())), name)
        return pc.if_else(long, pa.scalar(None, pa.string()), texts)


def whole(values: pa.ChunkedArray | pa.Array) -> pa.Array:
    """A column in one chunk."""
    if isinstance(values, pa.ChunkedArray):
        return (
            values.chunk(0)
            if values.num_chunks == 1
            else pa.concat_arrays(values.chunks)
            if values.num_chunks
            else pa.array([], values.type)
        )
    return values


def trimmed(values: pa.ChunkedArray) -> pa.Array:
    """Any column as text without surrounding white space; an empty text is NULL."""
    texts = pc.utf8_trim_whitespace(whole(as_text(values)))
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
