from __future__ import annotations

from pathlib import Path

import pytest

from skiptrace.errors import ConfigError
from skiptrace.project import load
from tests.project.test_form import HEAD


def test_two_runs_are_kept_whole_unless_more_are_wanted_and_it_changes_no_run(tmp_path: Path) -> None:
    file = tmp_path / "skiptrace.toml"
    file.write_text(HEAD)
    plain = load(tmp_path, {})
    assert plain.retention.runs == 2
    file.write_text(HEAD + "[retention]\nruns = 30\n")
    more = load(tmp_path, {})
    assert more.retention.runs == 30
    assert more.content() == plain.content()


@pytest.mark.parametrize(
    ("text", "said"),
    [("runs = 0", "must be at least 1"), ("run = 3", 'did you mean "runs"'), ("exports_days = 0", "must be at least 1")],
)
def test_what_makes_no_sense_is_told(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "skiptrace.toml").write_text(HEAD + f"[retention]\n{text}\n")
    with pytest.raises(ConfigError, match=said):
        load(tmp_path, {})
