"""The tasks of alerts: what they leave of a partition is what alerts would read of the tables themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from jobs import news
from jobs.alerts import TABLES
from skiptrace.alerts.digests import COLUMNS, Digests
from skiptrace.alerts.night import NEEDED
from skiptrace.alerts.rules import load
from skiptrace.columns import of_accounts
from skiptrace.errors import DamagedFile
from skiptrace.results import Run, latest
from skiptrace.schema import SITUATIONS
from skiptrace.store.tables import read_table, write_table
from tests.jobs.projects import PARTS, Finished

LIMITS = {"likely_address": 0.4}


@pytest.fixture(scope="module")
def run(finished: Finished) -> Run:
    return latest(finished.folder)


@pytest.fixture
def work(tmp_path: Path) -> str:
    (tmp_path / "work").mkdir(mode=0o700)
    return str(tmp_path / "work")


def tables_of(run: Run, number: int) -> dict[str, dict[str, Any]]:
    return {name: run.files(name)[number].plain() for name in TABLES}


@pytest.mark.parametrize("rows", [7, 1 << 17])
def test_a_partition_has_the_numbers_of_its_tables_whatever_is_read_at_a_time(
    run: Run, work: str, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(news, "ROWS", rows)
    rules = load().with_limits(LIMITS)
    sheet = list(news.sheet_of(rules).names)
    by_hand = Digests(run.table("accounts", COLUMNS["accounts"]), rules.limits)
    by_hand.add_points(run.table("contact_points", COLUMNS["contact_points"]))
    by_hand.add_uses(run.table("decisions", COLUMNS["decisions"]))
    told = by_hand.add_facts(run.table("situations", sheet))
    found = [news.digests(work, number, "after", tables_of(run, number), LIMITS, True) for number in range(PARTS)]
    assert pa.concat_tables(read_table(one["digests"]) for one in found).equals(by_hand.table.cast(news.DIGESTS.arrow))
    rows_told = pa.concat_tables(read_table(one["told"]) for one in found)
    assert rows_told.to_pylist() == told.to_pylist()
    assert rows_told.schema.field("point_id").type == SITUATIONS.arrow.field("point_id").type


def test_a_run_that_kept_no_fact_sheet_reports_nothing(run: Run, work: str) -> None:
    tables = {name: ref for name, ref in tables_of(run, 0).items() if name != "situations"}
    assert set(news.digests(work, 0, "before", tables, {}, True)) == {"digests"}


@pytest.mark.parametrize("later", [False, True])
def test_of_some_accounts_all_rows_are_cut_out(run: Run, work: str, later: bool) -> None:
    ids = run.table("accounts", ["account_id"])["account_id"].combine_chunks()[::7]
    spec = news.CHANGED_ACCOUNTS
    changed = write_table(pa.table([ids], names=list(spec.names)), spec, Path(work) / "news", "changed").plain()
    found = [news.cut(work, number, "after", tables_of(run, number), changed, later) for number in range(PARTS)]
    for name, columns in NEEDED.items():
        rows = pa.concat_tables(read_table(one[name]) for one in found)
        assert rows.select(list(columns)).equals(of_accounts(run.table(name, columns), ids))
        assert ("evidence" in rows.column_names) == (later and name == "contact_points")
    if later:
        whole = of_accounts(run.table("contact_points", ["account_id", "evidence"]), ids)
        evidence = pa.concat_tables(read_table(one["contact_points"]) for one in found)["evidence"].to_pylist()
        kept = ("source", "last_seen", "match_probability", "status", "relation")
        assert evidence == [[{name: one[name] for name in kept} for one in row] for row in whole["evidence"].to_pylist()]
    assert 0 < pc.count_distinct(ids).as_py() < run.rows("accounts")


def test_a_published_file_that_changed_is_no_news(run: Run, work: str, tmp_path: Path) -> None:
    tables = tables_of(run, 0)
    content = bytearray(Path(tables["decisions"]["path"]).read_bytes())
    content[-20] ^= 1
    (tmp_path / "changed.parquet").write_bytes(content)
    tables["decisions"] = {**tables["decisions"], "path": str(tmp_path / "changed.parquet")}
    with pytest.raises(DamagedFile):
        news.digests(work, 0, "before", tables, {}, True)
