from __future__ import annotations

from pathlib import Path

from jobs.explain import explain
from jobs.explain.asked import asked
from jobs.explain.held import held
from jobs.waterfall import acting
from skiptrace.project import PRIVATE
from skiptrace.results import latest
from tests.jobs.waterfall.vendors import NOW, request_files, rows_of


def test_an_account_says_what_was_asked_when_and_for_how_much_and_why_nobody_is_now(asking: Path) -> None:
    assert asked(latest(asking), asking / PRIVATE, "A004") is None
    acting.order(asking, None, NOW)
    found = asked(latest(asking), asking / PRIVATE, "A004")
    assert found is not None
    (said,) = found.asks
    assert said.startswith("premium on 2026-06-30 (stage 1, request premium-")
    assert said.endswith("for 0.05, at most 0.25: it has not answered yet")
    assert found.stop_reason is None
    reached = explain(latest(asking), "A002", asking).asked
    assert reached is not None
    assert (reached.asks, reached.stop_reason) == ((), "reached")
    assert reached.stop == "It is reached well enough, by the target of the policy."
    (told,) = [one for one in held(asking, "A004", NOW.date()) if one.kind == "request"]
    assert (told.where, told.source, told.first) == ("waterfall", "premium", NOW.date())
    assert {row["last_name"] for row in rows_of(request_files(asking)[0])}.isdisjoint(said.split())
