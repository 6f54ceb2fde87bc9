"""An empty place of each kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from skiptrace.store.objects import ObjectPath
from skiptrace.store.places import Place


@pytest.fixture(params=["disk", "store"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty folder on a disk, and an empty place on an object store."""
    if request.param == "disk":
        return tmp_path
    found: ObjectPath = request.getfixturevalue("store")
    return found
