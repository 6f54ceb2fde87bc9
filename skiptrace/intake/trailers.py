"""Lines at the end of a file that are no rows, and the control totals in them.

A trailer that was declared and is not there means that the file was cut short. Totals are compared in exact decimals with what
was read, and both figures are told where they differ: a total is no person's data.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.errors import DataRefused, Problem
from skiptrace.intake.refusal import refused
from skiptrace.intake.text_blocks import HEAD, tail
from skiptrace.project.form import Form
from skiptrace.project.limits import Limits
from skiptrace.project.suggestions import did_you_mean
from skiptrace.store.inputs import InputFile

_MONEY = pa.decimal128(38, 6)
_NOISE = r"[$,\s]"


class End(NamedTuple):
    """Where the rows end (offset into the unpacked UTF-8 bytes; None: with the file), and what a pattern found there."""

    stop: int | None
    matches: tuple[dict[str, str], ...]


def rows_end(file: InputFile, form: Form, limits: Limits, start: int) -> End:
    """Find the trailer that `form` declares, behind `start`. Raises DataRefused where it is not there."""
    if form.trailer is None:
        return End(None, ())
    text, size = tail(file, form, limits)
    kept = text[max(len(text) - (size - start), 0) :]
    place, taken, matches = len(kept), 0, []
    while place > 0:
        body = kept[:place].rstrip(b"\r\n")
        first = max(body.rfind(b"\n"), body.rfind(b"\r")) + 1
        line = body[first:].decode("utf-8", "replace")
        if not line or (first == 0 and size - start > HEAD):
            break
        if isinstance(form.trailer, int):
            if taken == form.trailer:
                break
        else:
            found = re.match(form.trailer, line)
            if not found:
                break
            matches.append({name: value for name, value in found.groupdict().items() if value is not None})
        place, taken = first, taken + 1
    if not taken or (isinstance(form.trailer, int) and taken < form.trailer):
        mend = "have it delivered again: it may be cut short; or correct trailer under file"
        raise refused(file, "does not end with the trailer that the project file declares", mend)
    return End(start + (size - start) - (len(kept) - place), tuple(matches))


class Totals:
    """The control totals of a trailer, and the sums of what was read. `columns` are those that are summed."""

    def __init__(self, file: InputFile, form: Form, matches: tuple[dict[str, str], ...], names: list[str]) -> None:
        self._file = file
        self._stated = {name: value for match in reversed(matches) for name, value in match.items()}
        known = {re.sub(r"\W", "_", name).casefold(): name for name in names}
        self._column: dict[str, str] = {}
        for name in self._stated:
            if name != "rows":
                if name.casefold() not in known:
                    raise self._wrong(f'names a total "{name}" that is no column', did_you_mean(name, list(known)) or "map one")
                self._column[name] = known[name.casefold()]
        self._sums = dict.fromkeys(self._stated, Decimal(0))

    @property
    def columns(self) -> list[str]:
        """The columns that are summed."""
        return sorted(set(self._column.values()))

    def add(self, rows: pa.Table) -> None:
        """Add rows (text columns). Raises DataRefused where a cell is no number: its sum cannot be told."""
        for name, column in self._column.items():
            plain = pc.replace_substring_regex(rows.column(column), pattern=_NOISE, replacement="")
            plain = pc.replace_substring_regex(plain, pattern=r"^\((.*)\)$", replacement=r"-\1")
            try:
                total = pc.sum(pc.cast(pc.if_else(pc.equal(plain, ""), None, plain), _MONEY)).as_py()
            except pa.ArrowInvalid:
                raise self._wrong(f'has a control total of "{column}", which holds what is no number', "correct the pattern") from None
            self._sums[name] += total or Decimal(0)

    def agree(self, rows: int) -> None:
        """Raises DataRefused with both figures of each total that does not agree. `rows`: all of the file, readable or not."""
        wrong = []
        for name, text in sorted(self._stated.items()):
            found = Decimal(rows) if name == "rows" else self._sums[name]
            try:
                stated = Decimal(re.sub(_NOISE, "", text))
            except InvalidOperation:
                raise self._wrong(f'states a total "{name}" that is no number', "correct the pattern") from None
            if stated != found:
                wrong.append(f"{name}: the trailer says {stated:,f}, the file holds {found.normalize():,f}")
        if wrong:
            what = "control totals do not agree"
            problems = tuple(Problem(self._file.name, "trailer", text, "have it delivered again, or ask the seller") for text in wrong)
            raise DataRefused(f"a delivered file cannot be used: {what}", problems)

    def _wrong(self, what: str, mend: str) -> DataRefused:
        return DataRefused("a delivered file cannot be used", (Problem(self._file.name, "trailer", what, mend),))
