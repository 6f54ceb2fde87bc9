from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from jobs.waterfall.prices import Prices, exact, from_plain, of_source, ordered
from skiptrace.errors import ConfigError
from skiptrace.project import load
from tests.jobs.projects import change
from tests.jobs.tiny import make_tiny
from tests.jobs.waterfall.vendors import make_asking


def test_a_request_costs_what_its_records_hits_and_successes_cost_and_at_least_its_minimum() -> None:
    prices = Prices(exact(0.05), exact(0.2), exact(1.5), exact(2.0))
    assert prices.worst == Decimal("1.75")
    assert prices.owed(100, 10, 1) == Decimal("8.50")
    assert prices.owed(3, 1, 0) == Decimal("2.0")
    assert from_plain(prices.plain()) == prices


def test_money_is_what_is_written_and_not_what_a_computer_keeps() -> None:
    assert exact(0.1) * 3 == Decimal("0.3")


def test_the_price_of_the_contract_stands_where_the_order_says_none(tmp_path: Path) -> None:
    project = make_asking(tmp_path / "project")
    (source,) = ordered(load(project, {}))
    assert of_source(source) == Prices(Decimal("0.05"), Decimal("0.2"))
    change(project, "price_per_record = 0.05\nprice_per_hit = 0.20\n", "")
    change(project, 'path = "answers/premium"\n', 'path = "answers/premium"\ncost_per_record = 0.03\n')
    (source,) = ordered(load(project, {}))
    assert of_source(source) == Prices(Decimal("0.03"))


def test_a_project_that_asks_nobody_says_what_is_missing(tmp_path: Path) -> None:
    project = make_tiny(tmp_path / "project")
    with pytest.raises(ConfigError, match=r"waterfall: is missing"):
        ordered(load(project, {}))
    with (project / "skiptrace.toml").open("a") as file:
        file.write("[waterfall]\nbudget = 1.0\ncontact_value = 1.0\n")
    with pytest.raises(ConfigError, match=r"source.order: is missing"):
        ordered(load(project, {}))
