from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from skiptrace.errors import ConfigError, DataRefused
from skiptrace.intake import delivery
from skiptrace.intake.partitions import ROWS_OF_A_FILE
from skiptrace.project import load as load_project
from skiptrace.project.form import Form
from skiptrace.project.model import Portfolio, Source
from tests.intake.deliveries import AS_OF, KEY, portfolio, source


def survey(folder: Path, spec: Portfolio | Source, rows: int = 1000) -> delivery.Delivery:
    return delivery.survey(spec, folder, AS_OF, rows, "source[1]" if isinstance(spec, Source) else "portfolio")


def test_files_are_cut_and_columns_that_nobody_reads_are_listed(tmp_path: Path) -> None:
    for name, rows in (("b", 3), ("a", 2), ("c", 0)):
        pq.write_table(pa.table({"id": [f"{name}{row}" for row in range(rows)], "noise": pa.nulls(rows, pa.int32())}),
                       tmp_path / f"{name}.parquet")  # fmt: skip
    found = survey(tmp_path, portfolio({"account_id": "id"}).model_copy(update={"path": "*.parquet"}), rows=2)
    assert (found.rows, found.ignored) == (5, ("noise",))
    assert [(part.file.name, part.first_row, part.rows) for part in found.partitions] == [
        ("a.parquet", 0, 2), ("b.parquet", 2, 1), ("b.parquet", 3, 2),
    ]  # fmt: skip
    mapped = delivery.load(found.partitions[2], found.mapping)
    assert (mapped.table["account_id"].to_pylist(), mapped.rows.to_pylist()) == (["b1", "b2"], [2, 3])


def test_a_csv_delivery_from_path_to_tables(tmp_path: Path) -> None:
    (tmp_path / "tape.csv").write_text("acct;zip;dob\n007;01002;06/30/1980\n008;;x\n")
    spec = Portfolio(path="tape.csv", columns={"account_id": ("acct",), "postal_code": ("zip",), "dob": ("dob",)})
    found = survey(tmp_path, spec)
    mapped = delivery.load(found.partitions[0], found.mapping)
    tables = delivery.canonical(mapped, found.partitions[0], spec, AS_OF, KEY)
    assert tables.tape["account_id"].to_pylist() == ["007", "008"]
    assert tables.identities["dob"].to_pylist() == [dt.date(1980, 6, 30), None]
    assert [(row["file"], row["row"], row["column"]) for row in tables.rejects.to_pylist()] == [("tape.csv", 2, "dob")]


def test_a_mapping_of_constants_alone_still_has_its_rows(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1, 2, 3]}), tmp_path / "ref.parquet")
    found = survey(tmp_path, source({"record_id": "'x'"}))
    assert delivery.load(found.partitions[0], found.mapping).table["record_id"].to_pylist() == ["x"] * 3


