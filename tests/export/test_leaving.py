from __future__ import annotations

import pyarrow as pa

from skiptrace.export.leaving import not_exported_accounts
from tests.report.sample import AS_OF, tables

TABLES = tables(80)


def test_each_account_that_is_not_exported_has_one_reason_and_no_other() -> None:
    accounts = TABLES["accounts"]["account_id"].to_pylist()
    exported = pa.array(accounts[::2])
    told = {accounts[1]: "consumer_row_full"}
    found = not_exported_accounts(TABLES, exported, told, ("voice",), AS_OF).to_pylist()
    assert [row["account_id"] for row in found] == accounts[1::2]
    reasons = {row["account_id"]: row["reason"] for row in found}
    assert reasons.pop(accounts[1]) == "consumer_row_full"
    holds = dict(zip(accounts, TABLES["accounts"]["holds"].to_pylist(), strict=True))
    uses = {account: [row for row in TABLES["decisions"].to_pylist() if row["account_id"] == account and row["channel"] == "voice"]
            for account in reasons}  # fmt: skip
    for account, reason in reasons.items():
        if holds[account]:
            assert reason == f"held:{holds[account][0]}"
        elif not uses[account]:
            assert reason == "no_point"
        elif any(use["decision"] != "stopped" for use in uses[account]):
            assert reason == "not_in_profile"
        else:
            assert reason in {use["stopped_by"][0] for use in uses[account]}
    assert {"no_point", "not_in_profile", "bankruptcy_scrub_due"} <= set(reasons.values())
