from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

import pytest

from skiptrace.report import inventory
from skiptrace.report.facts import summarise
from skiptrace.report.inventory import Inventory
from skiptrace.report.render import render
from skiptrace.report.takeaways import takeaways
from tests.report.sample import ledger, tables

TABLES = tables(20)
REPORT = summarise(TABLES, ledger(TABLES))


def row(portfolio: str | None, **changed: Any) -> dict[str, Any]:
    told = {"accounts": 100, "balance": "1234.50", "open": 80, "closed": 3, "recalled": 17, "transferred": 0}
    return {"portfolio_id": portfolio, **told, "open_balance": "1000.25", "permitted": 40, **changed}


def shown(*rows: dict[str, Any]) -> str:
    found = inventory.figures({"portfolios": list(rows), "further": {"portfolios": 0, "accounts": 0}})
    return render(dataclasses.replace(REPORT, inventory=found))


def test_a_run_of_an_earlier_version_tells_nothing() -> None:
    assert inventory.figures({}) == Inventory()
    assert not Inventory().tells
    assert 'id="inventory"' not in render(REPORT)


def test_one_portfolio_of_open_accounts_needs_no_section() -> None:
    assert 'id="inventory"' not in shown(row("P1", open=100, closed=0, recalled=0))
    assert 'id="inventory"' in shown(row("P1", open=100, closed=0, recalled=0), row(None, open=100, closed=0, recalled=0))


def test_accounts_are_shown_by_state_and_few_are_not_told() -> None:
    page = shown(row("Spring <b>", closed=3))
    section = page[page.index('<section id="inventory"') : page.index('<section id="funnel"')]
    assert all(text in section for text in ("Spring &lt;b&gt;", "1,234.50", "1,000.25", ">80<", ">17<", ">40<"))
    assert ">3<" not in section
    (found,) = inventory.figures({"portfolios": [row("P1")]}).holdings
    assert (found.balance, found.open_balance, found.permitted) == (Decimal("1234.50"), Decimal("1000.25"), 40)


def test_the_sentence_says_how_many_are_away() -> None:
    some = dataclasses.replace(REPORT, inventory=inventory.figures({"portfolios": [row("P1"), row("P2")]}))
    assert takeaways(some)["inventory"] == (
        "2 portfolios; 40 of 200 accounts are closed, recalled or transferred, and in no export."
    )


def test_portfolios_beyond_the_first_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inventory, "MOST", 1)
    told = {"portfolios": [row("P1"), row("P2", accounts=30)], "further": {"portfolios": 4, "accounts": 70}}
    found = inventory.figures(told)
    assert (len(found.holdings), found.hidden, found.hidden_accounts) == (1, 5, 100)
    assert "And 5 further portfolios with 100 accounts." in render(dataclasses.replace(REPORT, inventory=found))
