"""What the cells of a column may look like, and what a spreadsheet must not be tempted to run.

A column of a strict grammar (phone, date, number, code, email) is checked and never altered: an apostrophe in front of
"+1…" breaks a dialer, and one in front of an e-mail address is somebody else's mailbox. Only free text is neutralised,
and only for profiles that say they are opened in spreadsheets.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

import pyarrow as pa
import pyarrow.compute as pc

Grammar = Literal["phone", "date", "number", "code", "email", "text"]
GRAMMARS: Final = get_args(Grammar)

_PATTERNS: Final = {
    "phone": r"^\+[1-9][0-9]{6,14}$",  # E.164: at most fifteen digits
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

_FORMULA = "^[=+\\-@\\t\\r]"


def violations(column: pa.ChunkedArray, grammar: Grammar) -> int:
    """How many of the cells (string, NULL is always allowed) break the grammar. Looks at each distinct value once."""
    if grammar not in _PATTERNS:
        return 0
    counted = pc.value_counts(column.drop_null().combine_chunks())
    broken = pc.invert(pc.match_substring_regex(counted.field("values"), _PATTERNS[grammar]))
    return int(pc.sum(counted.field("counts").filter(broken)).as_py() or 0)


def neutralised(column: pa.ChunkedArray) -> tuple[pa.ChunkedArray, int]:
    """Free text that no spreadsheet takes for a formula, and how many cells were changed for that.

    A cell that begins with = + - @ tab or carriage return gets an apostrophe in front."""
    risky = pc.match_substring_regex(column, _FORMULA)
    changed = int(pc.sum(risky).as_py() or 0)
    if not changed:
        return column, 0
    return pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column), changed
