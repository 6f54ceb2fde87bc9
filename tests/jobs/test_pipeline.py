from __future__ import annotations

import fcntl
import json
import os
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from distributed import LocalCluster

from jobs import cluster, enrich, intake, ledger
from jobs.runner import perform
from skiptrace import schema
from skiptrace.errors import ConfigError, DataRefused, SafeToRerun, TaskFailed, UnsafePermissions
from skiptrace.ids import file_digest
from skiptrace.linkage import rules as linkage
from skiptrace.results.run import read_run
from skiptrace.results.shelf import latest
from skiptrace.schema import PUBLISHED_NAMES, conform
from tests.jobs.projects import ACCOUNTS, PARTS, Finished, copy_of, files_below, run_project
from tests.jobs.work import FAKE_NAME, FAKE_SSN


@pytest.fixture
def rerun(finished: Finished, tmp_path: Path) -> Path:
    """The test's own copy of the project after its run, without what only a run under way needs."""
    return copy_of(finished.folder, tmp_path / "project", "work", "deliveries", "index")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each function was run as a task."""
    counted: Counter[str] = Counter()

    def counting(function: str, receipt: str, arguments: dict[str, Any]) -> dict[str, Any]:
        counted[function.partition(":")[2]] += 1
        return perform(function, receipt, arguments)

    monkeypatch.setattr(cluster, "perform", counting)
    return counted


@pytest.fixture
def scheduler(request: pytest.FixtureRequest) -> Iterator[str]:
    """A scheduler to run on: "processes", or for "running" the address of one that runs in this process."""
    if request.param == "processes":
        yield "processes"
        return
    options = {"processes": False, "protocol": "tcp", "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    with LocalCluster(n_workers=1, threads_per_worker=2, **options) as found:
        yield str(found.scheduler_address)


# --- what a run leaves ----------------------------------------------------------------------------------------------


def test_a_run_publishes_every_table_as_the_schema_says(finished: Finished) -> None:
    run = read_run(finished.outcome.folder)
    assert set(run.ledger["tables"]) == set(PUBLISHED_NAMES)
    for name in PUBLISHED_NAMES:
        spec = schema.links(linkage.load().names) if name == "links" else getattr(schema, name.upper())
        table = run.table(name)  # reads what the ledger names, file by file, hash by hash
        assert table.column_names == list(spec.names)
        assert conform(table, spec).num_rows == run.rows(name)
        key = [str(row) for row in table.select(list(spec.key)).to_pylist()] if spec.key else []
        assert len(key) == len(set(key))
    assert run.rows("accounts") == ACCOUNTS
    assert all(run.rows(name) for name in ("links", "contact_points", "channels", "decisions", "rejects"))


def test_the_ledger_accounts_for_every_row_and_file(finished: Finished) -> None:
    told, folder = finished.outcome.ledger, finished.outcome.folder
    for source, count in told["counts"].items():
        assert count["rows_in"] == count["rows_out"] + count["filtered"] + sum(count["rejected"].values()), source
        assert count["rows_in"] == sum(part.rows for part in finished.setup.partitions[source])
    assert told["counts"]["portfolio"]["rows_out"] == told["tables"]["accounts"]["rows"] == ACCOUNTS
    assert told["tables"]["channels"]["rows"] == told["tables"]["decisions"]["rows"]
    listed = set()
    for name, table in told["tables"].items():
        assert table["rows"] == sum(file["rows"] for file in table["files"])
        for file in table["files"]:
            listed.add(file["path"])
            assert Path(file["path"]).parts[0] == name
            assert (folder / file["path"]).stat().st_size == file["bytes"]
            assert file_digest(folder / file["path"]) == file["sha256"]
    listed |= {file["path"] for table in told["evidence"].values() for file in table["files"]}
    assert listed == {name for name in files_below(folder) if name.endswith(".parquet") and name.count("/") == 1}
    assert len(told["tables"]["accounts"]["files"]) == PARTS
    assert told["linkage"]["pairs"] >= told["linkage"]["pairs_not_written"] >= 0
    assert set(told["hashes"]) >= {"code", "rules", "rulebook", "linkage", "token_key", "project", "model", "index"}


def test_rejects_say_what_the_counts_say(finished: Finished) -> None:
    rows = read_run(finished.outcome.folder).table("rejects").to_pylist()
    counts = finished.outcome.ledger["counts"]
    for source, count in counts.items():
        mine = [row for row in rows if row["source"] == source]
        assert Counter(row["reason"] for row in mine if row["column"] is None) == count["rejected"]
        assert sum(row["column"] is not None for row in mine) == count["values_rejected"]
        assert sum(sum(own.values()) for own in count["values_by_column"].values()) == count["values_rejected"]
        assert {row["column"] for row in mine} - {None} == set(count["values_by_column"])


def test_latest_names_the_run(finished: Finished) -> None:
    assert finished.outcome.fresh
    assert os.readlink(finished.folder / "runs" / "latest") == finished.outcome.run_id
    assert latest(finished.folder).run_id == finished.outcome.run_id


def test_report_and_exports_are_made(finished: Finished) -> None:
    assert (finished.outcome.folder / "report.html").stat().st_size > 1000
    assert {path.name for path in (finished.outcome.folder / "exports").iterdir()} == {"alerts", "dialer", "full"}


@pytest.mark.parametrize("place", ["runs", ".skiptrace"])
def test_everything_is_for_the_owner_alone(finished: Finished, place: str) -> None:
    root = finished.folder / place
    found = [root, *root.rglob("*")]
    assert len(found) > 10
    for path in found:
        if not path.is_symlink():
            assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path.name


# --- a rerun ----------------------------------------------------------------------------------------------------


def test_a_rerun_does_nothing(finished: Finished, rerun: Path, calls: Counter[str]) -> None:
    before = files_below(rerun / "runs")
    again = run_project(rerun)
    assert (again.run_id, again.fresh) == (finished.outcome.run_id, False)
    assert again.ledger == finished.outcome.ledger
    assert files_below(rerun / "runs") == before
    assert not calls


def test_a_rerun_restores_a_report_and_clears_what_a_kill_left(finished: Finished, rerun: Path) -> None:
    report = rerun / "runs" / finished.outcome.run_id / "report.html"
    before = report.read_bytes()
    report.unlink()
    (rerun / "runs" / "latest").unlink()
    left = rerun / ".skiptrace" / "work" / finished.setup.run_key
    left.mkdir(parents=True)
    (left / "plan.json").write_text("{}")
    assert not run_project(rerun).fresh
    assert report.read_bytes() == before
    assert os.readlink(rerun / "runs" / "latest") == finished.outcome.run_id
    assert not left.exists()


def test_steps_of_a_published_run_are_not_run_again(rerun: Path) -> None:
    before = files_below(rerun / "runs")
    with pytest.raises(ConfigError, match="published and never changed"):
        run_project(rerun, from_step="link")
    assert files_below(rerun / "runs") == before
    assert not (rerun / ".skiptrace" / "work").exists()


# --- any scheduler --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scheduler", "workers"),
    [pytest.param("processes", 2, marks=pytest.mark.slow), ("running", 1)],
    indirect=["scheduler"],
)
def test_any_scheduler_leaves_the_same_bytes(
    finished: Finished, project: Path, scheduler: str, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKIPTRACE__RUNTIME__WORKERS", str(workers))
    outcome = run_project(project, scheduler=scheduler)
    assert outcome.run_id == finished.outcome.run_id
    assert outcome.ledger["tables"] == finished.outcome.ledger["tables"]  # names, rows, bytes and SHA-256 of every file
    for file in (file for table in outcome.ledger["tables"].values() for file in table["files"]):
        assert file_digest(outcome.folder / file["path"]) == file["sha256"]
    assert outcome.ledger["counts"] == finished.outcome.ledger["counts"]
    assert (outcome.folder / "report.html").is_file()
    assert list((project / ".skiptrace" / "work").iterdir()) == []  # what a run needed under way is gone


# --- a run that is stopped --------------------------------------------------------------------------------------


def test_a_stopped_run_goes_on_where_it_stopped_on_any_scheduler(
    finished: Finished, project: Path, calls: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = run_project(project, to_step="link", scheduler="threads")
    assert stopped.ledger == {"stopped_after": "link"}
    assert stopped.folder == project / ".skiptrace" / "work" / finished.setup.run_key
    assert list((project / "runs").iterdir()) == []
    deliveries = sum(len(parts) for name, parts in finished.setup.partitions.items() if name != "portfolio")
    learned = ["records_partition", "persons_partition"]
    every = dict.fromkeys(["survey_portfolio", "portfolio_partition", *learned, "link_partition"], PARTS)
    once = dict.fromkeys(["judge_duplicates", "reference", "resolve_reference", "consumers"], 1)
    assert calls == every | once | {"delivery_partition": deliveries, "build": len(finished.setup.record_sources)}

    calls.clear()
    real = enrich.enrich_partition

    def fails_once(work: str, number: int, **given: Any) -> dict[str, Any]:
        if number == 1:
            raise ValueError(f"{FAKE_NAME}, {FAKE_SSN}")
        return real(work, number, **given)

    with monkeypatch.context() as patch:
        patch.setattr(enrich, "enrich_partition", fails_once)
        with pytest.raises(TaskFailed) as failed:
            run_project(project)
    told = str(failed.value) + "".join(traceback.format_exception(failed.value))
    assert FAKE_NAME not in told
    assert FAKE_SSN not in told
    assert str(failed.value).startswith("enrich_partition: ValueError at ")
    assert calls == {"enrich_partition": 2, "of_partition": PARTS, "ask": PARTS, "hand": 4}  # what was linked was not linked again
    assert list((project / "runs").iterdir()) == []

    calls.clear()
    outcome = run_project(project, scheduler="threads")
    rest = dict.fromkeys(["score_partition", "screen_partition", "settle_partition", "count_partition"], PARTS)
    assert calls == rest | {"enrich_partition": PARTS - 1, "share": 1, "of_run": 1}
    assert outcome.fresh
    assert outcome.run_id == finished.outcome.run_id
    assert outcome.ledger["tables"] == finished.outcome.ledger["tables"]
    assert not stopped.folder.exists()


def test_a_step_and_all_after_it_can_be_run_again(warm: Path, calls: Counter[str]) -> None:
    first = run_project(warm, limit=3, to_step="score")
    calls.clear()
    run_project(warm, limit=3, to_step="score", from_step="enrich")
    assert calls == {"enrich_partition": 1, "share": 1, "score_partition": 1}
    calls.clear()
    run_project(warm, limit=3, to_step="link", from_step="intake")
    assert set(calls) == {
        "survey_portfolio", "judge_duplicates", "portfolio_partition", "build", "link_partition", "consumers",
    }  # fmt: skip
    assert first.folder.is_dir()


def test_a_file_that_went_away_is_made_again(warm: Path, calls: Counter[str]) -> None:
    stopped = run_project(warm, limit=4, to_step="intake")
    (table,) = (stopped.folder / "portfolio" / "tape").iterdir()
    content = table.read_bytes()
    table.unlink()
    calls.clear()
    run_project(warm, limit=4, to_step="intake")
    assert calls == {"portfolio_partition": 1}
    assert table.read_bytes() == content


def test_an_error_in_a_task_says_where_and_nothing_of_anybody(warm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(work: str, number: int) -> dict[str, Any]:
        raise ValueError(f"could not parse {FAKE_NAME}, {FAKE_SSN}")

    monkeypatch.setattr(intake, "survey_portfolio", fail)
    with pytest.raises(TaskFailed) as failed:
        run_project(warm, limit=5)
    told = str(failed.value) + repr(failed.value) + "".join(traceback.format_exception(failed.value))
    assert "survey_portfolio: ValueError at tests/jobs/test_pipeline.py:" in told
    assert FAKE_NAME not in told
    assert FAKE_SSN not in told
    assert failed.value.exit_code == 1


# --- what is refused ------------------------------------------------------------------------------------------------


def test_counts_that_do_not_reconcile_publish_nothing_and_what_is_mended_publishes(
    warm: Path, monkeypatch: pytest.MonkeyPatch, calls: Counter[str]
) -> None:
    real = ledger.totals
    before = set((warm / "runs").iterdir())
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "totals", lambda receipts: {**real(receipts), "rows_in": real(receipts)["rows_in"] + 1})
        with pytest.raises(DataRefused, match="do not reconcile") as refused:
            run_project(warm, limit=6, exports=False)
    assert refused.value.exit_code == 3
    assert set((warm / "runs").iterdir()) == before
    calls.clear()
    outcome = run_project(warm, limit=6, exports=False)
    assert not calls  # every receipt still held
    assert outcome.ledger["counts"]["portfolio"]["rows_in"] == 6
    assert outcome.ledger["tables"]["accounts"]["rows"] == outcome.ledger["counts"]["portfolio"]["rows_out"] <= 6
    assert not (outcome.folder / "exports").exists()
    assert not (warm / ".skiptrace" / "models" / "current").exists()  # a part of the portfolio settles no model


def test_a_second_run_of_a_project_waits_its_turn(rerun: Path) -> None:
    (rerun / ".skiptrace" / "lock").touch(0o600)
    with (rerun / ".skiptrace" / "lock").open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with pytest.raises(SafeToRerun, match="under way") as refused:
            run_project(rerun)
    assert refused.value.exit_code == 75
    assert not run_project(rerun).fresh


@pytest.mark.parametrize("place", [".", "runs", ".skiptrace"])
def test_a_place_where_everybody_may_write_is_refused(rerun: Path, place: str) -> None:
    (rerun / place).chmod(0o777)
    with pytest.raises(UnsafePermissions) as refused:
        run_project(rerun)
    assert refused.value.exit_code == 78


def test_results_are_not_written_through_a_link(project: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (project / "runs").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnsafePermissions):
        run_project(project)
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("option", ["from_step", "to_step"])
def test_an_unknown_step_is_refused(sample: Path, option: str) -> None:
    with pytest.raises(ConfigError, match="unknown step 'linc'") as refused:
        run_project(sample, **{option: "linc"})
    assert refused.value.exit_code == 2


def test_another_runs_id_cannot_be_resumed(rerun: Path, finished: Finished) -> None:
    with pytest.raises(ConfigError, match="leave --resume out"):
        run_project(rerun, resume="20200101-abc")
    assert not run_project(rerun, resume=finished.outcome.run_id).fresh


def test_another_input_under_the_id_of_a_published_run_is_refused(finished: Finished, tmp_path: Path) -> None:
    project = copy_of(finished.folder, tmp_path / "project")
    file = project / "runs" / finished.outcome.run_id / "run.json"
    ledger = json.loads(file.read_text())
    file.write_text(json.dumps({**ledger, "run_key": "0" * 32}))
    with pytest.raises(ConfigError, match="from other inputs") as refused:
        run_project(project)
    assert f"skiptrace runs purge {finished.outcome.run_id}" in str(refused.value)
