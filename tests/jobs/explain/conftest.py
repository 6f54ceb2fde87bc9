from __future__ import annotations

from pathlib import Path

import pytest

from tests.jobs.published import publish


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "project"
    publish(folder)
    return folder
