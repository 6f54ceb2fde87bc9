"""Rows of an export as a person may look at them: what a column's expression takes from a personal column is masked."""

from __future__ import annotations

import pyarrow as pa

from skiptrace.export.evaluation import named_columns
from skiptrace.export.model import Profile, ProfileColumn
from skiptrace.export.view import ROW

_SHOWN = 2
"""Characters of a personal value that stay."""
_PERSONAL = frozenset(column.name for column in ROW.columns if column.privacy in ("personal", "sensitive"))


def is_personal(column: ProfileColumn) -> bool:
    """Whether a column may hold a person's data: its expression names a personal column."""
    return bool((named_columns([column.expression]) | _totals(column.expression)) & _PERSONAL)


def _totals(expression: str) -> set[str]:
    return {"total_balance"} if "total_balance" in expression.lower() else set()


def masked(profile: Profile, cells: pa.Table) -> list[tuple[str, ...]]:
    """The rows of a table of cells (the profile's headers) as text, personal values with all but their first characters
    hidden."""
    hidden = [is_personal(column) for _, column, _ in profile.cells]
    rows = zip(*(column.to_pylist() for column in cells.columns), strict=True)
    return [
        tuple(mask(str(cell)) if hide and cell not in (None, "") else "" if cell is None else str(cell)
              for cell, hide in zip(row, hidden, strict=True))
        for row in rows
    ]  # fmt: skip


def mask(text: str) -> str:
    """A value of a person with all but its first characters hidden."""
    return text[:_SHOWN] + "•" * max(len(text) - _SHOWN, 3)
