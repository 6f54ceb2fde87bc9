from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest

import skiptrace
from skiptrace.errors import ConfigError
from skiptrace.results.opened import Opened, OpenedRun
from skiptrace.sql import SqlRefused
from tests.report.sample import tables
from tests.results.shelves import write_run

TABLES = tables(12)
RUN_ID = "20260630T020000Z-a"


@pytest.fixture
def project(tmp_path: Path) -> Opened:
    write_run(tmp_path, RUN_ID, TABLES)
    (tmp_path / "runs" / "latest").unlink(missing_ok=True)
    (tmp_path / "runs" / "latest").symlink_to(RUN_ID)
    (tmp_path / "skiptrace.toml").write_text("version = 1\n")
    return skiptrace.open(str(tmp_path))


@pytest.fixture
def run(project: Opened) -> OpenedRun:
    return project.latest


def test_a_project_has_runs_and_a_latest(project: Opened) -> None:
    assert [one.run_id for one in project.runs] == [RUN_ID]
    assert project.latest.run_id == project.run(RUN_ID).run_id == RUN_ID
    assert project.latest.ledger["as_of"] == "2026-06-30"
    assert repr(project) == "<skiptrace project of 1 published runs>"
    assert repr(project.latest) == f"<run {RUN_ID}, as of 2026-06-30>"
    with pytest.raises(ConfigError, match="no such run"):
        project.run("x")


def test_every_table_of_the_contract_is_an_attribute(run: OpenedRun) -> None:
    for name in ("accounts", "links", "contact_points", "channels", "decisions", "rejects", "alerts"):
        table = getattr(run, name)
        assert table.to_arrow().equals(TABLES[name]), name
        assert len(table) == TABLES[name].num_rows
        assert table.columns == tuple(TABLES[name].column_names)
    assert set(run.tables) >= {"accounts", "links"}
    with pytest.raises(ConfigError, match="did you mean"):
        run.table("acounts")


def test_a_table_in_any_frame_says_the_same(run: OpenedRun) -> None:
    points, wanted = run.contact_points, TABLES["contact_points"]
    frame = points.to_pandas()
    assert isinstance(frame, pd.DataFrame)
    assert frame["value"].tolist() == wanted["value"].to_pylist()
    assert frame["rank"].dtype == pd.ArrowDtype(wanted.schema.field("rank").type)
    polars = points.to_polars(["account_id", "kind"])
    assert isinstance(polars, pl.DataFrame)
    assert polars.columns == ["account_id", "kind"]
    assert polars["kind"].to_list() == wanted["kind"].to_pylist()
    assert pa.table(points).equals(wanted)  # any library that reads Arrow streams
    with pytest.raises(ConfigError, match="no such column"):
        points.to_arrow(["nothing"])


def test_a_select_over_one_table_or_several(run: OpenedRun) -> None:
    found = run.contact_points.sql("SELECT kind, count(*) AS n FROM contact_points GROUP BY kind ORDER BY kind")
    counted = pc.value_counts(TABLES["contact_points"]["kind"]).to_pylist()
    assert {row["kind"]: row["n"] for row in found.to_pylist()} == {one["values"]: one["counts"] for one in counted}
    joined = run.sql("SELECT count(*) AS n FROM channels JOIN accounts USING (account_id)")
    assert joined["n"].to_pylist() == [TABLES["channels"].num_rows]


@pytest.mark.parametrize("text", ["DROP TABLE accounts", "SELECT 1; SELECT 2", "not sql at all", ""])
def test_nothing_but_one_select_is_allowed(run: OpenedRun, text: str) -> None:
    with pytest.raises(SqlRefused):
        run.sql(text)


def test_a_select_reads_no_file(run: OpenedRun) -> None:
    with pytest.raises(duckdb.PermissionException):
        run.sql("SELECT * FROM read_csv('/etc/passwd')")


def test_a_folder_without_a_project_and_a_library_that_is_missing(
    tmp_path_factory: pytest.TempPathFactory, run: OpenedRun, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    with pytest.raises(ConfigError, match="there is no project"):
        skiptrace.open(str(tmp_path_factory.mktemp("nothing")))
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(ConfigError, match=r'pip install "skiptrace\[frames\]"'):
        run.accounts.to_polars()
