"""Every shipped profile over hostile values: written, read by a strict reader that shares no code, equal, within its limits."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings

from skiptrace.export.model import Profile
from skiptrace.export.profiles import load_profiles
from skiptrace.export.write import parts, write_export
from tests.export import strict
from tests.export.hostile import AS_OF, tables

PROFILES = load_profiles()
EXAMPLES = int(os.environ.get("EXAMPLES", "6"))
LENIENT = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def _open_uses(given_tables: dict[str, pa.Table], profile: Profile) -> set[tuple[str, str]]:
    """Account and value of every use that may be exported, by a plain loop."""
    values = {(row["account_id"], row["point_id"]): row["value"] for row in given_tables["contact_points"].to_pylist()}
    return {
        (row["account_id"], values[row["account_id"], row["point_id"]])
        for row in given_tables["decisions"].to_pylist()
        if row["channel"] in profile.channels and row["decision"] != "stopped" and row["valid_until"] and row["valid_until"] >= AS_OF
    }


@pytest.mark.parametrize("name", sorted(PROFILES))
@LENIENT
@given(given_tables=tables())
def test_what_is_written_is_what_was_meant_within_every_stated_limit(name: str, given_tables: dict[str, pa.Table]) -> None:
    profile = PROFILES[name]
    (part,) = parts(profile, given_tables, AS_OF)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "out"
        receipt = write_export(profile, given_tables, folder, "x", AS_OF)
        files = [folder / one.file for one in receipt.files]
        manifest = json.loads((folder / receipt.manifest).read_text())
        away = (folder / "x.not-exported.csv").read_bytes()
        if profile.format == "parquet":
            found = duckdb.sql(f"SELECT * FROM read_parquet('{files[0]}')").to_arrow_table()
            assert found.to_pylist() == part.cells.to_pylist()
        else:
            lines = [strict.read(file, profile) for file in files]
            header = bool(profile.options.get("header", True))
            data = [row for rows in lines for row in (rows[1:] if header else rows)]
            assert all(rows[0] == list(profile.headers) for rows in lines if header)
            assert data == [[cell or "" for cell in row.values()] for row in part.cells.to_pylist()]
            assert strict.broken_limits(name, files, lines, header) == []
    accounts = set(given_tables["accounts"]["account_id"].to_pylist())
    exported = set(part.exported.to_pylist())
    told = part.away.to_pylist()
    assert exported.isdisjoint(row["account_id"] for row in told)
    assert exported | {row["account_id"] for row in told} == accounts
    assert all(row["reason"] for row in told)
    assert exported <= {account for account, _ in _open_uses(given_tables, profile)}
    assert manifest["rows"] == part.cells.num_rows
    assert manifest["not_exported_accounts"]["rows"] == len(told)
    assert away.startswith(b"account_id,reason\r\n")


@pytest.mark.parametrize("name", [name for name, profile in PROFILES.items() if profile.row == "consumer"])
@LENIENT
@given(given_tables=tables())
def test_a_consumer_is_in_one_row_and_every_point_of_it_may_be_used_for_every_account(name: str, given_tables: dict[str, pa.Table]) -> None:
    profile = PROFILES[name]
    consumers = dict(zip(*(given_tables["accounts"][column].to_pylist() for column in ("account_id", "consumer_id")), strict=True))
    (part,) = parts(profile, given_tables, AS_OF)
    open_uses = _open_uses(given_tables, profile)
    named = next((h for h in ("account_ids", "Accounts", "Original Account Number", "comments") if h in profile.headers), None)
    numbers = [header for header, column, slot in profile.cells if slot and column.grammar in ("phone", "us_phone", "digits", "email")]
    seen = []
    for row in part.cells.to_pylist():
        ids = row[named].split("|") if named and row[named] not in consumers else [row[named]] if named else []
        seen += list({consumers[account] for account in ids})
        assert len({consumers[account] for account in ids}) <= 1
        for account in ids:
            for header in numbers:
                ours = {value for one, value in open_uses if one == account}
                assert row[header] is None or any(value.endswith(row[header]) for value in ours)
    assert len(seen) == len(set(seen))
    if named is not None:
        assert part.cells.num_rows == len(seen)
