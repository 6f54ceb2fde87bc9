from __future__ import annotations

from decimal import Decimal
from typing import Any

from skiptrace.report.spend import Spend, figures, hidden, rows_of_gains, rows_of_sources
from tests.report.sample import SPEND


def told(**changed: Any) -> Spend:
    found = figures({**SPEND, **changed}, {"reached": "It is reached."})
    assert found is not None
    return found


def test_a_ledger_without_requests_has_no_section() -> None:
    assert figures({}) is None


def test_sums_are_told_with_what_may_still_come() -> None:
    sums = "12.50 of 100.00 are spent (12.5%), and 3.00 may still come"
    assert told().told == f"{sums}: 204 times a source was asked about an account, and it knew the consumer 61 times."
    assert told(reserved="0").told.startswith("12.50 of 100.00 are spent (12.5%): 204 times")


def test_few_accounts_hide_what_they_cost_and_brought() -> None:
    spend = told()
    assert [hidden(one) for one in spend.sources] == [False, True]
    assert rows_of_sources(spend) == [
        ("premium, stage 1", "200", "60", "0", "12.00", "+12.5 %"), ("cheap, stage 2", "<11", "<11", "<11", "–", "–"),
    ]  # fmt: skip


def test_the_best_fixed_order_is_the_one_that_choosing_gained_least_over() -> None:
    spend = told()
    best = "Beside the best fixed order (premium > cheap), choosing gained 5.0 % more for the money"
    assert spend.gained == f"{best} (interval of 95 %: -10.0 % to +20.0 %); that may be chance."
    told_of = [(row[0], row[1]) for row in rows_of_gains(spend)]
    assert told_of == [("premium > cheap", "doubly robust"), ("cheap > premium", "doubly robust")]
    assert told(gain=SPEND["gain"][:3]).gained.endswith("40.0 % more for the money (interval of 95 %: +20.0 % to +60.0 %).")
    assert "Too few answers" in told(gain=[]).gained


def test_reasons_come_most_first_with_their_sentence() -> None:
    assert told().stops == (("reached", "It is reached.", 300), ("not_worth_it", "", 3))
    assert told().stopped == "In the last order nobody was asked about 303 accounts; most often: reached (300)."
    assert "every account" in told(stops={}).stopped
    assert told().budget == Decimal(100)
