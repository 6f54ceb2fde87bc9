from __future__ import annotations

import os
from pathlib import Path

from jobs.waterfall import history, spending
from skiptrace.project import PRIVATE, load
from skiptrace.results import latest
from tests.jobs.waterfall.vendors import DAY, state_of


def test_the_ledger_of_the_run_says_what_was_spent_and_brought(read_run: Path) -> None:
    told = latest(read_run).ledger["spend"]
    assert {name: told[name] for name in ("budget", "spent", "reserved", "left")} == {
        "budget": "100.0", "spent": "1.75", "reserved": "0.00", "left": "98.25",
    }  # fmt: skip
    (source,) = told["sources"]
    assert (source["source"], source["stage"], source["asked"], source["hits"]) == ("premium", 1, 11, 6)
    assert source["better"] == {"accounts": 11, "rise": 0.0}  # the tiny project says nothing of its compliance: no use is open
    assert told["stops"] == {"reached": 1}
    assert "Spend" in (latest(read_run).folder / "report.html").read_text()


def test_a_run_before_anything_was_asked_says_nothing(asking_run: Path) -> None:
    assert "spend" not in latest(asking_run).ledger
    assert spending.told(load(asking_run, os.environ), asking_run / PRIVATE, [], DAY) == {}


def test_orders_are_compared_where_enough_was_answered_and_few_answers_say_nothing(read_run: Path) -> None:
    found = history.history(read_run / PRIVATE, state_of(read_run), None, DAY)
    sources = tuple(one for one in load(read_run, os.environ).source if one.order)
    assert spending.gained(found, sources, [("premium",)]) == []
