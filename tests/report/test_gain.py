from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from skiptrace.report.facts import summarise
from skiptrace.report.gain import LEAST, TENTHS, Gain
from tests.report.by_hand import ACCOUNTS, REPORT
from tests.report.sample import ledger, tables


def by_hand(sort: str, what: str, tenth: int) -> float:
    values = sorted(ACCOUNTS.values(), key=lambda row: -float(row[sort] or 0))
    cut = len(values) * tenth // TENTHS
    return sum(float(row[what] or 0) for row in values[:cut]) / sum(float(row[what] or 0) for row in values)


def test_tenths_hold_what_sorting_the_accounts_gives_but_for_the_width_of_a_band() -> None:
    assert [one.tenth for one in REPORT.gain.tenths] == list(range(1, TENTHS + 1))
    for one in REPORT.gain.tenths:
        assert float(one.by_chance) == pytest.approx(by_hand("p_any_channel", "p_any_channel", one.tenth), abs=0.01)
        assert float(one.by_value_balance) == pytest.approx(by_hand("expected_value", "expected_value", one.tenth), abs=0.01)


def test_parts_rise_to_all_and_the_best_come_first() -> None:
    for name in ("by_chance", "by_chance_balance", "by_value", "by_value_balance"):
        parts = [getattr(one, name) for one in REPORT.gain.tenths]
        assert parts[-1] == 1
        assert parts == sorted(parts)
    for name in ("by_chance", "by_value_balance"):
        parts = [Decimal(0), *(getattr(one, name) for one in REPORT.gain.tenths)]
        steps = [after - before for before, after in pairwise(parts)]
        assert all(one >= other - Decimal("0.001") for one, other in pairwise(steps))


def test_few_accounts_and_accounts_without_balance_are_told_apart_from_none() -> None:
    few = tables(LEAST - 1)
    assert summarise(few, ledger(few)).gain == Gain()
    unknown = tables(LEAST, balances=False)
    found = summarise(unknown, ledger(unknown)).gain
    assert (found.valued, len(found.tenths), found.tenths[0].by_value_balance) == (False, TENTHS, 0)
