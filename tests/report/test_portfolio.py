from __future__ import annotations

import pytest

from skiptrace.report.facts import summarise
from tests.report.by_hand import ACCOUNTS, ALLOWED, LINKED, POINTED, REPORT, owed
from tests.report.sample import ledger, tables


def test_the_summary_equals_a_count_by_hand() -> None:
    whole = REPORT.summary
    located = {name for name, row in ACCOUNTS.items() if row["locate_status"] in ("confirmed", "moved", "located")}
    assert (whole.accounts, whole.located, whole.open_accounts) == (300, len(located), len(ALLOWED))
    assert (whole.balance, whole.located_balance, whole.open_balance) == (
        owed(set(ACCOUNTS)),
        owed(located),
        owed(ALLOWED),
    )
    assert whole.balance_known == sum(row["balance"] is not None for row in ACCOUNTS.values()) < 300
    assert whole.permitted_balance == sum(row["expected_value"] for row in ACCOUNTS.values())
    assert float(whole.permitted) == pytest.approx(sum(row["p_any_channel"] for row in ACCOUNTS.values()), abs=1e-6)


def test_each_stage_of_the_funnel_lies_within_the_one_before() -> None:
    stages = REPORT.funnel.stages
    assert [stage.name for stage in stages][:3] == ["Rows of the tape", "Accepted", "Linked"]
    assert [int(stage.accounts) for stage in stages[:4]] == [305, 300, len(LINKED), len(LINKED & POINTED)]
    assert stages[2].balance == owed(LINKED)
    counts = [stage.accounts for stage in stages]
    assert counts == sorted(counts, reverse=True)
    sums = [stage.balance for stage in stages[1:]]
    assert sums == sorted(sums, reverse=True)  # type: ignore[type-var]
    assert REPORT.funnel.beside_accounts == len(ALLOWED - (LINKED & POINTED))


def test_statuses_add_up_to_all_accounts() -> None:
    assert sum(status.accounts for status in REPORT.statuses) == 300
    assert {status.name for status in REPORT.statuses} == {
        "confirmed",
        "moved",
        "located",
        "not_found",
        "held",
        "deceased",
    }


def test_without_balances_no_sum_is_claimed() -> None:
    given = tables(40, balances=False)
    report = summarise(given, ledger(given))
    sums = [
        report.summary.balance,
        report.summary.permitted_balance,
        *(stage.balance for stage in report.funnel.stages),
    ]
    assert set(sums) == {None}
    assert report.summary.balance_known == 0
