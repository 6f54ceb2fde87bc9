from collections import Counter, defaultdict

import pyarrow as pa
import pytest

from jobs.demo import events
from jobs.demo.records import World
from jobs.demo.tape import Debtors, Portfolio

CODES = {"right_party", "conversation", "voicemail", "ring_no_answer", "busy", "not_in_service", "wrong_party",
         "opt_out", "sent", "delivered", "opened", "bounced", "returned_mail"}  # fmt: skip


@pytest.fixture(scope="module")
def done(world: World, debtors: Debtors, portfolio: Portfolio) -> pa.Table:
    return events.dispositions(world, debtors, portfolio.slot, 7)


def test_outcomes_are_canonical_and_complete(done: pa.Table) -> None:
    assert set(done["outcome_code"].to_pylist()) == CODES
    assert set(done["channel"].to_pylist()) == {"voice", "sms", "email", "mail"}
    assert all(done[name].null_count == 0 for name in done.column_names)


def test_shares_of_outcomes_add_up() -> None:
    assert all(abs(sum(table.values()) - 1) < 1e-9 for table in events.OUTCOMES.values())


def test_events_are_in_order_and_before_as_of(done: pa.Table) -> None:
    moments = done["occurred_at"].to_pylist()
    assert moments == sorted(moments)
    assert "2026-04" < moments[0] < moments[-1] < "2026-06-30"
    assert moments[0].endswith("Z")


def test_some_events_come_twice_and_some_are_of_other_accounts(done: pa.Table, debtors: Debtors) -> None:
    rows = done.to_pylist()
    ids = Counter(row["event_id"] for row in rows)
    assert 0 < sum(count > 1 for count in ids.values()) < 0.02 * len(ids)
    by_id = defaultdict(set)
    for row in rows:
        by_id[row["event_id"]].add(tuple(row.items()))
    assert all(len(found) == 1 for found in by_id.values())
    strangers = [row for row in rows if row["account_id"] not in set(debtors.account_id)]
    assert 0 < len(strangers) < 0.02 * len(rows)


def test_letters_to_old_addresses_come_back_more_often(
    done: pa.Table, debtors: Debtors, portfolio: Portfolio
) -> None:
    moved = dict(zip(debtors.account_id, (portfolio.slot > 0).tolist(), strict=True))
    back: dict[bool, list[bool]] = {True: [], False: []}
    for row in done.to_pylist():
        if row["channel"] == "mail" and row["account_id"] in moved:
            back[moved[row["account_id"]]].append(row["outcome_code"] == "returned_mail")
    assert sum(back[True]) / len(back[True]) > 3 * sum(back[False]) / len(back[False])


def test_suppressions_hold_most_opt_outs_and_ceased_accounts(world: World, done: pa.Table, debtors: Debtors) -> None:
    table = events.suppressions(world, debtors, done, ["0040000001"], 7)
    rows = table.to_pylist()
    assert {row["scope"] for row in rows} == {"endpoint", "account"}
    ceased = [row for row in rows if row["scope"] == "account"]
    assert [(row["list"], row["value"], row["channel"]) for row in ceased] == [("cease_letters", "0040000001", None)]
    opted = {row["value"] for row in done.to_pylist() if row["outcome_code"] == "opt_out"}
    listed = {row["value"] for row in rows}
    assert 0.75 < len(opted & listed) / len(opted) < 1
    assert len(listed - opted) > 5
    assert table.schema.field("effective_from").type == pa.date32()
    assert table["effective_from"].null_count == 0
