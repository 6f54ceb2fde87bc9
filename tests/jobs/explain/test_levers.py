from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from jobs.explain import levers as module
from jobs.explain.levers import KINDS, WAIT, Lever, levers, worded
from skiptrace.compliance.settings import settle
from skiptrace.errors import ConfigError
from skiptrace.rulebook import loading
from skiptrace.schema.facts import FACTS

BOOK = loading.load()
ALL = {lever.name: lever for lever in levers(BOOK)}
AS_OF = dt.date(2026, 6, 30)


def row(**facts: Any) -> dict[str, Any]:
    return {**dict.fromkeys(FACTS), "as_of": AS_OF, "channel": "sms", "steps_done": [], **facts}


def test_every_step_is_a_lever_and_every_kind_has_some() -> None:
    assert {lever.step.name for lever in ALL.values() if lever.step} == set(BOOK.steps)
    assert {lever.kind for lever in ALL.values()} == set(KINDS)


@pytest.mark.parametrize("step", sorted(BOOK.steps))
def test_a_step_that_is_done_settles_what_the_fact_sheet_would_settle(step: str) -> None:
    lever = next(one for one in ALL.values() if one.step is not None and one.step.name == step)
    for given in (row(), row(attorney_known=True, bankruptcy_reported=True, calls_7_days=9)):
        columns = {name: pa.array([given[name]], FACTS[name].type) for name in FACTS}
        whole = settle(pa.table(columns), BOOK, {step: AS_OF}).to_pylist()[0]
        done = lever.applied(given, 0)
        assert step in done["steps_done"]
        assert {name: done[name] for name in BOOK.steps[step].settles} == {name: whole[name] for name in BOOK.steps[step].settles}


def test_an_attestation_that_is_too_old_is_none() -> None:
    lever = ALL["attest:call_history"]
    assert lever.applied(row(), 7)["calls_7_days"] == 0
    assert lever.applied(row(), 8) == row()


def test_a_scrub_is_as_old_as_it_is_and_an_older_one_does_not_count() -> None:
    lever = ALL["attest:bankruptcy_scrub"]
    assert lever.applied(row(), 12)["bankruptcy_scrub_days"] == 12
    assert lever.applied(row(bankruptcy_scrub_days=3), 12)["bankruptcy_scrub_days"] == 3
    assert ALL["assignment_notice"].applied(row(), 30)["assignment_notice_days"] == 30


def test_time_makes_counts_nothing_and_scrubs_older() -> None:
    later = WAIT.applied(row(calls_7_days=7, calls_30_days=7, calls_and_texts_2_days=1, bankruptcy_scrub_days=29, shared_by=4), 7)
    assert later["as_of"] == AS_OF + dt.timedelta(days=7)
    assert (later["calls_7_days"], later["calls_30_days"], later["calls_and_texts_2_days"]) == (0, 7, 0)
    assert (later["bankruptcy_scrub_days"], later["shared_by"]) == (36, 4)
    assert WAIT.applied(row(calls_7_days=7), 6)["calls_7_days"] == 7


def test_a_lever_fits_where_it_would_change_something() -> None:
    assert ALL["no_attorney"].fits(row(attorney_known=True))
    assert not ALL["no_attorney"].fits(row(attorney_known=False))
    assert not ALL["no_attorney"].fits(row())
    assert not ALL["consent_email"].fits(row())
    assert ALL["stated_dialer"].fits(row())
    assert not ALL["stated_dialer"].fits(row(dialer_class="autodialer"))


def test_days_are_told_as_they_will_do() -> None:
    given, lever = row(text_basis_at=dt.date(2026, 1, 15)), ALL["rnd_query"]
    words = "a reassigned-number check dated 2026-05-01 or later that asks for 2026-01-15 and answers no"
    assert worded(lever, given, range(61), 120) == words
    assert " dated 2026-06-29 or earlier" in worded(lever, given, range(1, 121), 120)
    assert " dated 2026-06-20 to 2026-06-25" in worded(lever, given, range(5, 11), 120)
    assert " dated 2026-06-25 " in worded(lever, given, [5], 120)
    assert "dated" not in worded(lever, given, range(121), 120)


def test_a_lever_that_names_no_fact_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"levers": {"x": {"kind": "step", "sentence": "x", "gives": {"no_such_fact": True}}}}
    monkeypatch.setattr(module, "read_lists", lambda name: wrong)
    module._file.cache_clear()
    try:
        with pytest.raises(ConfigError, match="a lever cannot be used"):
            levers(BOOK)
    finally:
        module._file.cache_clear()


def test_a_lever_of_a_step_that_the_run_did_not_know_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    older = dataclasses.replace(BOOK, steps={name: step for name, step in BOOK.steps.items() if name != "rnd_query"})
    assert "rnd_query" not in {lever.name for lever in levers(older)}
    assert isinstance(levers(older)[-1], Lever)
