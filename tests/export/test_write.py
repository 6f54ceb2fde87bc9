from __future__ import annotations

import csv
import dataclasses
import json
import stat
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from skiptrace.errors import ConfigError, DataRefused, UnsafePermissions
from skiptrace.export.formats import csv as csv_format
from skiptrace.export.profiles import Profile, ProfileColumn, load_profile
from skiptrace.export.write import write_export
from skiptrace.ids import file_digest
from tests.report.sample import AS_OF, RULEBOOK, tables

TABLES = tables(60)


def _named(first_name: str) -> dict[str, pa.Table]:
    accounts = TABLES["accounts"]
    place = accounts.column_names.index("first_name")
    cells = pa.array([first_name] * accounts.num_rows)
    return TABLES | {"accounts": accounts.set_column(place, accounts.schema.field(place), cells)}


def _profile(*columns: ProfileColumn, **options: object) -> Profile:
    csv_profile = load_profile("csv")
    return dataclasses.replace(csv_profile, columns=columns, options={**csv_profile.options, **options})


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", ["csv", "parquet"])
def test_a_file_and_its_manifest_say_the_same(tmp_path: Path, name: str) -> None:
    receipt = write_export(load_profile(name), TABLES, tmp_path / "out", "dialer", AS_OF)
    file, manifest = tmp_path / "out" / receipt.file, json.loads((tmp_path / "out" / receipt.manifest).read_text())
    names = [receipt.file, "dialer.manifest.json", "dialer.not-exported.csv"]
    assert sorted(path.name for path in file.parent.iterdir()) == sorted(names)
    assert (manifest["sha256"], manifest["bytes"]) == (file_digest(file), file.stat().st_size)
    assert [dataclasses.asdict(one) for one in receipt.files] == manifest["files"]
    rows = len(_rows(file)) if name == "csv" else pq.read_table(file).num_rows
    assert rows == manifest["rows"] == receipt.rows == sum(manifest["rows_by_channel"].values()) > 0
    assert (
        rows + sum(entry["uses"] for entry in manifest["not_exported"])
        == TABLES["decisions"].num_rows
        == manifest["decided_uses"]
    )
    assert manifest["rulebook"] == [RULEBOOK]
    assert manifest["as_of"] == "2026-06-30"
    assert {entry["reason"] for entry in manifest["not_exported"]} >= {"sms_consent", "bankruptcy_scrub_due"}
    assert receipt.plain()["not_exported"] == manifest["not_exported"]


@pytest.mark.parametrize("name", ["csv", "parquet"])
def test_the_same_tables_give_the_same_bytes_and_only_the_owner_reads_them(tmp_path: Path, name: str) -> None:
    for folder in ("a", "b", "b"):
        receipt = write_export(load_profile(name), TABLES, tmp_path / folder, "dialer", AS_OF)
    for file in (receipt.file, receipt.manifest):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
        assert stat.S_IMODE((tmp_path / "a" / file).stat().st_mode) == 0o600


def test_the_generic_csv_is_as_a_machine_expects_it(tmp_path: Path) -> None:
    receipt = write_export(load_profile("csv"), TABLES, tmp_path, "all", AS_OF)
    content = (tmp_path / receipt.file).read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == content.count(b"\n") == receipt.rows + 1
    for row in _rows(tmp_path / receipt.file):
        assert row["decision"] in ("permitted", "conditional")
        assert row["valid_until"] >= "2026-06-30"
        assert (row["phone"] != "") == (row["channel"] in ("voice", "sms"))
        assert not row["phone"] or row["phone"].startswith("+1509555")
        assert len(row["p_reach"].partition(".")[2]) == 4


def test_no_birth_date_and_no_identity_number_has_a_column(tmp_path: Path) -> None:
    for name in ("csv", "parquet"):
        receipt = write_export(load_profile(name), TABLES, tmp_path, name, AS_OF)
        columns = json.loads((tmp_path / receipt.manifest).read_text())["columns"]
        assert not {"ssn", "ssn4", "ssn_token", "dob", "deceased_date", "minor", "holds"} & set(columns)


