from __future__ import annotations

import pyarrow as pa
import pytest

from skiptrace.errors import ConfigError
from skiptrace.export.holding import for_holder, needed, taken
from skiptrace.schema import DECISIONS
from tests.jobs.published import table

HOLDERS = pa.table({"account_id": ["A", "B"], "holder": ["acme", ""]})
ROWS = [
    {"account_id": account, "point_id": "p", "channel": "voice", "decision": "stopped" if account == "D" else "permitted",
     "stopped_by": ["OTHER"] if account == "D" else []} for account in "ABCD"
]  # fmt: skip


def open_to(holder: str | None) -> dict[str, list[str]]:
    found = for_holder(table(ROWS, DECISIONS), HOLDERS, holder)
    return {row["account_id"]: row["stopped_by"] for row in found.to_pylist() if row["decision"] == "stopped"}


def test_the_owner_has_what_nobody_holds() -> None:
    assert open_to(None) == {"A": ["POL-PLACED"], "B": ["POL-PLACED"], "D": ["OTHER"]}


def test_a_holder_has_what_it_holds_alone() -> None:
    assert open_to("acme") == {"B": ["POL-PLACED"], "C": ["POL-PLACED"], "D": ["OTHER"]}
    assert set(open_to("other")) == {"A", "B", "C", "D"}


def test_where_nobody_holds_anything_nothing_changes() -> None:
    decisions = table(ROWS, DECISIONS)
    assert for_holder(decisions, HOLDERS.slice(0, 0), None) is decisions


def test_a_condition_takes_accounts() -> None:
    accounts = pa.table({"account_id": ["A", "B", "C"], "balance": [1, 9, None]})
    assert taken(accounts, "balance > 5", "f", "k").to_pylist() == ["B"]
    assert needed("Balance > 5 and state = 'WA'") == ["account_id", "state", "balance"]


@pytest.mark.parametrize("place", ["balance >", "nothing = 1", "balance > 5; select 1", "first_name"])
def test_what_is_no_condition_is_refused(place: str) -> None:
    accounts = pa.table({"account_id": ["A"], "balance": [1], "first_name": ["JOCASTA"]})
    with pytest.raises(ConfigError, match="k") as caught:
        taken(accounts, place, "f", "k")
    assert "JOCASTA" not in str(caught.value)
