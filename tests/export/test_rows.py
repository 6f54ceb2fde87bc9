from __future__ import annotations

import datetime

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from skiptrace.errors import ContractError, DataRefused
from skiptrace.export.rows import LeftBehind, exportable_uses, judged, not_exported
from skiptrace.export.view import EXPORTABLE
from skiptrace.vocabulary import CHANNELS
from tests.report.sample import AS_OF, tables

TABLES = tables(60)


def _with_decisions(change: dict[str, list[object]]) -> dict[str, pa.Table]:
    decisions = TABLES["decisions"]
    for name, values in change.items():
        place = decisions.column_names.index(name)
        decisions = decisions.set_column(
            place, decisions.schema.field(name), pa.chunked_array([values], decisions[name].type)
        )
    return TABLES | {"decisions": decisions}


def test_only_uses_that_are_let_through_become_rows() -> None:
    uses = exportable_uses(TABLES, AS_OF)
    let_through = pc.is_in(TABLES["decisions"]["decision"], value_set=pa.array(["permitted", "conditional"]))
    assert uses.num_rows == pc.sum(let_through).as_py() > 0
    assert set(uses["decision"].to_pylist()) == {"permitted", "conditional"}
    assert uses.num_rows + sum(entry.uses for entry in not_exported(TABLES, AS_OF)) == TABLES["decisions"].num_rows


def test_rows_follow_account_then_the_accounts_own_channels_then_rank() -> None:
    order = dict(
        zip(TABLES["accounts"]["account_id"].to_pylist(), TABLES["accounts"]["channel_order"].to_pylist(), strict=True)
    )
    keys = [
        (row["account_id"], order[row["account_id"]].index(row["channel"]), row["rank"])
        for row in exportable_uses(TABLES, AS_OF).select(["account_id", "channel", "rank"]).to_pylist()
    ]
    assert keys == sorted(keys)


def test_channels_an_account_does_not_list_come_in_the_order_of_the_vocabulary() -> None:
    accounts = TABLES["accounts"]
    empty = pa.array([[]] * accounts.num_rows, pa.list_(pa.string()))
    unordered = accounts.set_column(
        accounts.column_names.index("channel_order"), accounts.schema.field("channel_order"), empty
    )
    rows = exportable_uses(TABLES | {"accounts": unordered}, AS_OF).select(["account_id", "channel"]).to_pylist()
    keys = [(row["account_id"], CHANNELS.index(row["channel"])) for row in rows]
    assert keys == sorted(keys)


def test_a_decision_is_used_up_to_its_last_day_and_not_after() -> None:
    last = max(TABLES["decisions"]["valid_until"].to_pylist())
    assert exportable_uses(TABLES, last).num_rows == exportable_uses(TABLES, AS_OF).num_rows
    after = last + datetime.timedelta(days=1)
    assert exportable_uses(TABLES, after).num_rows == 0
    assert {entry.reason for entry in not_exported(TABLES, after) if entry.decision != "stopped"} == {"expired"}


def test_a_decision_without_a_last_day_is_not_used() -> None:
    undated = _with_decisions({"valid_until": [None] * TABLES["decisions"].num_rows})
    assert exportable_uses(undated, AS_OF).num_rows == 0
    assert {entry.reason for entry in not_exported(undated, AS_OF) if entry.decision != "stopped"} == {"no_last_day"}


def test_what_stays_behind_is_counted_by_its_first_reason() -> None:
    rows = TABLES["decisions"].num_rows
    stopped = _with_decisions(
        {
            "decision": ["stopped"] * rows,
            "stopped_by": [["cease", "deceased"]] + [[]] * (rows - 1),
            "steps_required": [["scrub"], ["scrub"]] + [[]] * (rows - 2),
        }
    )
    assert not_exported(stopped, AS_OF) == (
        LeftBehind("stopped", "cease", 1),
        LeftBehind("stopped", "no_reason_given", rows - 2),
        LeftBehind("stopped", "step:scrub", 1),
    )


