from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from jobs.waterfall import acting
from skiptrace.errors import ConfigError
from tests.jobs.projects import change
from tests.jobs.waterfall.vendors import DAY, NOW, ready_on


def test_what_is_left_is_the_budget_less_what_may_be_owed(asked_run: Path) -> None:
    found = ready_on(asked_run)
    assert (found.left, found.stage, found.policy.budget) == (Decimal("97.25"), 2, 97.25)
    assert [(one.name, one.per_record, one.per_hit, one.budget) for one in found.offers] == [("premium", 0.05, 0.2, None)]
    assert found.behaviour.sources == ("premium",)
    assert len(found.facts) == len(found.may["premium"]) == 12


def test_a_source_has_a_budget_of_its_own(asking: Path) -> None:
    change(asking, "price_per_record = 0.05", "price_per_record = 0.05\nbudget = 0.6")
    assert ready_on(asking).offers[0].budget == 0.6
    found = acting.order(asking, None, NOW)
    assert [(one["asked"], one["promised"]) for one in found.requests] == [(2, Decimal("0.5"))]
    assert ready_on(asking).room(ready_on(asking).sources[0]) == Decimal("0.1")


def test_a_new_budget_begins_on_its_day(asked_run: Path, asking: Path) -> None:
    before = ready_on(asked_run).policy_key
    change(asking, "budget = 100.0", "budget = 100.0\nbegins = 2026-07-01")
    found = ready_on(asking, dt.date(2026, 7, 2))
    assert (found.left, found.stage) == (Decimal(100), 1)
    assert found.policy_key != before


def test_a_day_before_that_of_the_run_is_refused(asking: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be asked before the day of the last run"):
        ready_on(asking, DAY - dt.timedelta(days=1))


def test_a_source_that_may_not_be_used_is_asked_about_nobody(asking: Path) -> None:
    change(asking, 'path = "answers/premium"\n', 'path = "answers/premium"\ncontract_expires = 2026-06-01\n')
    with pytest.raises(ConfigError, match="may not be used after 2026-06-01"):
        ready_on(asking)
