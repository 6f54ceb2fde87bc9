"""Runs with the index in shards publish what runs with the whole index publish, byte for byte, wherever they run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jobs.setup import Setup
from jobs.sharded import Sharded, shards_of
from skiptrace.project import load
from skiptrace.store.objects import ObjectPath
from tests.jobs.projects import Finished, copy_of, run_project


def content(ledger: dict[str, Any]) -> dict[str, Any]:
    """The files of every table, with checksums."""
    return {name: entry["files"] for name, entry in {**ledger["tables"], **ledger["evidence"]}.items()}


def told(ledger: dict[str, Any]) -> dict[str, Any]:
    """What the ledger says of linkage, but how the index was shared out."""
    return {name: value for name, value in ledger["linkage"].items() if name != "shards"}


def test_a_run_in_shards_is_the_run_with_the_whole_index(finished: Finished, in_shards: Finished) -> None:
    whole, parts = finished.outcome.ledger, in_shards.outcome.ledger
    assert finished.outcome.run_id == in_shards.outcome.run_id
    assert content(parts) == content(whole)
    assert told(parts) == told(whole)
    assert "shards" not in whole["linkage"]
    figures = parts["linkage"]["shards"]
    layers = len(in_shards.setup.layers)
    assert (figures["of_keys"], figures["of_records"]) == (4 * layers, 3 * layers)
    assert 0 < figures["opened_at_most"] < figures["bytes"] < figures["opened"]
    assert figures["moved"] > 0


def test_it_is_resumed_where_it_stopped_and_persons_are_found_once(
    in_shards: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKIPTRACE__RUNTIME__SHARDS", "3")
    folder = copy_of(in_shards.folder, tmp_path / "project", "runs", "work")
    seen: list[str] = []
    monkeypatch.setattr("jobs.sharded.done", lambda receipt: seen.append(receipt.name) or json.loads(receipt.read_text()))
    again = run_project(folder)
    assert content(again.ledger) == content(in_shards.outcome.ledger)
    assert len(seen) == 3 * len(in_shards.setup.layers), "each shard's persons were asked for once, and found"


@pytest.mark.parametrize(
    ("shards", "scheduler", "elsewhere", "wanted"),
    [
        ("auto", "sync", False, None), ("auto", "tls://host:8786", False, None), ("auto", "processes", True, None),
        ("auto", "tls://host:8786", True, 0), (1, "tls://host:8786", True, None), (4, "sync", False, 4),
    ],
)  # fmt: skip
def test_an_index_is_cut_where_workers_fetch_it_or_somebody_says_so(
    finished: Finished, shards: int | str, scheduler: str, elsewhere: bool, wanted: int | None
) -> None:
    project = finished.setup.project
    project = project.model_copy(update={"runtime": project.runtime.model_copy(update={"shards": shards})})
    setup = replace(finished.setup, project=project)
    if elsewhere:
        setup = replace(setup, private=ObjectPath("s3://bucket/project/.skiptrace"))
    assert shards_of(setup, scheduler) == wanted


def test_the_setting_is_no_part_of_what_a_run_depends_on(sample: Path, tmp_path: Path) -> None:
    one, two = load(sample, {}), load(sample, {"SKIPTRACE__RUNTIME__SHARDS": "5"})
    assert two.runtime.shards == 5
    assert one.content() == two.content()


def test_an_index_without_records_is_no_hindrance(finished: Finished) -> None:
    def nothing(name: str, tasks: list[Any]) -> list[Any]:
        assert not tasks
        return []

    bare = replace(finished.setup, layers=())
    assert isinstance(bare, Setup)
    sharded = Sharded(bare, 3, nothing)
    assert sharded.index() == []
    assert sharded.figures()["shards"] == {"of_keys": 0, "of_records": 0, "bytes": 0, "opened_at_most": 0, "opened": 0, "moved": 0}
