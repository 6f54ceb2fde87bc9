from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.demo.nights import Truth, World


def differing(table: pa.Table) -> set[str]:
    """Accounts whose rows differ in their balance."""
    told: dict[str, set[str]] = {}
    for account, balance in zip(table["ACCT_NO"].to_pylist(), table["CUR_BAL"].to_pylist(), strict=True):
        told.setdefault(account, set()).add(balance)
    return {account for account, balances in told.items() if account is not None and len(balances) > 1}


def test_the_portfolio_changes(lived: tuple[Path, list[Truth]], tmp_path: Path) -> None:
    folder, truths = lived
    first = World.start(tmp_path / "first", seed=5, accounts=200, pace=8.0)
    before, after = (pq.read_table(place / "portfolio") for place in (first.folder, folder))
    was, now = (dict(zip(table["ACCT_NO"].to_pylist(), table["CUR_BAL"].to_pylist(), strict=True)) for table in (before, after))
    assert set(now) - set(was), "accounts were bought"
    assert set(was) - set(now), "accounts were recalled"
    assert [account for account in set(was) & set(now) if was[account] != now[account]], "accounts were paid on"
    assert differing(after) <= differing(before), "a row that is there twice is paid on as one"
    assert set(truths[-1].accounts["account_id"].to_pylist()) <= set(now)
