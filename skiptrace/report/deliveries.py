"""Figures of what was delivered: what each source gave, what was rejected, and what changed since the last run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import duckdb

from skiptrace.report.model import Change, Quality, RejectGroup, Source
from skiptrace.vocabulary import EVENT_KINDS

MOST_GROUPS: Final = 150
"""Groups of rejects that the page shows; the rest are summed, so that the page stays small."""

PART: Final = {
    "linked_by": """
WITH linked AS (SELECT DISTINCT account, source FROM links WHERE status = 'linked'),
shared AS (SELECT source, count(*) OVER (PARTITION BY account) AS sources FROM linked)
SELECT source, count(*) AS accounts, count(*) FILTER (sources = 1) AS alone FROM shared GROUP BY source
""",
    "points_by": """
WITH given AS (
  SELECT account, kind, rank, origin = 'reference' AND len(sources) = 1 AS alone, unnest(sources) AS source
  FROM contact_points)
SELECT source, count(*) AS points, count(*) FILTER (alone) AS alone,
       count(DISTINCT account) FILTER (kind = 'address' AND rank = 1) AS addresses
FROM given GROUP BY source
""",
}
_LINKED: Final = "SELECT source, sum(accounts), sum(alone) FROM linked_by GROUP BY source"
_POINTS: Final = "SELECT source, sum(points), sum(alone), sum(addresses) FROM points_by GROUP BY source"
_REJECTS: Final = """
WITH numbered AS (
  SELECT *, row_number() OVER (PARTITION BY source, "column", reason ORDER BY file, "row") AS place FROM rejects),
several AS (SELECT source, count(DISTINCT file) > 1 AS several FROM rejects GROUP BY source)
SELECT source, "column", reason, count(*) AS n,
       list("row" ORDER BY file, "row") FILTER (place <= 3),
       list(CASE WHEN several THEN file END ORDER BY file, "row") FILTER (place <= 3)
FROM numbered JOIN several USING (source)
GROUP BY source, "column", reason
ORDER BY source <> 'portfolio', source, n DESC, "column" NULLS FIRST, reason
"""
_CHANGES: Final = """
SELECT kind, sum(coalesce(accounts, 1))::BIGINT AS n, sum(balance)::DECIMAL(18, 2), bool_or(account_id IS NULL)
FROM alerts GROUP BY kind ORDER BY n DESC, kind
"""


def sources(book: duckdb.DuckDBPyConnection, run: Mapping[str, Any]) -> tuple[Source, ...]:
    """Each source of the ledger in its order, then any that the tables name and the ledger does not, by name.

    The portfolio is no source here: what it brought along is not a contribution."""
    linked = {name: figures for name, *figures in book.sql(_LINKED).fetchall()}
    points = {name: figures for name, *figures in book.sql(_POINTS).fetchall()}
    listed = {str(entry["name"]): entry for entry in run.get("sources", ())}
    names = [*listed, *sorted((set(linked) | set(points)) - set(listed))]
    found = []
    for name in names:
        if name == "portfolio":
            continue
        entry = listed.get(name, {})
        kind, rows = str(entry.get("kind", "")), entry.get("rows")
        gave = (*linked.get(name, (0, 0)), *points.get(name, (0, 0, 0)))
        contributes = kind not in EVENT_KINDS or any(gave)
        found.append(Source(name, kind, None if rows is None else int(rows), contributes, *gave))
    return tuple(found)


def quality(book: duckdb.DuckDBPyConnection, run: Mapping[str, Any], accepted: int) -> Quality:
    """How the portfolio's rows reconcile after the ledger, and the groups of rejects with up to three row numbers."""
    counts = run.get("counts", {}).get("portfolio", {})
    rejected = tuple(sorted((str(reason), int(count)) for reason, count in counts.get("rejected", {}).items()))
    groups = [
        RejectGroup(source, column, reason, count, _places(rows, files))
        for source, column, reason, count, rows, files in book.sql(_REJECTS).fetchall()
    ]
    rows_in = counts.get("rows_in")
    return Quality(
        rows_in=None if rows_in is None else int(rows_in),
        rows_out=int(counts.get("rows_out", accepted)),
        rejected=rejected,
        filtered=int(counts.get("filtered", 0)),
        groups=tuple(groups[:MOST_GROUPS]),
        hidden_groups=len(groups[MOST_GROUPS:]),
        hidden_rejects=sum(group.count for group in groups[MOST_GROUPS:]),
    )


def _places(rows: Sequence[int], files: Sequence[str | None]) -> str:
    """Row numbers by file: `62, 222` of the only file, `part-0.parquet: 62, 222; part-1.parquet: 5` of several."""
    found: dict[str | None, list[str]] = {}
    for row, file in zip(rows, files, strict=True):
        found.setdefault(file, []).append(str(row))
    return "; ".join(f"{file}: {', '.join(numbers)}" if file else ", ".join(numbers) for file, numbers in found.items())


def changes(book: duckdb.DuckDBPyConnection, sentences: Mapping[str, str]) -> tuple[Change, ...]:
    """Kinds of change since the last published run with their `sentences`, the one that met most accounts first."""
    return tuple(Change(kind, sentences.get(kind, ""), *rest) for kind, *rest in book.sql(_CHANGES).fetchall())
