from __future__ import annotations

from pathlib import Path

import pytest

from jobs import schema_state
from skiptrace.errors import ConfigError
from skiptrace.schema import SCHEMA_VERSION
from tests.jobs.projects import files_below


def test_a_project_says_which_versions_wrote_to_it(tmp_path: Path) -> None:
    assert schema_state.newest(tmp_path) == 0
    schema_state.note(tmp_path)
    before = files_below(tmp_path)
    schema_state.note(tmp_path)
    assert files_below(tmp_path) == before
    assert schema_state.newest(tmp_path) == SCHEMA_VERSION
    schema_state.refuse_newer(tmp_path)


def test_what_a_later_version_wrote_is_refused(tmp_path: Path) -> None:
    schema_state.note(tmp_path)
    (tmp_path / "schema" / f"version-{SCHEMA_VERSION + 3}.json").write_text("{}")
    with pytest.raises(ConfigError, match=f"version {SCHEMA_VERSION + 3}.*install that version"):
        schema_state.refuse_newer(tmp_path)
