"""Links of one generated project, made once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.jobs.review.generated import Generated, generate


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory, own_settings: Path, private_session: None) -> Generated:
    return generate(tmp_path_factory.mktemp("generated") / "project")