def test_rows_of_a_source_keep_their_numbers_while_files_come_and_go(tmp_path: Path) -> None:
    for name in ("b", "c"):
        pq.write_table(pa.table({"id": [f"{name}{row}" for row in range(3)]}), tmp_path / f"{name}.parquet")
    spec = source({"record_id": "id"}).model_copy(update={"path": "*.parquet"})
    before = {part.file.name: part.first_row for part in survey(tmp_path, spec).partitions}
    pq.write_table(pa.table({"id": ["a"]}), tmp_path / "a.parquet")
    (tmp_path / "b.parquet").unlink()
    after = {part.file.name: part.first_row for part in survey(tmp_path, spec, rows=2).partitions if not part.piece}
    assert after["c.parquet"] == before["c.parquet"]
    assert len({number // ROWS_OF_A_FILE for number in (*before.values(), *after.values())}) == 3


def test_a_list_that_comes_again_under_another_name_counts_once_and_is_as_fresh_as_the_newer(tmp_path: Path) -> None:
    for name, age in (("a", 30), ("b", 1)):
        (tmp_path / f"{name}.csv").write_text("id\n1\n")
        moment = dt.datetime.combine(AS_OF - dt.timedelta(days=age), dt.time(12)).timestamp()
        os.utime(tmp_path / f"{name}.csv", (moment, moment))
    spec = Source(name="list", path="*.csv", kind="suppression", purposes=("fcra.collection",), columns={"account_id": ("id",)},
                  required=True, max_age_days=7)  # fmt: skip
    found = survey(tmp_path, spec)
    assert (found.rows, [file.name for file in found.files], found.repeated) == (1, ["a.csv"], ("b.csv",))


def test_a_path_that_does_not_exist_is_told_with_its_key(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        survey(tmp_path, portfolio({"account_id": "id"}))
    assert caught.value.exit_code == 2
    (problem,) = caught.value.problems
    assert (problem.file, problem.place) == ("skiptrace.toml", "portfolio.path")
    assert problem.what == "tape.parquet: not found"
    assert "correct the path" in problem.mend


def test_a_column_that_is_missing_is_told_with_its_key(tmp_path: Path) -> None:
    pq.write_table(pa.table({"ident": ["1"]}), tmp_path / "tape.parquet")
    with pytest.raises(ConfigError) as caught:
        survey(tmp_path, portfolio({"account_id": "id"}))
    assert str(caught.value.problems[0]).startswith(
        'skiptrace.toml: portfolio.columns.account_id: column "id" is not in the delivery'
    )


def test_a_portfolio_without_rows_is_refused_and_a_reference_is_not(tmp_path: Path) -> None:
    for name in ("tape", "ref"):
        pq.write_table(pa.table({"id": pa.array([], pa.string())}), tmp_path / f"{name}.parquet")
    with pytest.raises(DataRefused, match=r"tape\.parquet: has no rows"):
        survey(tmp_path, portfolio({"account_id": "id"}))
    found = survey(tmp_path, source({"record_id": "id"}))
    assert (found.rows, found.partitions) == (0, ())


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ({"id": ["1"]}, "without n"),
        ({"id": ["1"], "n": [1], "extra": [1]}, "with extra"),
        ({"id": ["1"], "n": ["x"]}, 'column "n" is string, in a.parquet it is int64'),
    ],
)
def test_files_of_one_delivery_must_fit_together(tmp_path: Path, second: dict[str, Any], said: str) -> None:
    pq.write_table(pa.table({"id": ["0"], "n": [1]}), tmp_path / "a.parquet")
    pq.write_table(pa.table(second), tmp_path / "b.parquet")
    with pytest.raises(DataRefused, match="do not fit together") as caught:
        survey(tmp_path, source({"record_id": "id", "city": "n || extra" if "extra" in second else "n"}, path="."))
    assert caught.value.problems[0].file == "b.parquet"
    assert said in caught.value.problems[0].what
    for any_column in ({"record_id": "id", "city": "*COLUMNS('n')"}, {"record_id": "id", "city": "'a' || (1 * 2)"}):
        with pytest.raises(DataRefused, match="do not fit together"):
            survey(tmp_path, source(any_column, path="."))
    found = survey(tmp_path, source({"record_id": "id"}, path="."))  # nobody reads what differs
    assert found.ignored == (("n", "extra") if "extra" in second else ("n",))
    read = [value for part in found.partitions for value in delivery.load(part, found.mapping).table["record_id"].to_pylist()]
    assert read == ["0", "1"]


def test_columns_without_names_must_be_the_same_in_every_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1,x\n")
    (tmp_path / "b.csv").write_text("new,2,y\n")
    form = Form(header=False)
    with pytest.raises(DataRefused, match=r"b\.csv: has other columns than a\.csv: with column_3"):
        survey(tmp_path, source({"record_id": "column_1"}, path="*.csv", file=form))


@pytest.mark.parametrize("empty_first", [True, False])
def test_a_file_whose_column_is_all_empty_fits(tmp_path: Path, empty_first: bool) -> None:
    names = ["a", "b"] if empty_first else ["b", "a"]
    pq.write_table(pa.table({"id": ["1"], "n": pa.nulls(1)}), tmp_path / f"{names[0]}.parquet")
    pq.write_table(pa.table({"id": ["2"], "n": ["x"]}), tmp_path / f"{names[1]}.parquet")
    found = survey(tmp_path, source({"record_id": "id", "city": "upper(n)"}, path="."))
    values = [
        value for part in found.partitions for value in delivery.load(part, found.mapping).table["city"].to_pylist()
    ]
    assert values == ([None, "X"] if empty_first else ["X", None])


def suppression(**more: Any) -> Source:
    return source(
        {"list": "'l'", "scope": "'endpoint'", "value": "v"}, "suppression", name="dnc", required=True, **more
    )


def test_a_required_list_that_is_missing_empty_or_stale_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataRefused, match='required source "dnc" is missing'):
        survey(tmp_path, suppression())
    file = tmp_path / "ref.parquet"
    pq.write_table(pa.table({"v": pa.array([], pa.string())}), file)
    with pytest.raises(DataRefused, match='required source "dnc" is empty') as caught:
        survey(tmp_path, suppression())
    assert caught.value.exit_code == 3
    assert survey(tmp_path, suppression(allow_empty=True)).rows == 0
    pq.write_table(pa.table({"v": ["2064550100"]}), file)
    days = (AS_OF - dt.date(1970, 1, 1)).days
    os.utime(file, (0, (days - 7) * 86_400))
    assert survey(tmp_path, suppression(max_age_days=7)).rows == 1
    with pytest.raises(DataRefused, match="is 7 days old, and max_age_days is 6"):
        survey(tmp_path, suppression(max_age_days=6))


def test_a_file_that_may_not_be_kept_any_longer_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "ref.parquet"
    pq.write_table(pa.table({"v": ["2064550100"]}), file)
    days = (AS_OF - dt.date(1970, 1, 1)).days
    os.utime(file, (0, (days - 30) * 86_400))
    assert survey(tmp_path, suppression(retention_days=30)).rows == 1
    with pytest.raises(DataRefused, match="is 30 days old, and retention_days is 29"):
        survey(tmp_path, suppression(retention_days=29))


@pytest.mark.parametrize("name", ["pseudopeople_small", "scale_20k"])
def test_the_portfolio_of_a_ready_project(shared_data: Path, name: str) -> None:
    project = load_project(shared_data / name, {})
    as_of = project.project.as_of
    assert as_of is not None
    found = delivery.survey(project.portfolio, project.folder, as_of, 2_000, "portfolio")
    part = found.partitions[0]
    tables = delivery.canonical(delivery.load(part, found.mapping), part, project.portfolio, as_of, KEY)
    assert tables.counts["rows_out"] == part.rows == tables.identities.num_rows
    assert tables.sightings.num_rows > 0.9 * part.rows
    assert sum(last is not None for last in tables.identities["last"].to_pylist()) > 0.95 * part.rows
