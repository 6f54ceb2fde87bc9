from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from jobs.waterfall import acting, ordering
from jobs.waterfall.ordering import promised, reference_of, within
from jobs.waterfall.ready import Ready
from skiptrace.project import PRIVATE
from skiptrace.schema import CHOICES
from skiptrace.store import points
from skiptrace.waterfall.choosing import choose
from tests.jobs.projects import change, files_below
from tests.jobs.waterfall.vendors import NOW, ready_on, request_files, rows_of, state_of


class Killed(BaseException):
    """The process died."""


def choices_of(found: Ready) -> pa.Table:
    return choose(found.facts, found.behaviour, found.offers, found.policy, found.as_of, found.stage, found.may)[0]


def test_the_same_command_goes_on_with_the_same_order_until_it_is_answered(asked: Path) -> None:
    before, files = state_of(asked), {file.name: file.read_bytes() for file in request_files(asked)}
    found = acting.order(asked, None, NOW)
    assert not found.fresh
    assert state_of(asked) == before
    assert {file.name: file.read_bytes() for file in request_files(asked)} == files


def test_another_policy_asks_nobody_anew_about_whom_an_answer_is_waited_for(asked: Path) -> None:
    change(asked, "contact_value = 25.0", "contact_value = 60.0")
    acting.order(asked, None, NOW)
    rows = [row["reference"] for file in request_files(asked) for row in rows_of(file)]
    (first, *others) = state_of(asked)["requests"].values()
    assert first["rows"] == 11
    assert sum(one["rows"] for one in others) <= 1  # only the one account that was reached by the other target
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("point", ["order-written", "order-committed", "request-written"])
def test_an_order_that_is_cut_off_is_one_order_with_the_same_bytes(
    asking: Path, asked_run: Path, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    def die(passed: str) -> None:
        if passed == point:
            raise Killed

    monkeypatch.setattr(points, "passed", die)
    with pytest.raises(Killed):
        acting.order(asking, None, NOW)
    monkeypatch.undo()
    acting.order(asking, None, NOW)
    assert state_of(asking)["requests"] == state_of(asked_run)["requests"]
    assert files_below(asking / "requests") == files_below(asked_run / "requests")


def test_what_is_promised_is_within_the_budget_to_the_cent(asking: Path) -> None:
    change(asking, "budget = 100.0", "budget = 0.80")
    found = acting.order(asking, None, NOW)
    assert sum(one["promised"] for one in found.requests) <= Decimal("0.80")
    assert sum(one["asked"] for one in found.requests) == 3  # each costs 0.05 and 0.20 if it is a hit
    assert found.stops["budget"] > 0


def test_a_budget_of_nought_asks_nobody_and_says_so(asking: Path) -> None:
    change(asking, "budget = 100.0", "budget = 0.0")
    found = acting.order(asking, None, NOW)
    assert (found.fresh, found.requests, request_files(asking)) == (False, (), [])
    assert found.stops["budget"] > 0
    assert state_of(asking)["orders"] == []


def test_exact_sums_cut_what_does_not_fit(asking: Path) -> None:
    found = ready_on(asking)
    choices = choices_of(found)
    assert len(within(found, choices)) == len(choices) == 11
    assert len(within(replace(found, left=Decimal("0.99")), choices)) == 3
    assert len(within(replace(found, left=Decimal("-4")), choices)) == 0
    assert within(found, CHOICES.empty()).num_rows == 0


def test_each_request_of_a_source_is_billed_at_least_its_minimum(asking: Path) -> None:
    change(asking, "price_per_record = 0.05", "price_per_record = 0.05\nmost_rows = 5\nminimum_order = 1.0")
    (source,) = ready_on(asking).sources
    assert [promised(source, rows) for rows in (0, 3, 5, 6, 11)] == [Decimal(one) for one in ("0", "1.0", "1.25", "2.25", "3.50")]


def test_a_request_has_no_more_rows_than_its_source_takes(asking: Path) -> None:
    change(asking, "price_per_record = 0.05", "price_per_record = 0.05\nmost_rows = 4")
    found = acting.order(asking, None, NOW)
    assert sorted(one["asked"] for one in found.requests) == [3, 4, 4]
    rows = [row["reference"] for file in request_files(asking) for row in rows_of(file)]
    assert len(set(rows)) == 11


def test_a_reference_is_another_one_in_each_request_and_tells_nothing_without_the_key() -> None:
    names = {reference_of(key, request, "A001") for key in (b"k" * 32, b"l" * 32) for request in ("a-1", "a-2")}
    assert len(names) == 4
    assert all(len(name) == 24 and name.isalnum() and name == name.upper() for name in names)


def test_the_ledger_keeps_who_was_asked_with_all_that_was_known(asked_run: Path) -> None:
    from jobs.waterfall import log

    table = log.asked(asked_run / PRIVATE, state_of(asked_run))
    assert len(table) == 11
    assert pc.unique(table["asked_on"]).to_pylist() == [dt.date(2026, 6, 30)]
    assert set(table["reference"].to_pylist()) == {row["reference"] for file in request_files(asked_run) for row in rows_of(file)}
    assert table["hit"].null_count == table["p_after"].null_count == 11
    assert all(0 < one <= 1 for one in table["propensity"].to_pylist())
    assert ordering.is_made(state_of(asked_run), state_of(asked_run)["orders"][0]["key"])
