from __future__ import annotations

from pathlib import Path

import pytest

from jobs import enciphered
from jobs.verified import verify
from skiptrace.errors import ConfigError
from skiptrace.results import latest
from skiptrace.store.tables import label_of
from tests.encrypted_home import SECTION, give_masters
from tests.jobs import canary
from tests.jobs.encrypted import make_encrypted, personal
from tests.jobs.projects import change, run_project


def test_what_was_written_in_clear_is_encrypted_by_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    give_masters(monkeypatch)
    project = make_encrypted(tmp_path / "project", section="")
    done = run_project(project)
    before = latest(project).tables()
    with pytest.raises(ConfigError, match="encryption: is missing"):
        enciphered.encipher(project)
    change(project, "[runtime]\n", SECTION + "[runtime]\n")
    assert enciphered.in_clear(project) > 10

    told = enciphered.encipher(project)
    assert told["runs"] == [done.run_id]
    assert enciphered.in_clear(project) == 0
    values = personal(project)
    for folder in (".skiptrace", "runs"):
        left = [file.name for file in (project / folder).rglob("exports/*/*")]
        assert canary.found(project / folder, values, left) == {}
    run = latest(project)
    assert all(table.equals(before[name]) for name, table in run.tables().items())
    assert label_of(run.files("accounts")[0]) is None  # two files, and nobody knows any more which rows are whose
    assert not verify(run).problems
    assert enciphered.encipher(project) == {"runs": [], "files": 0, "removed": 0}
    assert not run_project(project).fresh
