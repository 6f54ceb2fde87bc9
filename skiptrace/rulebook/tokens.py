"""The words of a rule's condition: its tokens, the kinds of value, what is refused by name, and the limits of size."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

import pyarrow as pa

Kind = Literal["truth", "text", "number", "date", "words", "interval"]
MAX_LENGTH: Final = 2000
MAX_DEPTH: Final = 24
MAX_NUMBER: Final = 10**9
MAX_ARITHMETIC: Final = 16
"""Bounds that keep arithmetic finite and parsing quick, whatever a file holds."""

_TOKEN = re.compile(
    r"\s+|(?P<text>'(?:[^']|'')*')|(?P<number>\d+(?:\.\d+)?)|(?P<word>[A-Za-z_][A-Za-z_0-9]*)"
    r"|(?P<sign><>|!=|<=|>=|[=<>+\-*/(),])"
)
RESERVED: Final = {"AND", "OR", "NOT", "IN", "BETWEEN", "TRUE", "FALSE", "DATE", "INTERVAL"}
REFUSED: Final = {
    "NULL": "NULL cannot be asked for: a gap is decided by on_missing",
    "IS": "IS is not allowed: a gap is decided by on_missing",
    "COALESCE": "COALESCE would hide a gap: it is decided by on_missing",
    "CASE": "CASE is not allowed: write AND and OR",
    "SELECT": "a condition must not contain a query",
    "LIKE": "LIKE is not allowed: use = or IN",
}
FUNCTIONS: Final = ("date_diff", "date_add", "greatest", "least", "abs", "len", "list_contains")


class ConditionRefused(ValueError):
    """A `when` outside the allowed grammar. The message names words of the rule file, never data."""

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend


@dataclass(frozen=True)
class Node:
    """A parsed piece: its kind, the SQL that evaluates it strictly, and the facts it reads. Of a whole condition,
    `thresholds` are the numbers that facts are compared with: cases must lie on both sides of each."""

    kind: Kind
    sql: str
    facts: frozenset[str] = frozenset()
    literal: bool = False
    thresholds: frozenset[tuple[str, float]] = frozenset()


def kind_of(column_type: pa.DataType) -> Kind:
    """The kind of values of an Arrow column type that a fact may have."""
    if pa.types.is_boolean(column_type):
        return "truth"
    if pa.types.is_date(column_type):
        return "date"
    if pa.types.is_list(column_type):
        return "words"
    return "text" if pa.types.is_string(column_type) else "number"


def tokens(text: str) -> list[str]:
    """The tokens of a condition, white space dropped."""
    out, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ConditionRefused(f"{text[at]!r} at position {at + 1} is not part of a condition")
        if match.lastgroup:
            out.append(match.group())
        at = match.end()
    return out
