from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from distributed.versions import get_versions

from jobs.examine import compare, look, program, same_versions
from skiptrace.errors import ConfigError, StoreUnavailable


@pytest.fixture
def private(tmp_path: Path) -> Path:
    (tmp_path / "token-1").write_bytes(b"token-1")
    return tmp_path


def test_a_worker_that_runs_the_same_program_and_sees_the_same_files(private: Path) -> None:
    told = look(str(private), "token-1")
    compare({"tls://a": told, "tls://b": look(str(private), "token-1")}, private)
    assert (private / told["answer"]).read_bytes() == b"token-1"
    assert told["answer"].startswith("token-1.")


def test_a_worker_that_does_not_see_the_files(private: Path) -> None:
    with pytest.raises(StoreUnavailable) as blind:
        look(str(private / "elsewhere"), "token-1")
    with pytest.raises(StoreUnavailable, match=r"(?s)tls://a: project folder.*mount it"):
        compare({"tls://a": blind.value}, private)


@pytest.mark.parametrize("name", ["python", "dask", "distributed", "pyarrow", "skiptrace", "code", "rules", "model"])
def test_each_difference_is_told_with_its_mend(name: str, private: Path) -> None:
    told = look(str(private), "token-1")
    with pytest.raises(ConfigError) as found:
        compare({"tls://a": told, "tls://b": {**told, name: "other"}}, private)
    (problem,) = found.value.problems
    assert (problem.file, problem.place) == ("tls://b", name)
    assert "has other" in problem.what
    assert problem.mend


def test_a_worker_without_the_program_is_told(private: Path) -> None:
    with pytest.raises(ConfigError, match=r"(?s)tls://a: skiptrace: cannot run this program \(ModuleNotFoundError\)") as found:
        compare({"tls://a": ModuleNotFoundError("No module named 'jobs'")}, private)
    assert "No module" not in str(found.value)


def scheduler(**other: str) -> dict[str, Any]:
    told: dict[str, Any] = get_versions()
    return {"host": {**told["host"], **{k: v for k, v in other.items() if k == "python"}}, "packages": {**told["packages"], **other}}


def test_a_scheduler_of_the_same_version() -> None:
    same_versions(scheduler())


@pytest.mark.parametrize("name", ["python", "dask", "distributed"])
def test_a_scheduler_of_another_version(name: str) -> None:
    with pytest.raises(ConfigError, match=rf"(?s)scheduler: {name}: has 3\.99"):
        same_versions(scheduler(**{name: "3.99"}))


def test_the_program_is_told_by_content() -> None:
    assert program() == program()
    assert {"python", "dask", "distributed", "pyarrow", "skiptrace", "rules", "code"} <= program().keys()
