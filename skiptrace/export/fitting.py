"""The cells as they will stand in a file: in the grammar of their column, in the characters and lengths that the platform takes.

Free text is made to fit and counted: control characters become spaces, characters that the file cannot hold are written
plainly or as "?", formulas are neutralised, what is too long is cut. Anything else is never altered: a row whose key, phone
or code does not fit, or that lacks a required cell, is left out, by reason.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import lift
from skiptrace.errors import DataRefused, Problem
from skiptrace.export.grammar import FREE, GRAMMARS, neutralised, violations
from skiptrace.export.model import Profile, ProfileColumn

_WORD = pa.schema([("word", pa.string())])
_CONTROL = "[\\x00-\\x1f\\x7f\\x{85}\\x{2028}\\x{2029}\\x{feff}]"
"""Control characters, line ends of other scripts, and the mark that readers drop at the beginning of a file."""


@dataclass
class Fitted:
    """Rows that fit: their cells, which of the rows given they are (bool per row given), why each other one is left out
    (string per row given, NULL for those that fit), and how many cells were changed, by change and header."""

    cells: pa.Table
    kept: np.ndarray
    reasons: pa.Array
    changed: dict[str, Counter[str]] = field(default_factory=dict)


def fit(profile: Profile, table: pa.Table, text: bool) -> Fitted:
    """Make the columns of a profile (headers in order; any type) fit its file. `text`: cells become text.

    Raises DataRefused, naming the columns, when cells break the grammar of their column: the profile's expression is wrong
    then, whatever the data."""
    changed: dict[str, Counter[str]] = {}
    reasons = pa.nulls(table.num_rows, pa.string())
    columns: list[pa.ChunkedArray] = []
    broken: list[Problem] = []
    for header, column, slot in profile.cells:
        cells = table[header]
        if text or column.grammar not in FREE:
            written = cells.cast(pa.string())
            if wrong := violations(written, column.grammar):
                mend = f"mend its expression, or declare another grammar of {', '.join(GRAMMARS)}"
                broken.append(Problem(f"{profile.name}.toml", f"column {header}", f"{wrong} cells are no {column.grammar}", mend))
            cells = written if text else cells
        if text and column.grammar in FREE:
            cells = _free(profile, header, column, cells, changed)
        if column.required and slot <= 1:
            empty = pc.is_null(cells) if not text else pc.or_kleene(pc.is_null(cells), pc.equal(cells, ""))
            reasons = _first(reasons, pc.fill_null(empty, True), f"missing:{header}")
        if text and (bad := _unfit(profile, column, cells)) is not None:
            reasons = _first(reasons, bad, f"does_not_fit:{header}")
        columns.append(cells)
    if broken:
        raise DataRefused("an export was not written: cells break the grammar of their column", tuple(broken))
    kept = pc.is_null(reasons)
    whole = pa.table(columns, names=list(profile.headers))
    fits = kept.to_numpy(zero_copy_only=False)
    return Fitted(whole if fits.all() else whole.filter(kept), fits, reasons, changed)


def _free(
    profile: Profile, header: str, column: ProfileColumn, cells: pa.ChunkedArray, changed: dict[str, Counter[str]]
) -> pa.ChunkedArray:
    """Free text made to fit; a key is neutralised where the file is for spreadsheets, and nothing else."""
    if column.grammar == "text":
        if _odd(cells):
            cells = _counted(changed, "cleaned", header, cells, pc.replace_substring_regex(cells, _CONTROL, " "))
            if (plain := _plain(profile)) is not None:
                cells = _counted(changed, "replaced", header, cells, lift(cells, plain, _WORD)["word"])
        if profile.options.get("quoting") == "never":
            marks = f'["{profile.options["delimiter"]}]'
            cells = _counted(changed, "cleaned", header, cells, pc.replace_substring_regex(cells, marks, " "))
    if profile.options["spreadsheet_safe"]:
        cells, count = neutralised(cells)
        if count:
            changed.setdefault("neutralised", Counter())[header] += count
    if column.grammar == "text" and (most := _most(profile, column)) is not None:
        long = pc.fill_null(pc.greater(pc.utf8_length(cells), most), False)
        if pc.any(long).as_py():
            cells = _counted(changed, "shortened", header, cells, pc.utf8_slice_codeunits(cells, 0, most))
    return cells


def _counted(
    changed: dict[str, Counter[str]], change: str, header: str, before: pa.ChunkedArray, after: pa.ChunkedArray
) -> pa.ChunkedArray:
    count = pc.sum(pc.not_equal(before, after)).as_py() or 0
    if count:
        changed.setdefault(change, Counter())[header] += count
    return after


def _odd(cells: pa.ChunkedArray) -> bool:
    """Whether a column holds a control character or one beyond ASCII: one look at its bytes."""
    for chunk in cells.chunks:
        values = chunk.buffers()[2]
        if values is None:
            continue
        content = np.frombuffer(values, np.uint8)
        if ((content < 32) | (content > 126)).any():
            return True
    return False


def _plain(profile: Profile) -> Callable[[str], tuple[str]] | None:
    """How a text is written with the characters that the file may hold; None where it may hold all."""
    encoding = "ascii" if profile.limits.printable_ascii else profile.options.get("encoding", "utf-8")
    if encoding == "utf-8":
        return None

    def write(text: str) -> tuple[str]:
        try:
            text.encode(encoding)
        except UnicodeEncodeError:
            bare = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
            bare = "".join(one if one.isprintable() or not one.isascii() else " " for one in bare)
            return (bare.encode(encoding, "replace").decode(encoding),)
        return (text,)

    return write


def _most(profile: Profile, column: ProfileColumn) -> int | None:
    """Characters that a cell of the column may have."""
    known = [limit for limit in (column.max_chars, profile.limits.cell_chars) if limit is not None]
    return min(known) if known else None


def _unfit(profile: Profile, column: ProfileColumn, cells: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Which cells that are never altered do not fit: too long, or with a character that the file cannot hold."""
    if column.grammar == "text":
        return None
    bad = pa.chunked_array([pa.repeat(False, len(cells))])
    if (most := _most(profile, column)) is not None:
        bad = pc.or_(bad, pc.fill_null(pc.greater(pc.utf8_length(cells), most), False))
    if column.grammar not in ("key", "email"):
        return bad if most is not None else None
    patterns = [_CONTROL] if _odd(cells) else []
    if profile.options.get("quoting") == "never":
        patterns.append(f'["{profile.options["delimiter"]}]')
    for pattern in patterns:
        bad = pc.or_(bad, pc.fill_null(pc.match_substring_regex(cells, pattern), False))
    if (plain := _plain(profile)) is not None and _odd(cells):
        bad = pc.or_(bad, pc.fill_null(pc.not_equal(cells, lift(cells, plain, _WORD)["word"]), False))
    return bad


def _first(reasons: pa.Array, bad: pa.ChunkedArray, reason: str) -> pa.Array:
    """Reasons with one more, where no earlier one stands."""
    mask = bad.combine_chunks() if isinstance(bad, pa.ChunkedArray) else bad
    if not pc.any(mask).as_py():
        return reasons
    return pc.coalesce(reasons, pc.if_else(mask, reason, pa.scalar(None, pa.string())))
