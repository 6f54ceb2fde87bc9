"""Exports of a published run: screened again by the lists of the day, and nothing that is stopped in any written file."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as parquet
import pytest

from jobs import exports
from skiptrace.errors import ConfigError, DataRefused, PermissionRefused
from skiptrace.project import Project, load
from skiptrace.results import Run, latest
from tests.jobs.projects import AS_OF, Finished, change, copy_of, files_below


@pytest.fixture
def place(finished: Finished, tmp_path: Path) -> Path:
    """The test's own copy of the project after its run."""
    return copy_of(finished.folder, tmp_path / "project", "work")


def opened(place: Path) -> tuple[Run, Project]:
    return latest(place), load(place, os.environ)


def written(place: Path) -> pa.Table:
    return csv.read_csv(latest(place).folder / "exports" / "dialer" / "dialer.csv", convert_options=csv.ConvertOptions(
        column_types={"account_id": pa.string(), "phone": pa.string()}))  # fmt: skip


def manifest(place: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((latest(place).folder / "exports" / "dialer" / "dialer.manifest.json").read_text())
    return found


def listed(place: Path, *rows: dict[str, object]) -> None:
    """Entries that are delivered after the run."""
    file = place / "sources" / "suppression.parquet"
    table = parquet.read_table(file)
    base = dict.fromkeys(table.column_names) | {"list": "late", "scope": "endpoint", "reason": "opt_out"}
    parquet.write_table(pa.concat_tables([table, pa.Table.from_pylist([base | row for row in rows], table.schema)]), file)


def open_use(place: Path, channel: str) -> dict[str, Any]:
    row: dict[str, Any] = next(row for row in written(place).to_pylist() if row["channel"] == channel)
    return row


def test_the_same_lists_change_nothing(place: Path) -> None:
    before = files_below(place / "runs" / "latest" / "exports")
    run, project = opened(place)
    told = exports.write_exports(run, project, AS_OF)
    assert [one["screened_again"]["stopped"] for one in told] == [0] * len(project.export)
    assert files_below(place / "runs" / "latest" / "exports") == before


def test_an_opt_out_that_comes_after_the_run_stops_its_use_in_every_written_file(place: Path) -> None:
    use = open_use(place, "voice")
    before = written(place)
    listed(place, {"value": use["phone"], "channel": None}, {"value": "+1 (206) 555-0199"})
    run, project = opened(place)
    told = exports.write_exports(run, project, AS_OF)
    after = written(place)
    assert use["phone"] not in after["phone"].to_pylist()
    gone = [row for row in before.to_pylist() if row["phone"] == use["phone"]]
    assert (len(before) - len(after), {row["phone"] for row in gone}) == (len(gone), {use["phone"]})
    said = manifest(place)
    assert said["screened_again"]["stopped"] == len(gone) == told[0]["screened_again"]["stopped"]
    assert said["screened_again"]["stopped_by"] == {"REGF-OPTOUT": len(gone)}
    assert {one["name"] for one in said["screened_again"]["deliveries"]} == {"dispositions", "suppression"}
    assert said["rows"] + sum(one["uses"] for one in said["not_exported"]) == said["decided_uses"]
    whole = parquet.read_table(run.folder / "exports" / "full" / "full.parquet")
    assert use["phone"] not in whole["phone"].to_pylist()
    assert run.table("decisions").equals(latest(place).table("decisions"))


def test_a_cease_of_a_person_stops_the_account_and_its_values_count_open_uses_only(place: Path) -> None:
    use = open_use(place, "voice")
    listed(place, {"scope": "account", "value": use["account_id"], "channel": "voice"})
    run, project = opened(place)
    exports.write_exports(run, project, AS_OF)
    left = [row for row in parquet.read_table(run.folder / "exports" / "full" / "full.parquet").to_pylist()
            if row["account_id"] == use["account_id"]]  # fmt: skip
    before = next(row for row in run.table("accounts").to_pylist() if row["account_id"] == use["account_id"])
    assert all(row["channel"] != "voice" and row["best_channel"] != "voice" for row in left)
    assert all(row["p_any_channel"] <= before["p_any_channel"] for row in left)
    listed(place, {"scope": "account", "value": use["account_id"], "reason": "cease"})
    exports.write_exports(run, project, AS_OF)
    assert use["account_id"] not in written(place)["account_id"].to_pylist()


def test_an_entry_whose_day_cannot_be_believed_holds_at_once(place: Path) -> None:
    use = open_use(place, "voice")
    listed(place, {"value": use["phone"], "effective_from": AS_OF + dt.timedelta(days=1)})
    exports.write_exports(*opened(place), AS_OF)
    assert use["phone"] not in written(place)["phone"].to_pylist()


def test_what_only_sources_show_that_came_for_other_purposes_does_not_leave(place: Path) -> None:
    """The utility's file came under GLBA alone: an export that is made for FCRA's purpose takes nothing that only it shows."""
    run, _ = opened(place)
    points = {(row["account_id"], row["point_id"]): row for row in run.table("contact_points").to_pylist()}

    def only_utility(row: dict[str, Any]) -> bool:
        point = points[row["account_id"], row["point_id"]]
        return point["origin"] == "reference" and point["sources"] == ["utility"]

    def full() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = parquet.read_table(run.folder / "exports" / "full" / "full.parquet").to_pylist()
        return found

    before = full()
    kept = [row for row in before if not only_utility(row)]
    assert kept
    assert len(kept) < len(before)
    change(place, 'profile = "parquet"', 'profile = "parquet"\npurposes = ["fcra.collection"]')
    exports.write_exports(*opened(place), AS_OF, ["full"])
    after = full()
    assert {(row["account_id"], row["point_id"], row["channel"]) for row in after} == {
        (row["account_id"], row["point_id"], row["channel"]) for row in kept
    }
    said = json.loads((run.folder / "exports" / "full" / "full.manifest.json").read_text())
    assert said["purposes"]["for"] == ["fcra.collection"]
    assert {one["source"]: one["leaves"] for one in said["purposes"]["sources"]} == {
        "portfolio": True, "header": True, "utility": False, "voter": True, "contact": True, "dispositions": True, "suppression": True,
    }  # fmt: skip
    decided = sum(only_utility(row) for row in run.table("decisions").to_pylist())
    assert [one["uses"] for one in said["not_exported"] if one["reason"] == "SRC-EXPORT"] == [decided]


def test_nothing_that_is_stopped_is_in_any_written_file(finished: Finished) -> None:
    run = latest(finished.folder)
    open_uses = {
        (row["account_id"], row["point_id"], row["channel"])
        for row in run.table("decisions").to_pylist()
        if row["decision"] != "stopped" and row["valid_until"] >= AS_OF
    }
    found = written(finished.folder).to_pylist()
    assert {(row["account_id"], row["point_id"], row["channel"]) for row in found} == open_uses
    whole = parquet.read_table(run.folder / "exports" / "full" / "full.parquet").to_pylist()
    assert {(row["account_id"], row["point_id"], row["channel"]) for row in whole} == open_uses


def test_a_required_list_that_is_missing_empty_or_stale_stops_every_export(place: Path) -> None:
    run, project = opened(place)
    file = place / "sources" / "suppression.parquet"
    shutil.rmtree(run.folder / "exports")
    table = parquet.read_table(file)
    file.unlink()
    with pytest.raises(DataRefused, match="is missing"):
        exports.write_exports(run, project, AS_OF)
    parquet.write_table(table.slice(0, 0), file)
    with pytest.raises(DataRefused, match="is empty"):
        exports.write_exports(run, project, AS_OF)
    parquet.write_table(table, file)
    change(place, "required = true", "required = true\nmax_age_days = 3")
    old = dt.datetime(2026, 6, 20, tzinfo=dt.UTC).timestamp()
    os.utime(file, (old, old))
    with pytest.raises(DataRefused, match="is stale"):
        exports.write_exports(*opened(place), AS_OF)
    assert not (run.folder / "exports").exists()


def test_a_list_with_the_wrong_kind_of_value_stops_every_export(place: Path) -> None:
    file = place / "sources" / "suppression.parquet"
    table = parquet.read_table(file)
    wrong = table.set_column(table.column_names.index("value"), "value", pa.array(["nobody"] * len(table)))
    parquet.write_table(wrong.set_column(table.column_names.index("channel"), "channel", pa.array(["voice"] * len(table))), file)
    with pytest.raises(DataRefused, match="wrong kind of value"):
        exports.write_exports(*opened(place), AS_OF)


def test_decisions_past_their_last_day_are_refused(place: Path) -> None:
    run, project = opened(place)
    before = files_below(run.folder / "exports")
    with pytest.raises(DataRefused, match="past its last day"):
        exports.write_exports(run, project, AS_OF + dt.timedelta(days=30))
    with pytest.raises(ConfigError, match="later day"):
        exports.write_exports(run, project, AS_OF - dt.timedelta(days=1))
    assert files_below(run.folder / "exports") == before


def test_a_source_whose_contract_ended_since_lets_nothing_leave(place: Path) -> None:
    change(place, 'kind     = "utility"', f'kind     = "utility"\ncontract_expires = {AS_OF - dt.timedelta(days=1)}')
    with pytest.raises(PermissionRefused, match="nothing was read"):
        exports.write_exports(*opened(place), AS_OF)


def test_an_export_that_is_none_is_named_with_a_suggestion(place: Path) -> None:
    run, project = opened(place)
    with pytest.raises(ConfigError, match='did you mean "dialer"'):
        exports.write_exports(run, project, AS_OF, ["diale"])
    assert [one["name"] for one in exports.write_exports(run, project, AS_OF, ["full"])] == ["full"]
    bare = project.model_copy(update={"export": ()})
    assert exports.write_exports(run, bare, AS_OF) == []


def test_exports_are_written_once_from_what_was_published(place: Path) -> None:
    run, project = opened(place)
    before = files_below(run.folder / "exports")
    shutil.rmtree(run.folder / "exports")
    exports.complete(run.folder, project, AS_OF, exports=False)
    assert not (run.folder / "exports").exists()
    exports.complete(run.folder, project, AS_OF, exports=True)
    assert set(files_below(run.folder / "exports")) == set(before)
    changed = {path: path.stat().st_mtime_ns for path in (run.folder / "exports").rglob("*")}
    exports.complete(run.folder, project, AS_OF, exports=True)
    assert {path: path.stat().st_mtime_ns for path in (run.folder / "exports").rglob("*")} == changed
