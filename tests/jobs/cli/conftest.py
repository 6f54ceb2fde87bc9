"""The command line called as a program calls it, and a pipeline that answers at once."""

from __future__ import annotations

import json
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from jobs.cli import main
from skiptrace.errors import Problem
from tests.jobs.cli.nights import Call, Night, Said, make_first_night
from tests.jobs.projects import copy_of
from tests.jobs.published import RUN_ID, publish


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def invoke(*arguments: str) -> Said:
        code = main(arguments)
        told = capsys.readouterr()
        return Said(code, told.out, told.err)

    return invoke


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a published run."""
    folder = tmp_path / "project"
    publish(folder)
    return folder


@pytest.fixture(scope="session")
def first_night(tmp_path_factory: pytest.TempPathFactory, own_settings: Path, private_session: None) -> Path:
    """The project of `make_first_night`. Copy it before changing it."""
    return make_first_night(tmp_path_factory.mktemp("first_night") / "project")


@pytest.fixture
def night(call: Call, first_night: Path, tmp_path: Path) -> Night:
    return Night(call, copy_of(first_night, tmp_path / "night"))


@dataclass
class Pipeline:
    """Stands in for jobs.pipeline: remembers what it was asked for, and ends as it is told to."""

    fresh: bool = True
    ledger: dict[str, Any] | None = None
    error: BaseException | None = None
    held: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
    summary: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[Path, Any]] = field(default_factory=list)


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    fake = Pipeline()
    module: Any = types.ModuleType("jobs.pipeline")

    def answer(folder: Path, options: Any) -> None:
        fake.asked.append((folder, options))
        if fake.error:
            raise fake.error

    def run(folder: Path, options: Any, observe: Callable[[str, int, int], None]) -> Any:
        answer(folder, options)
        observe("link", 0, 2)
        observe("link", 2, 2)
        run_folder = folder / "runs" / RUN_ID
        if fake.ledger is None and not run_folder.exists():
            publish(folder)
        ledger = json.loads((run_folder / "run.json").read_text()) if fake.ledger is None else fake.ledger
        told = {"fresh": fake.fresh, "held": fake.held, "warnings": fake.warnings, "tasks": {}}
        return types.SimpleNamespace(run_id=RUN_ID, folder=run_folder, ledger=ledger, **told)

    def prepare(folder: Path, options: Any) -> Any:
        answer(folder, options)
        return types.SimpleNamespace(summary=lambda: fake.summary)

    module.run, module.prepare, module.Options = run, prepare, lambda **given: types.SimpleNamespace(**given)
    monkeypatch.setitem(sys.modules, "jobs.pipeline", module)
    return fake
