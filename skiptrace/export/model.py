"""What an export profile is: its columns, rows, limits, sources and the result file that comes back, as frozen objects."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from skiptrace.export.grammar import Grammar
from skiptrace.export.limits import Limits
from skiptrace.export.results import ResultFile
from skiptrace.vocabulary import CHANNELS

SLOT: Final = "{n}"


@dataclass(frozen=True)
class ProfileColumn:
    """One column of an export: its header, the SQL expression that fills it, the grammar of its cells, its sentence.

    `max_chars` is the platform's limit for this column; a row without a value in a `required` one is left out. A header
    with `{n}` stands once per slot, filled from the use in that slot; `slot` fills one column from one slot. `need` says why whoever
    gets the file needs a column that takes anything of a person."""

    name: str
    expression: str
    grammar: Grammar
    sentence: str
    max_chars: int | None = None
    required: bool = False
    slot: int = 0
    need: str = ""

    @property
    def slotted(self) -> bool:
        """Whether it is filled from a slot."""
        return self.slot > 0 or SLOT in self.name


@dataclass(frozen=True)
class Cited:
    """A page that a limit or column was read from: address, the day it was looked at, what it says."""

    address: str
    checked: datetime.date
    says: str


@dataclass(frozen=True)
class Profile:
    """An export profile. `options` are the format's, complete with its defaults; `fingerprint` is a content hash.

    A row is a `use`, a `point` (with all its channels), an `account` or a `consumer` (long: the first two; wide: the others,
    with up to `slots` points and, for a consumer, up to `accounts` accounts). `channels` are those it exports, `where` a
    condition on a use, None for all."""

    name: str
    sentence: str
    format: str
    shape: str
    options: Mapping[str, Any]
    columns: tuple[ProfileColumn, ...]
    fingerprint: str
    row: str = "use"
    channels: tuple[str, ...] = CHANNELS
    slots: int = 1
    accounts: int = 1
    where: str | None = None
    limits: Limits = field(default_factory=Limits)
    limits_unverified: tuple[str, ...] = ()
    cited: tuple[Cited, ...] = ()
    result: ResultFile | None = None

    @property
    def cells(self) -> tuple[tuple[str, ProfileColumn, int], ...]:
        """Every column of the file in order: header, column, slot (0 where it is of the whole row). Columns with slots that
        stand beside one another are told slot by slot."""
        found: list[tuple[str, ProfileColumn, int]] = []
        group: list[ProfileColumn] = []
        for column in (*self.columns, None):
            if column is not None and SLOT in column.name:
                group.append(column)
                continue
            found += [(one.name.replace(SLOT, str(slot)), one, slot) for slot in range(1, self.slots + 1) for one in group]
            group = []
            if column is not None:
                found.append((column.name, column, column.slot))
        return tuple(found)

    @property
    def headers(self) -> tuple[str, ...]:
        """The header of every column of the file."""
        return tuple(header for header, _, _ in self.cells)
