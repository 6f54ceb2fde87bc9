"""Which sources show the same contact points: of each, the share that another one shows too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import duckdb

from skiptrace.report.figures import NOTHING, few, is_small, share

SHOWN: Final = 10
"""Sources that the table shows: those with most points."""
PART: Final = {
    "overlap_by": """
WITH sets AS (SELECT sources, count(*) AS points FROM contact_points GROUP BY sources),
one AS (SELECT sources, points, unnest(sources) AS source FROM sets),
pairs AS (SELECT source, points, unnest(sources) AS other FROM one)
SELECT source, other, sum(points)::BIGINT AS points FROM pairs WHERE source <> other GROUP BY source, other
""",
}
_WHOLE: Final = "SELECT source, sum(points)::BIGINT FROM points_by GROUP BY source ORDER BY 2 DESC, 1"
_BOTH: Final = "SELECT source, other, sum(points)::BIGINT FROM overlap_by GROUP BY source, other"


@dataclass(frozen=True)
class Overlap:
    """Contact points of each source, the portfolio among them, most first; and those that two show, by pair (either order)."""

    points: Mapping[str, int] = field(default_factory=dict)
    both: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def shown(self) -> tuple[str, ...]:
        """The sources of the table."""
        return tuple(self.points)[:SHOWN]

    def of(self, source: str, other: str) -> int:
        """Points that both show."""
        return self.both.get((source, other), 0)

    def written(self, source: str, other: str) -> str:
        """The share of a source's points that another one shows too; of few points only that they are few."""
        if source == other or is_small(self.points[source]):
            return NOTHING
        found = self.of(source, other)
        return few(found) if is_small(found) else share(found, self.points[source])


def figures(book: duckdb.DuckDBPyConnection) -> Overlap:
    """The overlap of all sources of a run."""
    return Overlap(
        {str(name): int(points) for name, points in book.sql(_WHOLE).fetchall()},
        {(str(one), str(other)): int(points) for one, other, points in book.sql(_BOTH).fetchall()},
    )
