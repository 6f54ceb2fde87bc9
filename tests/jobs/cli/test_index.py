from __future__ import annotations

from pathlib import Path

import pytest

from tests.jobs.cli.conftest import Call, Pipeline
from tests.linkage.people_tables import make_index, make_layer


@pytest.fixture
def indexed(project: Path) -> Path:
    (project / ".skiptrace" / "index").mkdir(parents=True, mode=0o700, exist_ok=True)
    make_index([{"first": "ANN", "last": "ROE"}, {"first": "JOHN", "last": "LEE"}], project / ".skiptrace" / "index" / "k1")
    return project


def test_a_whole_index_is_shown(call: Call, indexed: Path) -> None:
    said = call("--project", str(indexed), "index", "show")
    assert said.code == 0
    row = next(line.split() for line in said.out.splitlines() if line.split()[:1] == ["k1"])
    assert row[:3] == ["k1", "2", "reference"]
    assert row[-1] == "whole"
    told = call("--json", "--project", str(indexed), "index", "show").json["indexes"]
    assert [(one["key"], one["people"], one["sources"], one["state"]) for one in told] == [("k1", 2, ["reference"], "whole")]


@pytest.mark.parametrize(("name", "said"), [("keys_entries.bin", "keys_entries.bin"), ("manifest.json", "manifest")])
def test_a_damaged_index_says_so_and_nobody_is_named(call: Call, indexed: Path, name: str, said: str) -> None:
    path = indexed / ".skiptrace" / "index" / "k1" / name
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    (told,) = call("--json", "--project", str(indexed), "index", "show").json["indexes"]
    assert said in told["state"]
    assert "ROE" not in str(told)


@pytest.mark.parametrize(("name", "said"), [("keys_entries.bin", "keys_entries.bin"), ("manifest.json", "missing")])
def test_a_missing_file_is_told(call: Call, indexed: Path, name: str, said: str) -> None:
    (indexed / ".skiptrace" / "index" / "k1" / name).unlink()
    (told,) = call("--json", "--project", str(indexed), "index", "show").json["indexes"]
    assert said in told["state"]


def test_each_delivery_of_an_index_is_shown(call: Call, indexed: Path) -> None:
    make_layer([{"first": "ZOE"}], indexed / ".skiptrace" / "index" / "k2", source="voter")
    told = call("--json", "--project", str(indexed), "index", "show").json["indexes"]
    assert [(one["key"], one["people"], one["sources"]) for one in told] == [("k1", 2, ["reference"]), ("k2", 1, ["voter"])]


def test_without_an_index_it_says_how_to_build_one(call: Call, project: Path) -> None:
    said = call("--project", str(project), "index", "show")
    assert said.code == 0
    assert "skiptrace index build" in said.out


def test_build_is_a_run_up_to_the_index(call: Call, indexed: Path, pipeline: Pipeline) -> None:
    said = call("--json", "--project", str(indexed), "index", "build", "--scheduler", "sync")
    assert said.code == 0
    assert [one["key"] for one in said.json["indexes"]] == ["k1"]
    (_, options), *_ = pipeline.asked
    assert (options.to_step, options.exports, options.scheduler) == ("index", False, "sync")
