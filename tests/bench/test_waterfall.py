"""A slice of the bench: one small portfolio, played to its end, and what the figures make of results."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.bench import waterfall
from tests.bench.waterfall import Result, portfolios, summary

RESULT = Result(1, 4, 100.0, 130.0, 100.0, 120.0, 136.0, True, False, 1.0)


def test_a_small_portfolio_is_played_within_its_budget(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(waterfall, "PORTFOLIOS", 1)
    monkeypatch.setattr(waterfall, "TEACHING", 300)
    found = list(portfolios(2, 300))
    assert [(one.market, one.number) for one in found] == [(2, 1)]
    assert 0 < found[0].paid <= 1
    assert min(found[0].policy, found[0].oracle, found[0].file_order, found[0].by_balance) > 0
    assert "market 2 portfolio 1" in capsys.readouterr().out


def test_figures_are_of_all_portfolios_and_the_oracle_is_met_by_the_last() -> None:
    results = [replace(RESULT, number=1, policy=98.0, oracle=140.0), RESULT]
    values = {figure.name: figure.value for figure in summary(results)}
    assert values["portfolios"] == 2
    assert values["over_best_file_order_mean"] == pytest.approx(0.14)
    assert values["over_best_file_order_least"] == pytest.approx(-0.02)
    assert values["of_oracle_after_three"] == pytest.approx(130 / 136, abs=1e-4)
    assert values["of_oracle_at_first"] == pytest.approx(0.7)
    assert (values["frontier_contacts_within"], values["frontier_balance_within"]) == (1.0, 0.0)
