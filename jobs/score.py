"""The score step: every use of every contact point, by the channels' scorecards."""

from __future__ import annotations

from typing import Any

from jobs import reach_models
from jobs.setup import read_plan
from skiptrace.contacts import rules, sharing
from skiptrace.reach import scorecards, scoring
from skiptrace.schema import CHANNELS, CONTACT_POINTS
from skiptrace.store.tables import read_table, write_table


def score_partition(work: str, number: int, points: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    """CONTACT_POINTS with `shared_by`, and CHANNELS before any decision, of partition `number`."""
    setup = read_plan(work)
    table = sharing.mark(read_table(points), read_table(shared), rules.load().sharing)
    stem = f"part-{number:05d}"
    marked = write_table(table, CONTACT_POINTS, setup.work / "contact_points", stem).plain()
    table = table.drop_columns(["evidence"])  # half of what the points take in memory, and no score looks at it
    cards = reach_models.cards_of(setup.private, setup.reach)
    channels = scoring.score(table, cards, scorecards.order_rules(), rules.load().recency_day(setup.as_of))
    return {"points": marked, "channels": write_table(channels, CHANNELS, setup.work / "scores", stem).plain()}
