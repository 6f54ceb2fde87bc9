"""Runs of the asking project whose requests were answered, made once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.waterfall import acting
from tests.jobs.projects import copy_of, run_project
from tests.jobs.waterfall.vendors import NOW, answer, request_files, rows_of


@pytest.fixture(scope="session")
def asked_run(asking_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with one order, whose request waits for an answer. Copy it before changing it."""
    project = copy_of(asking_run, tmp_path_factory.mktemp("asked") / "project")
    acting.order(project, None, NOW)
    return project


@pytest.fixture
def asked(asked_run: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return copy_of(asked_run, tmp_path / "asked")


@pytest.fixture(scope="session")
def read_run(asked_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project whose request was answered, and the answer read by a second run. Copy it before changing it."""
    project = copy_of(asked_run, tmp_path_factory.mktemp("read") / "project")
    answer(project, rows_of(request_files(project)[0]))
    acting.receive(project, None, NOW)
    run_project(project)
    return project
