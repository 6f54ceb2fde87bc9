"""The log of what left in exports."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from jobs import exported
from skiptrace.errors import DataRefused
from skiptrace.schema.working import EXPORTED
from skiptrace.store.tables import read_tables

DAY = dt.date(2026, 6, 1)


def sent(*pairs: tuple[str, str | None]) -> pa.Table:
    accounts, channels = zip(*pairs, strict=True)
    return pa.table({"account_id": pa.array(accounts, pa.string()), "channel": pa.array(channels, pa.string())})


def pairs(private: Path) -> list[tuple[str, str | None]]:
    return [(row["account_id"], row["channel"]) for row in exported.pairs(exported.now(private)).to_pylist()]


def test_what_left_before_is_noted_once(tmp_path: Path) -> None:
    assert exported.now(tmp_path) == {}
    exported.add(tmp_path, "dialer", sent(("A", "voice"), ("B", "voice")), DAY)
    before = sorted(path.name for path in (tmp_path / "exported").iterdir())
    exported.add(tmp_path, "dialer", sent(("A", "voice")), DAY + dt.timedelta(1))
    assert sorted(path.name for path in (tmp_path / "exported").iterdir()) == before
    exported.add(tmp_path, "texts", sent(("A", "sms"), ("C", "any")), DAY + dt.timedelta(1))
    assert pairs(tmp_path) == [("A", "sms"), ("A", "voice"), ("B", "voice"), ("C", "any")]
    assert exported.since(exported.now(tmp_path)) == DAY
    rows = exported.log(exported.now(tmp_path)).to_pylist()
    assert [(row["export"], row["entry"]) for row in rows] == [("dialer", 1), ("dialer", 1), ("texts", 2), ("texts", 2)]


def test_a_run_begins_again_with_what_it_began_with(tmp_path: Path) -> None:
    exported.add(tmp_path, "dialer", sent(("A", "voice")), DAY)
    known = exported.begun_with(tmp_path, "run 1")
    exported.remember(tmp_path, "run 1", known)
    exported.add(tmp_path, "dialer", sent(("B", "voice")), DAY)
    again = exported.begun_with(tmp_path, "run 1")
    assert again["head"] == known["head"]
    mine = [{"account_id": "A", "channel": "voice", "exported_on": DAY}]
    assert exported.pairs(again).to_pylist() == exported.pairs(known).to_pylist() == mine
    exported.remember(tmp_path, "run 1", exported.now(tmp_path))  # twice changes nothing
    assert exported.begun_with(tmp_path, "run 1")["head"] == known["head"]
    exported.forget(tmp_path, ["run 1"])
    assert exported.begun_with(tmp_path, "run 1") == exported.now(tmp_path)


def test_a_log_of_many_files_becomes_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exported, "MOST_FILES", 2)
    for number in range(5):
        exported.add(tmp_path, "dialer", sent((f"A{number}", "voice")), DAY)
    assert len(exported.now(tmp_path)["files"]) <= 2
    assert [account for account, _ in pairs(tmp_path)] == [f"A{number}" for number in range(5)]
    assert read_tables(exported.now(tmp_path)["files"], EXPORTED)["entry"].to_pylist() == [1, 2, 3, 4, 5]


def test_a_log_whose_file_is_gone_is_refused(tmp_path: Path) -> None:
    exported.add(tmp_path, "dialer", sent(("A", "voice")), DAY)
    known = exported.now(tmp_path)
    Path(known["files"][0]["path"]).unlink()
    with pytest.raises(DataRefused, match=r"restore .skiptrace/exported"):
        exported.log(known)


def test_what_is_forgotten_leaves_the_log_and_the_disk(tmp_path: Path) -> None:
    exported.add(tmp_path, "dialer", sent(("A", "voice"), ("B", "voice")), DAY)

    def others(table: pa.Table) -> pa.Table:
        return table.filter(pc.not_equal(table["account_id"], "A"))

    assert exported.keep_only(tmp_path, others)
    assert not exported.keep_only(tmp_path, others)
    assert pairs(tmp_path) == [("B", "voice")]
    assert len(list((tmp_path / "exported").glob("part-*"))) == 1
