from __future__ import annotations

from skiptrace.report.facts import summarise
from tests.report.by_hand import RUN, TABLES


def test_counts_that_do_not_reconcile_are_seen() -> None:
    run = RUN | {"counts": {"portfolio": {"rows_in": 310, "rows_out": 300, "filtered": 4, "rejected": {"x": 5}}}}
    assert summarise(TABLES, run).quality.reconciles is False
    assert summarise(TABLES, RUN | {"counts": {}}).quality.reconciles is None
