from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from jobs import prepare as module
from jobs.prepare import Options, prepare
from skiptrace.errors import ConfigError, DataRefused, PermissionRefused
from tests.jobs.projects import PARTITION_ROWS, PARTS, change


def run_id(folder: Path, **options: object) -> str:
    return prepare(folder, Options(**options)).run_id  # type: ignore[arg-type]


def test_a_run_has_one_id_wherever_the_project_is(sample: Path, project: Path) -> None:
    first = run_id(sample)
    assert first == run_id(sample) == run_id(project)
    assert first.startswith("20260630-")
    assert not (sample / ".skiptrace").exists()  # nothing was written


def test_scheduler_workers_and_comments_change_nothing(sample: Path, project: Path) -> None:
    change(project, "workers = 2", 'workers = 1\nscheduler = "threads"\nmemory_limit = "1GB"  # another machine')
    assert run_id(project) == run_id(sample)
    assert run_id(sample, scheduler="processes", exports=False) == run_id(sample)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"partition_rows = {PARTITION_ROWS}", "partition_rows = 20"),
        ('"manual"', '"autodialer"'),
        ('origin        = "ORIGIN"', "origin        = \"'one'\""),
        ('operator_role     = "debt_buyer_active"', 'operator_role = "agency"'),
    ],
)
def test_what_tables_depend_on_changes_the_id(sample: Path, project: Path, old: str, new: str) -> None:
    change(project, old, new)
    assert run_id(project) != run_id(sample)


def test_dates_limits_and_contents_change_the_id(sample: Path, project: Path) -> None:
    ids = {run_id(sample), run_id(sample, as_of=dt.date(2026, 7, 1)), run_id(sample, limit=5), run_id(sample, limit=6)}
    table = pq.read_table(project / "sources" / "voter.parquet")
    pq.write_table(table.slice(0, len(table) - 1), project / "sources" / "voter.parquet")
    ids.add(run_id(project))
    assert len(ids) == 5


def test_tokens_of_another_key_are_another_run(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = prepare(sample, Options())
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    after = prepare(sample, Options())
    assert before.run_id != after.run_id
    assert before.setup.delivery_keys["header"] != after.setup.delivery_keys["header"]
    assert after.setup.key().hex() not in repr(after)


def test_only_what_a_delivery_depends_on_changes_its_key(sample: Path, project: Path) -> None:
    before = prepare(sample, Options()).setup.delivery_keys
    change(project, 'origin        = "ORIGIN"', "origin        = \"'one'\"")
    change(project, "cost_per_record = 0.02", "cost_per_record = 0.03")
    after = prepare(project, Options()).setup.delivery_keys
    assert {name for name in before if before[name] != after[name]} == {"header"}


def test_a_source_that_is_not_permitted_is_refused_before_anything_is_read(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change(project, 'purposes = ["glba.fraud_prevention_or_collection"]\n', 'purposes = ["dppa.litigation"]\n')
    read: list[str] = []
    monkeypatch.setattr(module, "survey", lambda *_: read.append("survey"))
    monkeypatch.setattr(module, "fingerprint", lambda *_: read.append("fingerprint"))
    with pytest.raises(PermissionRefused) as refused:
        prepare(project, Options())
    assert refused.value.exit_code == 2
    assert "utility" in str(refused.value) or "source[2]" in str(refused.value)
    assert read == []


def test_a_required_list_that_is_empty_is_refused(project: Path) -> None:
    path = project / "sources" / "suppression.parquet"
    pq.write_table(pq.read_table(path).slice(0, 0), path)
    with pytest.raises(DataRefused, match="suppression") as refused:
        prepare(project, Options())
    assert refused.value.exit_code == 3
    change(project, "required = true", "required = true\nallow_empty = true")
    assert 'source "suppression" has no rows' in prepare(project, Options()).warnings


def test_a_required_list_that_is_missing_is_refused(project: Path) -> None:
    (project / "sources" / "suppression.parquet").unlink()
    with pytest.raises(DataRefused, match="suppression") as refused:
        prepare(project, Options())
    assert refused.value.exit_code == 3


def test_an_export_without_a_profile_is_refused(project: Path) -> None:
    change(project, 'profile = "csv"', 'profile = "abacus"')
    with pytest.raises(ConfigError):
        prepare(project, Options())


def test_a_limit_cuts_the_accounts_and_nothing_else(sample: Path) -> None:
    whole, few = prepare(sample, Options()).setup.partitions, prepare(sample, Options(limit=40)).setup.partitions
    assert len(whole["portfolio"]) == PARTS
    assert sum(part.rows for part in few["portfolio"]) == 40
    assert [part.first_row for part in few["portfolio"]] == [part.first_row for part in whole["portfolio"]][:2]
    assert few["portfolio"][0] == whole["portfolio"][0]
    assert {name: parts for name, parts in few.items() if name != "portfolio"} == {
        name: parts for name, parts in whole.items() if name != "portfolio"
    }
    assert prepare(sample, Options(limit=10**6)).setup.partitions == whole


def test_the_summary_lists_deliveries_files_and_what_is_ignored(sample: Path) -> None:
    prepared = prepare(sample, Options())
    summary = prepared.summary()
    by_name = {delivery["name"]: delivery for delivery in summary["deliveries"]}
    assert set(by_name) == {
        "portfolio", "header", "utility", "voter", "contact", "dispositions", "suppression",
    }  # fmt: skip
    assert prepared.rows == sum(delivery["rows"] for delivery in by_name.values())
    (file,) = by_name["voter"]["files"]
    content = (sample / "sources" / "voter.parquet").read_bytes()
    assert file == {"name": "voter.parquet", "sha256": hashlib.sha256(content).hexdigest()}
    assert (summary["as_of"], summary["run_id"]) == ("2026-06-30", prepared.run_id)


def test_an_empty_fact_sheet_is_warned_about(project: Path) -> None:
    assert prepare(project, Options()).warnings == ()
    change(project, 'operator_role     = "debt_buyer_active"\n', "")
    assert any("[compliance]" in warning for warning in prepare(project, Options()).warnings)


def test_the_day_is_the_commands_else_the_projects_else_today(project: Path) -> None:
    day = dt.date(2026, 6, 1)
    assert prepare(project, Options(as_of=day)).setup.as_of == day
    assert prepare(project, Options()).setup.as_of == dt.date(2026, 6, 30)
    text = (project / "skiptrace.toml").read_text()
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith("as_of ")]
    (project / "skiptrace.toml").write_text("".join(lines))
    before = dt.datetime.now().astimezone().date()
    assert before <= prepare(project, Options()).setup.as_of <= dt.datetime.now().astimezone().date()


def test_the_project_may_be_named_by_its_file(sample: Path) -> None:
    by_file, by_folder = prepare(sample / "skiptrace.toml", Options()), prepare(sample, Options())
    assert by_file.setup == by_folder.setup
    assert by_file.setup.private == sample / ".skiptrace"
    assert by_file.text == by_folder.text
