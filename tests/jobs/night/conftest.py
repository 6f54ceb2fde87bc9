"""A published run to begin a night from, shared by the tests of this folder."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from jobs.night.base import FILE, FOLDER
from skiptrace.store.commit import read_json
from tests.jobs.projects import Finished, copy_of

LATER = dt.date(2026, 7, 2)
"""A day within the span of days to which ages count alike as on the sample project's own; a contact rule came into force since."""


@pytest.fixture
def base(finished: Finished) -> dict[str, Any]:
    """What the run left for the next night."""
    content: dict[str, Any] = read_json(finished.setup.private / FOLDER / FILE)
    return content


@pytest.fixture
def evening(finished: Finished, tmp_path: Path) -> Path:
    """A copy of the project after its run."""
    return copy_of(finished.folder, tmp_path / "project")
