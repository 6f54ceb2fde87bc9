from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

from skiptrace.report.planned import figures, written
from skiptrace.report.render import render
from tests.report.by_hand import REPORT

RUN: dict[str, Any] = {
    "plan": {
        "accounts": 100, "records": 900, "pairs": {"compared": 5000}, "peak_bytes": 6e8, "sources": {"header": 2.5, "few": 0.1},
        "steps": {"link": {"cpu_seconds": 3.0, "seconds": 2.0}, "settle": {"cpu_seconds": 1.0, "seconds": 1.0}},
    },
    "tables": {"accounts": {"rows": 80}}, "linkage": {"pairs": 4000, "index": {"people": 900}},
    "timings": {
        "link": {"cpu_seconds": 4.0, "seconds": 4.0, "peak_bytes": 500_000_000},
        "settle": {"cpu_seconds": 1.0, "seconds": 2.0, "peak_bytes": 800_000_000},
    },
}  # fmt: skip


def test_what_was_planned_stands_beside_what_happened() -> None:
    found = {one.name: (one.planned, one.happened, one.ratio) for one in figures(RUN, {"header": Decimal("2.00")})}
    assert found == {
        "Accounts": (100, 80, Decimal("1.25")), "Reference records": (900, 900, Decimal("1.00")),
        "Pairs compared": (5000, 4000, Decimal("1.25")), "CPU of all steps": (4, 5, Decimal("0.80")),
        "Time by the clock": (3, 6, Decimal("0.50")), "Memory of a worker, most": (600_000_000, 800_000_000, Decimal("0.75")),
        "Cost of header": (Decimal("2.5"), Decimal("2.00"), Decimal("1.25")),
    }  # fmt: skip


def test_a_run_without_a_plan_shows_nothing() -> None:
    assert figures({name: told for name, told in RUN.items() if name != "plan"}) == ()
    assert "t-planned" not in render(REPORT)


def test_what_the_ledger_does_not_say_is_left_open() -> None:
    found = {one.name: (one.happened, one.ratio) for one in figures({"plan": RUN["plan"]})}
    assert found["Pairs compared"] == found["Accounts"] == (None, None)
    assert "CPU of all steps" not in found


def test_amounts_are_written_with_their_units() -> None:
    shown = [written(Decimal("1234.5"), unit) for unit in ("pairs", "seconds", "money")]
    assert shown == ["1,235", "1,234.5 s", "1,234.50"]
    assert written(Decimal(600_000_000), "bytes") == "600 MB"
    assert written(None, "pairs") == "–"


def test_the_page_shows_both() -> None:
    page = render(dataclasses.replace(REPORT, planned=figures(RUN)))
    table = page[page.index('id="t-planned"') :]
    table = table[: table.index("</table>")]
    assert all(text in table for text in ("Pairs compared", "5,000", "4,000", "1.25×", "600 MB", "800 MB"))
