from __future__ import annotations

from pathlib import Path

import pytest

from skiptrace.errors import ConfigError
from skiptrace.project import load
from tests.jobs.replies import make_replies


def test_results_are_of_an_export_of_the_project(tmp_path: Path) -> None:
    folder = make_replies(tmp_path / "p", {"dialer": "five9"}, '[[feedback]]\nexport = "dailer"\npath = "x.csv"\n')
    with pytest.raises(ConfigError, match=r'feedback\[2\].export .*"dailer" is no export of this project.*did you mean "dialer"\?'):
        load(folder, {})


def test_results_of_an_export_are_told_once(tmp_path: Path) -> None:
    folder = make_replies(tmp_path / "p", {"dialer": "five9"}, '[[feedback]]\nexport = "dialer"\npath = "x.csv"\n')
    with pytest.raises(ConfigError, match=r"feedback\[2\].export .*is also the export of feedback\[1\]"):
        load(folder, {})


def test_a_misspelt_key_is_told_with_the_one_that_is_meant(tmp_path: Path) -> None:
    folder = make_replies(tmp_path / "p", {"dialer": "five9"}, '[[feedback]]\nexprot = "dialer"\npath = "x.csv"\n')
    with pytest.raises(ConfigError, match=r'feedback\[2\].exprot .*did you mean "export"\?'):
        load(folder, {})


def test_a_source_of_results_holds_past_attempts(tmp_path: Path) -> None:
    folder = make_replies(tmp_path / "p", {"dialer": "five9"})
    file = folder / "skiptrace.toml"
    file.write_text(file.read_text().replace('kind = "suppression"\n', 'kind = "suppression"\nresults_of = "dialer"\n'))
    with pytest.raises(ConfigError, match=r"source\[2\].results_of .*is for past attempts only"):
        load(folder, {})
