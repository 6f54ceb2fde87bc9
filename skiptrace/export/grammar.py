"""What the cells of a column may look like, and what a spreadsheet must not be tempted to run.

A column of a strict grammar (phone, digits, us_phone, date, time, number, code, email) is checked and never altered: an
apostrophe in front of "+1…" breaks a dialer, and one in front of an e-mail address is somebody else's mailbox. Only text and
keys are neutralised, and only for profiles that say they are opened in spreadsheets. A key (an account number) comes back in
a result file, so nothing else is ever done to it: a row whose key does not fit its file is left out.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

import pyarrow as pa
import pyarrow.compute as pc

Grammar = Literal["phone", "digits", "us_phone", "date", "time", "number", "code", "email", "key", "text"]
GRAMMARS: Final = get_args(Grammar)
FREE: Final = ("key", "text")
"""Grammars that take any text."""

_PATTERNS: Final = {
    "phone": r"^\+[1-9][0-9]{6,14}$",  # E.164: at most fifteen digits
    "digits": r"^[1-9][0-9]{6,14}$",  # the same without its plus sign
    "us_phone": r"^[2-9][0-9]{2}[2-9][0-9]{6}$",  # ten digits of the North American plan
    "time": r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
    "date": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$",
    "number": r"^-?[0-9]+(\.[0-9]+)?$",
    "code": r"^[A-Za-z0-9_]([A-Za-z0-9_.:|/ -]*[A-Za-z0-9_.])?$",
    # A spreadsheet runs a cell only with brackets, or with | and ! (a call of another program). An address has no
    # unquoted brackets; | and ! are left to addresses that do not begin like a formula.
    "email": (
        r"^([^=+\-@\s\"(),:;<>\[\]\\][^@\s\"(),:;<>\[\]\\]*|[=+\-][^@\s\"(),:;<>\[\]\\|!]+)"
        r"@[^@\s\"(),:;<>\[\]\\|!]+$"
    ),
}
"""One pattern per strict grammar. Values without one (text) are free."""

_SAMPLED = 1024
_FORMULA = "^'*[=+\\-@\\t\\r]"


def violations(column: pa.ChunkedArray, grammar: Grammar) -> int:
    """How many of the cells (string, NULL is always allowed) break the grammar. Where values repeat, each distinct one is
    looked at once."""
    if grammar not in _PATTERNS:
        return 0
    sample = column.slice(0, _SAMPLED)
    if pc.count_distinct(sample).as_py() * 2 > len(sample):  # few repeat: to find those would cost more than to look at all
        return int(pc.sum(pc.invert(pc.match_substring_regex(column, _PATTERNS[grammar]))).as_py() or 0)
    counted = pc.value_counts(column.drop_null().combine_chunks())
    broken = pc.invert(pc.match_substring_regex(counted.field("values"), _PATTERNS[grammar]))
    return int(pc.sum(counted.field("counts").filter(broken)).as_py() or 0)


def neutralised(column: pa.ChunkedArray) -> tuple[pa.ChunkedArray, int]:
    """Free text that no spreadsheet takes for a formula, and how many cells were changed for that.

    A cell that begins with = + - @ tab or carriage return gets an apostrophe in front; so does one that begins so after
    apostrophes of its own, so that taking one away gives back what was there."""
    risky = pc.match_substring_regex(column, _FORMULA)
    changed = int(pc.sum(risky).as_py() or 0)
    if not changed:
        return column, 0
    return pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column), changed
