import datetime as dt
import hashlib
import stat
from pathlib import Path

import duckdb
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
import pytest

from jobs.demo.project import DemoFiles, make
from skiptrace.errors import ConfigError


def _hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_options_give_the_same_bytes(tmp_path: Path) -> None:
    first, again = (make(tmp_path / name, 300, 3) for name in ("a", "b"))
    assert _hashes(first.folder) == _hashes(again.folder)
    other = _hashes(make(tmp_path / "c", 300, 4).folder)
    mine = _hashes(first.folder)
    assert other.keys() == mine.keys()
    assert [name for name in mine if mine[name] == other[name]] == ["skiptrace.toml"]


def test_files_are_for_their_owner_alone(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_counts_tell_the_rows_of_the_files(demo: DemoFiles) -> None:
    assert len(demo.portfolio) == 3
    assert sum(pq.read_metadata(part).num_rows for part in demo.portfolio) == demo.counts["rows"]
    assert demo.counts["rows"] == (
        demo.counts["accounts"]
        + demo.counts["exact_duplicates"]
        + 2 * demo.counts["conflicting_ids"]
        + demo.counts["without_id"]
    )
    for name, file in demo.sources.items():
        rows = pcsv.read_csv(file).num_rows if file.suffix == ".csv" else pq.read_metadata(file).num_rows
        assert rows == demo.counts[name] > 0


def test_parquet_is_compressed_and_csv_keeps_leading_zeros_as_text(demo: DemoFiles) -> None:
    column = pq.read_metadata(demo.sources["header"]).row_group(0).column(0)
    assert column.compression == "ZSTD"
    file = demo.sources["utility"]
    rows = duckdb.connect().execute(f"SELECT account, zip FROM read_csv('{file}', all_varchar=true)").fetchall()
    assert rows[0][0] == "0000000001"
    assert any(postal.startswith("0") for _, postal in rows)


def test_the_mapping_of_the_portfolio_runs(demo: DemoFiles) -> None:
    connection = duckdb.connect()
    row = connection.execute(
        f"SELECT count(try_strptime(DOB, '%m/%d/%Y')::DATE), count(DOB), "
        f"sum(replace(replace(CUR_BAL, '$', ''), ',', '')::DECIMAL(14, 2)), sum((ATTY_FLG = 'Y')::INT) "
        f"FROM '{demo.folder}/portfolio/*.parquet'"
    ).fetchone()
    assert row is not None
    readable, written, money, attorneys = row
    assert 0 < written - readable < 0.02 * written
    assert money > 100_000
    assert attorneys > 0


def test_making_it_again_leaves_nothing_of_the_old_and_other_files_alone(tmp_path: Path) -> None:
    make(tmp_path / "p", 60, 1, portfolio_parts=4)
    (tmp_path / "p" / "notes.txt").write_text("mine")
    again = make(tmp_path / "p", 60, 1, portfolio_parts=1)
    assert [path.name for path in (tmp_path / "p" / "portfolio").iterdir()] == ["part-0.parquet"]
    assert (tmp_path / "p" / "notes.txt").read_text() == "mine"
    assert again.counts["rows"] == pq.read_metadata(again.portfolio[0]).num_rows


@pytest.mark.parametrize("accounts", [1, 2, 25])
def test_tiny_projects_can_be_made(tmp_path: Path, accounts: int) -> None:
    made = make(tmp_path / "p", accounts, 1, dt.date(2024, 2, 29))
    assert pq.read_table(made.truth["accounts"]).num_rows == accounts


@pytest.mark.parametrize("options", [{"accounts": 0}, {"portfolio_parts": 0}, {"seed": -1}])
def test_options_that_make_no_sense_are_refused(tmp_path: Path, options: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match="cannot be made"):
        make(tmp_path / "p", **options)
    assert not (tmp_path / "p").exists()
