"""What an export would be, without writing it: counts, why accounts are in no row, and some rows with every value masked."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jobs.exports import ready_exports, tables_for
from jobs.placed import assigned
from skiptrace.export.masking import masked
from skiptrace.export.profiles import load_profile
from skiptrace.export.write import parts
from skiptrace.project import Project
from skiptrace.results import Run

SAMPLE = 5
"""Rows that are shown."""


@dataclass(frozen=True)
class Preview:
    """An export as it would be written: rows, accounts in them, files it would take by rows, headers and a masked sample; accounts in
    no row by reason; cells that are changed to fit, by change and header."""

    name: str
    profile: str
    rows: int
    accounts: int
    files: int
    headers: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    away: Mapping[str, int]
    changed: Mapping[str, Mapping[str, int]]


def preview(run: Run, project: Project, as_of: dt.date, names: Sequence[str] | None = None) -> list[Preview]:
    """What `write_exports` would write on a day. Raises as it does; writes nothing."""
    chosen, again, lists = ready_exports(run, project, as_of, names)
    found, holders = [], assigned(run, project, lists.placements, as_of)
    for export in chosen:
        profile = load_profile(export.profile)
        rows = accounts = 0
        sample: list[tuple[str, ...]] = []
        away, changed = Counter[str](), dict[str, Counter[str]]()
        for part in parts(profile, tables_for(again, profile, project, export, holders), as_of):
            sample += masked(profile, part.cells.slice(0, SAMPLE - len(sample)))
            rows, accounts = rows + part.cells.num_rows, accounts + len(set(part.exported.to_pylist()))
            away.update(part.away["reason"].to_pylist())
            for change, cells in part.changed.items():
                changed.setdefault(change, Counter()).update(cells)
        most = profile.limits.rows_per_file or max(rows, 1)
        files = max(1, -(-rows // most))
        found.append(
            Preview(export.name, profile.name, rows, accounts, files, profile.headers, tuple(sample), dict(sorted(away.items())), changed)
        )
    return found
