from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from jobs import publish
from jobs.prepare import Options, Prepared, prepare
from skiptrace import schema
from skiptrace.errors import ConfigError, StoreUnavailable
from skiptrace.linkage import rules as linkage
from skiptrace.results.run import read_run
from skiptrace.schema import PUBLISHED_NAMES, REJECTS, links
from skiptrace.store.tables import read_table, write_table
from tests.jobs.projects import Finished, copy_of, files_below

NAMES = linkage.load().names


@pytest.fixture(scope="module")
def prepared(finished: Finished) -> Prepared:
    return prepare(finished.folder, Options())


@pytest.fixture
def published(finished: Finished, tmp_path: Path) -> Path:
    """The test's own copy of the published run's folder."""
    return copy_of(finished.outcome.folder, tmp_path / "runs" / finished.outcome.run_id)


def empty_tables(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Table files for a run that found nothing, as receipts name them."""
    specs = {name: links(NAMES) if name == "links" else getattr(schema, name.upper()) for name in PUBLISHED_NAMES}
    return {name: [write_table(spec.empty(), spec, folder / name, "part-00000").plain()] for name, spec in specs.items()}


def test_one_create_publishes_and_a_second_attempt_changes_nothing(tmp_path: Path) -> None:
    tables = empty_tables(tmp_path / "work")
    folder = publish.commit(tmp_path / "runs", "run-1", tables, {"name": "first"})
    before = files_below(folder)
    assert json.loads(before["run.json"])["tables"]["accounts"]["rows"] == 0
    assert publish.commit(tmp_path / "runs", "run-1", tables, {"name": "second"}) == folder
    assert files_below(folder) == before
    assert publish.published(tmp_path / "runs", "run-1") == folder


def test_the_rules_of_many_runs_lie_on_a_disk_once(tmp_path: Path) -> None:
    tables = empty_tables(tmp_path / "work")
    one, two = (publish.commit(tmp_path / "runs", name, tables, {}) / "rulebook.json" for name in ("run-1", "run-2"))
    (kept,) = (tmp_path / ".skiptrace" / "rulebooks").iterdir()
    assert one.samefile(two)
    assert one.samefile(kept)
    content = one.read_bytes()
    kept.unlink()
    kept.write_bytes(b"{")  # damaged
    three = publish.commit(tmp_path / "runs", "run-3", tables, {}) / "rulebook.json"
    assert three.read_bytes() == content
    assert kept.read_bytes() == content


def test_before_the_manifest_nothing_is_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(path: Path, content: bytes) -> bool:
        raise KeyboardInterrupt

    tables = empty_tables(tmp_path / "work")
    with monkeypatch.context() as patch:
        patch.setattr(publish, "put_bytes", killed)
        with pytest.raises(KeyboardInterrupt):
            publish.commit(tmp_path / "runs", "run-1", tables, {})
    assert publish.published(tmp_path / "runs", "run-1") is None
    folder = publish.commit(tmp_path / "runs", "run-1", tables, {})  # the attempt's links are no obstacle
    assert read_run(folder).table("accounts").num_rows == 0


def test_a_table_that_is_gone_publishes_nothing(tmp_path: Path) -> None:
    tables = empty_tables(tmp_path / "work")
    Path(tables["channels"][0]["path"]).unlink()
    with pytest.raises(StoreUnavailable, match="channels"):
        publish.commit(tmp_path / "runs", "run-1", tables, {})
    assert publish.published(tmp_path / "runs", "run-1") is None


def test_latest_names_the_run_that_was_pointed_to_last(tmp_path: Path) -> None:
    for name in ("one", "two"):
        publish.point_latest(tmp_path, name)
        assert os.readlink(tmp_path / "latest") == name


def test_the_report_of_a_run_is_the_same_bytes_again(published: Path) -> None:
    before = (published / "report.html").read_bytes()
    (published / "report.html").unlink()
    assert publish.render_report(published) == published / "report.html"
    assert (published / "report.html").read_bytes() == before
    assert (published / "report.html").stat().st_mode & 0o777 == 0o600


def test_rejects_of_all_deliveries_are_in_the_order_of_the_project(prepared: Prepared) -> None:
    table = read_table(publish.gather_rejects(prepared))
    assert table.schema.equals(REJECTS.arrow)
    order = [found.name for found in prepared.deliveries]
    sources = [order.index(source) for source in table["source"].to_pylist()]
    assert sources == sorted(sources)
    assert sources


def test_only_a_work_folder_is_cleared(tmp_path: Path) -> None:
    work = tmp_path / "work" / "key"
    work.mkdir(parents=True)
    (work / "secret").write_text("x")
    publish.clear(work)
    assert not work.exists()
    publish.clear(work)  # gone is gone
    with pytest.raises(ConfigError):
        publish.clear(tmp_path / "runs")


def test_the_report_speaks_in_the_sentences_of_the_linkage_rules(published: Path) -> None:
    rules, found = linkage.load(), publish.wording()
    assert set(found.keys) == {key.name for key in rules.keys}
    assert {name: len(sentences) for name, sentences in found.comparisons.items()} == {c.name: len(c.levels) + 1 for c in rules.comparisons}
    page = publish.render_report(published).read_text()
    assert "House number + ZIP code" in page
    assert 'id="t-recall"' in page
