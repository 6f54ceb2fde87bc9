from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from jobs.compared import Compared
from skiptrace.results import Run
from skiptrace.results.run import read_run
from tests.report.sample import tables
from tests.results.shelves import write_run

BEFORE = tables(12)


def put(table: pa.Table, name: str, row: int, value: object) -> pa.Table:
    values = table[name].to_pylist()
    values[row] = value
    place = table.column_names.index(name)
    return table.set_column(place, table.schema.field(name), pa.array(values, table.schema.field(name).type))


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Run, Run]:
    """Two runs: in the second one account has another status, one another chance, one another hold, and one is gone."""
    after = dict(BEFORE)
    accounts = after["accounts"].slice(0, 11)
    other = "not_found" if accounts["locate_status"][0].as_py() != "not_found" else "moved"
    accounts = put(accounts, "locate_status", 0, other)
    accounts = put(accounts, "p_any_channel", 1, (accounts["p_any_channel"][1].as_py() + 0.5) % 1)
    accounts = put(accounts, "p_any_channel", 2, min(1.0, accounts["p_any_channel"][2].as_py() + 0.01))
    after["accounts"] = put(accounts, "holds", 3, ["NEW-HOLD"])
    account = accounts["account_id"][3].as_py()
    uses = after["decisions"]["account_id"].to_pylist()
    for row in (row for row, name in enumerate(uses) if name == account):
        after["decisions"] = put(after["decisions"], "stopped_by", row, ["NEW-HOLD"])
    folders = [write_run(tmp_path, name, some) for name, some in (("20260630T020000Z-a", BEFORE), ("20260701T020000Z-b", after))]
    return read_run(folders[0]), read_run(folders[1])


def test_accounts_that_changed_are_named_with_what_changed(runs: tuple[Run, Run]) -> None:
    found = Compared(*runs).changed
    ids = BEFORE["accounts"]["account_id"].to_pylist()
    assert dict(zip(found["account_id"].to_pylist(), found["changed"].to_pylist(), strict=True)) == {
        ids[0]: ["status"], ids[1]: ["reach"], ids[3]: ["holds"], ids[11]: ["went"],
    }  # fmt: skip


def test_what_stops_a_changed_account_only_now_and_only_then_is_told(runs: tuple[Run, Run]) -> None:
    rows = {row["account_id"]: row for row in Compared(*runs).changed.to_pylist()}
    held = BEFORE["accounts"]["account_id"][3].as_py()
    then = {rule for row in BEFORE["decisions"].to_pylist() if row["account_id"] == held for rule in row["stopped_by"]}
    assert (rows[held]["stops_new"], rows[held]["stops_gone"]) == (["NEW-HOLD"], sorted(then))
    assert all(row["stops_new"] == [] for account, row in rows.items() if account != held)


def test_sums_are_those_of_both_runs(runs: tuple[Run, Run]) -> None:
    told = Compared(*runs).plain()
    assert told["sums"]["accounts"] == [12, 11]
    assert told["sums"]["linked"][0] == pc.sum(pc.greater(BEFORE["accounts"]["linked_records"], 0)).as_py()
    assert {name: pair[0] for name, pair in told["by_status"].items() if pair[0]} == {
        one["values"]: one["counts"] for one in pc.value_counts(BEFORE["accounts"]["locate_status"]).to_pylist()
    }
    assert sum(pair[1] for pair in told["by_status"].values()) == 11
    (move,) = told["moves"]
    assert (move["from"], move["accounts"]) == (BEFORE["accounts"]["locate_status"][0].as_py(), 1)
    assert told["changed"] == {"holds": 1, "reach": 1, "status": 1, "went": 1}
    assert told["accounts_changed"] == 4
    uses = BEFORE["channels"].filter(pc.not_equal(BEFORE["channels"]["decision"], "stopped"))
    for channel, pair in told["by_channel"].items():
        mine = uses.filter(pc.equal(uses["channel"], channel))
        assert pair == [pc.count_distinct(mine["account_id"]).as_py()] * 2


def test_a_run_beside_itself_has_changed_in_nothing(runs: tuple[Run, Run]) -> None:
    told = Compared(runs[0], runs[0]).plain()
    assert (told["accounts_changed"], told["moves"], told["made_with"], told["deliveries"]) == (0, [], [], [])
    assert all(pair[0] == pair[1] for key in ("by_status", "by_channel", "by_rule", "sums") for pair in told[key].values())


def test_the_other_side_says_the_same_the_other_way_round(runs: tuple[Run, Run]) -> None:
    there, back = Compared(*runs).plain(), Compared(*reversed(runs)).plain()
    assert {name: pair[::-1] for name, pair in there["sums"].items()} == back["sums"]
    assert back["changed"] == {"came": 1, "holds": 1, "reach": 1, "status": 1}