def test_free_text_is_neutralised_only_where_spreadsheets_are_expected(tmp_path: Path) -> None:
    formula = "=HYPERLINK(1)"
    write_export(load_profile("csv"), _named(formula), tmp_path, "safe", AS_OF)
    assert {row["first_name"] for row in _rows(tmp_path / "safe.csv")} == {f"'{formula}"}
    changed = json.loads((tmp_path / "safe.manifest.json").read_text())["neutralised_cells"]
    assert changed == {"first_name": len(_rows(tmp_path / "safe.csv"))}
    machine = _profile(ProfileColumn("first_name", "first_name", "text", "x"), spreadsheet_safe=False)
    write_export(machine, _named(formula), tmp_path, "raw", AS_OF)
    assert {row["first_name"] for row in _rows(tmp_path / "raw.csv")} == {formula}


def test_a_phone_is_never_touched(tmp_path: Path) -> None:
    write_export(load_profile("csv"), TABLES, tmp_path, "safe", AS_OF)
    phones = {row["phone"] for row in _rows(tmp_path / "safe.csv")} - {""}
    assert phones <= set(TABLES["contact_points"]["value"].to_pylist())


def test_a_cell_that_breaks_its_grammar_names_the_column_and_never_the_value(tmp_path: Path) -> None:
    columns = [ProfileColumn("digits", "phone[2:]", "phone", "x"), ProfileColumn("day", "first_name", "date", "x")]
    with pytest.raises(DataRefused) as caught:
        write_export(_profile(*columns), _named("MARISOL"), tmp_path, "dialer", AS_OF)
    text = str(caught.value)
    assert "column digits" in text
    assert "column day" in text
    assert "MARISOL" not in text
    assert "509555" not in text
    assert list(tmp_path.iterdir()) == []


def test_an_expression_that_fails_on_a_value_names_the_column_and_never_the_value(tmp_path: Path) -> None:
    columns = [ProfileColumn("id", "account_id", "text", "x"), ProfileColumn("day", "first_name::DATE", "date", "x")]
    with pytest.raises(DataRefused, match="column day") as caught:
        write_export(_profile(*columns), _named("MARISOL"), tmp_path, "dialer", AS_OF)
    assert "MARISOL" not in str(caught.value)
    assert "column id" not in str(caught.value)


def test_a_file_that_does_not_read_back_is_not_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_export(load_profile("csv"), TABLES, tmp_path, "dialer", AS_OF)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    closed = csv_format.Writer.close

    def torn(writer: csv_format.Writer) -> None:
        closed(writer)
        path = Path(writer._file.name)
        path.write_bytes(path.read_bytes().replace(b"SPOKANE", b"SPOKANO", 1))

    monkeypatch.setattr(csv_format.Writer, "close", torn)
    with pytest.raises(DataRefused, match="column city"):
        write_export(load_profile("csv"), TABLES, tmp_path, "dialer", AS_OF)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_lost_rows_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    added = csv_format.Writer.add
    monkeypatch.setattr(csv_format.Writer, "add", lambda writer, table: added(writer, table.slice(int(table.num_rows > 1))))
    with pytest.raises(DataRefused, match="csv"):
        write_export(load_profile("csv"), TABLES, tmp_path, "dialer", AS_OF)


def test_no_rows_are_an_export_too(tmp_path: Path) -> None:
    empty = {name: table.slice(0, 0) for name, table in TABLES.items()}
    for name in ("csv", "parquet"):
        assert write_export(load_profile(name), empty, tmp_path, name, AS_OF).rows == 0


@pytest.mark.parametrize("name", ["../x", "", "a/b", ".hidden", "a b"])
def test_a_name_must_be_a_plain_file_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError):
        write_export(load_profile("csv"), TABLES, tmp_path, name, AS_OF)


def test_a_folder_that_everybody_may_write_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(UnsafePermissions):
        write_export(load_profile("csv"), TABLES, folder, "dialer", AS_OF)
