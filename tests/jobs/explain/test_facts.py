from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from jobs.explain import facts
from jobs.explain.facts import MASKED, saw, seen, sheet_of, told
from skiptrace.results import latest
from skiptrace.rulebook import loading
from tests.jobs.explain.test_changing import AS_OF, BOOK, sheet
from tests.jobs.projects import Finished


def test_values_are_told_in_words() -> None:
    assert [told(value) for value in (None, True, False, [], ["a", "b"], 3, dt.date(2026, 1, 2))] == [
        "not known", "yes", "no", "none", "a b", "3", "2026-01-02",
    ]  # fmt: skip


def test_what_is_not_known_comes_first_and_a_personal_value_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [one.name for one in seen({"channel": "sms", "calls_7_days": None}, True)] == ["calls_7_days", "channel"]
    monkeypatch.setitem(facts.FACTS, "email_domain", replace(facts.FACTS["email_domain"], privacy="personal"))
    assert seen({"email_domain": "edu"}, True)[0].value == MASKED
    assert seen({"email_domain": "edu"}, False)[0].value == "edu"
    assert seen({"email_domain": None}, True)[0].value == "not known"


def test_rules_that_acted_saw_the_facts_that_their_condition_reads() -> None:
    acted = saw(sheet({"attorney_known": True, "calls_7_days": None, "channel": "voice"}), BOOK, AS_OF, True)["p-1", "voice"]
    unknown, seen_ = acted["REGF-ATTY"]
    assert (unknown, [(one.name, one.value) for one in seen_]) == (False, [("attorney_known", "yes")])
    assert acted["REGF-7IN7"][0] is True
    rule = BOOK.rule("REGF-7IN7")
    assert rule is not None
    assert {one.name for one in acted["REGF-7IN7"][1]} == rule.condition.facts | {"channel"}
    assert all(one.meaning for one in acted["REGF-7IN7"][1])


def test_the_sheet_of_an_account_is_its_rows_of_the_fact_sheet(finished: Finished) -> None:
    run = latest(finished.folder)
    whole = run.table("situations")
    account = whole["account_id"][len(whole) // 2].as_py()
    found = sheet_of(run, account)
    assert found is not None
    assert found.num_rows == sum(one == account for one in whole["account_id"].to_pylist()) > 0
    empty = sheet_of(run, "nobody")
    assert empty is not None
    assert empty.num_rows == 0
    assert sheet_of(replace(run, ledger={**run.ledger, "evidence": {}}), account) is None


def test_the_rules_that_acted_are_those_that_the_decision_names(finished: Finished) -> None:
    run, book = latest(finished.folder), loading.load()
    day, decided = dt.date.fromisoformat(run.ledger["as_of"]), run.table("decisions")
    accounts = decided["account_id"].unique().to_pylist()
    for account in accounts[:: max(1, len(accounts) // 12)]:
        facts_, rows = sheet_of(run, account), run.of_account("decisions", account).to_pylist()
        assert facts_ is not None
        acted = saw(facts_, book, day, True)
        assert {key: set(rules) for key, rules in acted.items()} == {
            (row["point_id"], row["channel"]): {*row["stopped_by"], *row["conditions"]} for row in rows
        }
