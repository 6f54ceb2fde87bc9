from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from skiptrace.errors import ConfigError, DataRefused
from skiptrace.results.run import Run, read_run
from tests.report.sample import tables
from tests.results.shelves import write_run

TABLES = tables(12)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_run(tmp_path, "20260630T020000Z-a", TABLES)


def _edit(folder: Path, change: Callable[[dict[str, Any]], object]) -> Run:
    ledger = json.loads((folder / "run.json").read_text())
    change(ledger)
    (folder / "run.json").write_text(json.dumps(ledger))
    return read_run(folder)


def test_every_table_comes_back_as_it_was_written(folder: Path) -> None:
    run = read_run(folder)
    assert run.names == tuple(TABLES)
    for name, table in run.tables().items():
        assert table.equals(TABLES[name]), name
        assert run.rows(name) == table.num_rows
    assert run.ledger["as_of"] == "2026-06-30"


def test_the_rows_of_an_account_are_those_of_the_whole_table(folder: Path) -> None:
    run = read_run(folder)
    for name in ("accounts", "links", "contact_points", "channels", "decisions"):
        for account in TABLES["accounts"]["account_id"].to_pylist():
            whole = TABLES[name].filter(pc.equal(TABLES[name]["account_id"], account))
            assert run.of_account(name, account).to_pylist() == whole.to_pylist()
        nobody = run.of_account(name, "nobody")
        assert (nobody.num_rows, nobody.schema.names) == (0, TABLES[name].schema.names)
    with pytest.raises(ConfigError, match="no such table"):
        run.of_account("nothing", "A000000")


def test_a_file_that_holds_an_account_is_hashed_before_it_is_told_of(folder: Path) -> None:
    run = read_run(folder)
    file = Path(run.files("channels")[0].path)
    content = bytearray(file.read_bytes())
    content[-20] ^= 1  # in the footer, which no page checksum covers
    file.chmod(0o600)
    file.write_bytes(bytes(content))
    with pytest.raises(DataRefused):
        run.of_account("channels", "A000000")


def test_columns_can_be_chosen(folder: Path) -> None:
    assert read_run(folder).table("accounts", ["balance", "account_id"]).column_names == ["balance", "account_id"]
    with pytest.raises(ConfigError, match='did you mean "balance"'):
        read_run(folder).table("accounts", ["balanse"])


def test_files_are_read_in_the_order_of_the_ledger_and_no_others(folder: Path) -> None:
    (folder / "accounts" / "stray.parquet").write_bytes(b"not a table")
    run = _edit(folder, lambda ledger: ledger["tables"]["accounts"]["files"].reverse())
    halves = TABLES["accounts"].num_rows // 2
    expected = pa.concat_tables([TABLES["accounts"].slice(halves), TABLES["accounts"].slice(0, halves)])
    assert run.table("accounts").equals(expected)


def test_a_table_without_files_has_its_schema(folder: Path) -> None:
    run = _edit(
        folder, lambda ledger: ledger["tables"].update({n: {"rows": 0, "files": []} for n in ("alerts", "links")})
    )
    assert run.table("alerts").equals(TABLES["alerts"].slice(0, 0))
    assert run.table("links", ["account_id"]).num_rows == 0


def test_a_missing_file_is_refused(folder: Path) -> None:
    next((folder / "accounts").iterdir()).unlink()
    with pytest.raises(DataRefused, match="is gone"):
        read_run(folder).table("accounts")


def test_a_torn_file_is_refused(folder: Path) -> None:
    file = next((folder / "decisions").iterdir())
    file.write_bytes(file.read_bytes()[:-7])
    with pytest.raises(DataRefused, match="is not the file that was written"):
        read_run(folder).table("decisions")


def test_a_changed_byte_is_refused(folder: Path) -> None:
    file = next((folder / "channels").iterdir())
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))
    with pytest.raises(DataRefused, match="is not the file that was written"):
        read_run(folder).table("channels")


def test_a_file_too_few_is_noticed_by_its_rows(folder: Path) -> None:
    run = _edit(folder, lambda ledger: ledger["tables"]["accounts"]["files"].pop())
    with pytest.raises(DataRefused, match="the ledger says 12"):
        run.table("accounts")


@pytest.mark.parametrize("path", ["../other/accounts/a.parquet", "/etc/passwd"])
def test_a_path_must_stay_in_the_run(folder: Path, path: str) -> None:
    run = _edit(folder, lambda ledger: ledger["tables"]["accounts"]["files"][0].update(path=path))
    with pytest.raises(DataRefused, match="leads out of the run"):
        run.table("accounts")


def test_a_table_that_is_not_there_is_suggested(folder: Path) -> None:
    with pytest.raises(ConfigError, match='did you mean "channels"'):
        read_run(folder).table("chanels")


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"run_id": "x"}', '{"tables": {}}'])
def test_a_run_without_a_ledger_of_tables_is_refused(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "run.json").write_text(content)
    with pytest.raises(DataRefused, match="cannot be trusted"):
        read_run(tmp_path)


def test_a_run_of_which_only_the_evidence_is_kept_names_no_table_that_is_gone(folder: Path) -> None:
    before = (folder / "run.json").read_bytes()
    (folder / "thinned.json").write_text(json.dumps({"tables": ["accounts", "links"]}))
    run = read_run(folder)
    assert run.thinned
    assert run.names == tuple(name for name in TABLES if name not in ("accounts", "links"))
    assert set(run.tables()) == set(run.names)
    with pytest.raises(ConfigError, match=r"only the evidence of its decisions is kept\n.*\[retention\] runs"):
        run.table("links")
    with pytest.raises(ConfigError, match="no such table"):
        run.table("linkz")
    (folder / "thinned.json").write_text("{")  # damaged: then the tables are asked for, and found missing or not
    assert not read_run(folder).thinned
    assert (folder / "run.json").read_bytes() == before
