"""How old what is known is: contact points of each kind by the month in which they were seen last."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Final

import duckdb

from skiptrace.vocabulary import POINT_KINDS

PART: Final = {
    "ages_by": """
SELECT kind, (year(last_seen) * 12 + month(last_seen) - 1)::INTEGER AS month, count(*) AS points FROM contact_points GROUP BY ALL
""",
}
_AGES: Final = "SELECT kind, month, sum(points)::BIGINT FROM ages_by GROUP BY ALL"
BANDS: Final = (
    ("up to 3 months", 3), ("4 to 6 months", 6), ("7 to 12 months", 12), ("13 to 24 months", 24), ("25 to 60 months", 60),
)  # fmt: skip
"""Ages and the last month of each, counted from the month of the run's day."""
NAMES: Final = (*(name for name, _ in BANDS), "older", "never dated")
LANES: Final = (("main", 0, 3), ("duty", 3, 4), ("second", 4, 5), ("rest", 5, 7))
"""What the bar shows: the tone, and the bands that it joins."""


@dataclass(frozen=True)
class Age:
    """Contact points of a kind, by NAMES."""

    kind: str
    points: tuple[int, ...]

    @property
    def whole(self) -> int:
        """All points of the kind."""
        return sum(self.points)

    @property
    def lanes(self) -> tuple[tuple[str, int], ...]:
        """Tones of the bar, and the points of each."""
        return tuple((tone, sum(self.points[begin:end])) for tone, begin, end in LANES)


def figures(book: duckdb.DuckDBPyConnection, as_of: datetime.date) -> tuple[Age, ...]:
    """Each kind that has a point, in the vocabulary's order. A month to come counts as the latest."""
    today, found = as_of.year * 12 + as_of.month - 1, dict[str, list[int]]()
    for kind, month, points in book.sql(_AGES).fetchall():
        bands = found.setdefault(kind, [0] * len(NAMES))
        bands[_band(None if month is None else today - month)] += points
    return tuple(Age(kind, tuple(found[kind])) for kind in POINT_KINDS if kind in found)


def _band(months: int | None) -> int:
    if months is None:
        return len(NAMES) - 1
    return next((place for place, (_, last) in enumerate(BANDS) if months <= last), len(BANDS))