def test_times_are_utc_and_lists_are_joined() -> None:
    voice = exportable_uses(TABLES, AS_OF).filter(pc.field("channel") == "voice")
    assert set(voice["window_start"].to_pylist()) == {"2026-06-30T15:00:00Z"}
    assert set(voice["window_end"].to_pylist()) == {"2026-07-01T04:00:00Z"}
    two = _with_decisions({"conditions": [["call_hours", "disclosure"]] * TABLES["decisions"].num_rows})
    assert set(exportable_uses(two, AS_OF)["conditions"].to_pylist()) == {"call_hours|disclosure"}


def test_a_point_fills_the_column_of_its_kind_alone() -> None:
    for row in exportable_uses(TABLES, AS_OF).select(["kind", "value", "phone", "email", "address"]).to_pylist():
        assert row.pop(row["kind"]) == row["value"]
        assert sum(row[kind] is not None for kind in ("phone", "email", "address") if kind in row) == 0


def test_tables_that_do_not_fit_together_are_refused() -> None:
    fewer = TABLES | {"contact_points": TABLES["contact_points"].slice(5)}
    with pytest.raises(DataRefused, match="do not fit together"):
        exportable_uses(fewer, AS_OF)


def test_a_use_that_the_two_tables_judge_differently_is_refused() -> None:
    lifted = _with_decisions({"decision": ["permitted"] * TABLES["decisions"].num_rows})
    with pytest.raises(DataRefused, match="same decision"):
        exportable_uses(lifted, AS_OF)


def test_a_missing_table_is_named() -> None:
    with pytest.raises(ContractError, match="decisions"):
        exportable_uses({name: table for name, table in TABLES.items() if name != "decisions"}, AS_OF)


def test_nothing_decided_gives_an_empty_export_with_its_columns() -> None:
    none = {name: table.slice(0, 0) for name, table in TABLES.items()}
    uses = exportable_uses(none, AS_OF)
    assert uses.num_rows == 0
    assert uses.schema.equals(EXPORTABLE.arrow)


def test_columns_and_channels_that_nobody_asks_for_are_left_out() -> None:
    whole = exportable_uses(TABLES, AS_OF)
    some = exportable_uses(TABLES, AS_OF, ["phone", "account_id", "home_city"], ["voice"])
    assert some.column_names == ["account_id", "phone", "home_city"]
    voice = whole.filter(pc.field("channel") == "voice")
    assert some["phone"].to_pylist() == voice["phone"].to_pylist()
    assert exportable_uses(TABLES, AS_OF, ["phone"], ["voice"], None, judged(TABLES, AS_OF)).num_rows == some.num_rows


def test_local_times_are_those_of_the_points_first_zone() -> None:
    voice = exportable_uses(TABLES, AS_OF, ["zone", "window_start_local", "window_end_local"], ["voice"]).to_pylist()
    assert {tuple(row.values()) for row in voice} == {("America/Los_Angeles", "08:00", "21:00")}


def test_a_home_is_told_only_where_a_use_of_that_address_is_exportable() -> None:
    uses = exportable_uses(TABLES, AS_OF)
    mailed = {row["account_id"]: row["city"] for row in uses.to_pylist() if row["channel"] == "mail" and row["rank"] == 1}
    assert {row["account_id"]: row["home_city"] for row in uses.to_pylist() if row["home_city"]} == mailed
    shut = ["stopped" if channel == "mail" else decision for channel, decision in zip(
        TABLES["decisions"]["channel"].to_pylist(), TABLES["decisions"]["decision"].to_pylist(), strict=True)]  # fmt: skip
    tables_ = _with_decisions({"decision": shut})
    closed = TABLES["channels"].set_column(
        TABLES["channels"].column_names.index("decision"), TABLES["channels"].schema.field("decision"), pa.chunked_array([shut])
    )
    assert set(exportable_uses(tables_ | {"channels": closed}, AS_OF)["home_city"].to_pylist()) == {None}
