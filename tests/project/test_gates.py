from __future__ import annotations

from pathlib import Path

import pytest

from skiptrace.errors import ConfigError
from skiptrace.project import load
from skiptrace.project.gates import Gates
from tests.project.test_form import HEAD


def test_gates_are_set_and_change_no_run(tmp_path: Path) -> None:
    file = tmp_path / "skiptrace.toml"
    file.write_text(HEAD)
    plain = load(tmp_path, {})
    assert plain.gates == Gates()
    file.write_text(HEAD + "[gates]\nmatch_rate = 0.3\nstale_days = 10\n")
    other = load(tmp_path, {})
    assert (other.gates.match_rate, other.gates.stale_days, other.gates.fill) == (0.3, 10, 0.25)
    assert other.content() == plain.content()


@pytest.mark.parametrize(
    ("text", "said"), [("drift = 0", "must be more than 0"), ("fil = 0.3", 'did you mean "fill"'), ("alerts = 2", "at most 1")]
)
def test_what_makes_no_sense_is_told(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "skiptrace.toml").write_text(HEAD + f"[gates]\n{text}\n")
    with pytest.raises(ConfigError, match=said):
        load(tmp_path, {})
