from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from skiptrace.errors import ConfigError
from skiptrace.plugins import rules_root
from skiptrace.reach import teaching
from skiptrace.vocabulary import CHANNELS


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped file, where a test may change it."""
    (tmp_path / "reachability").mkdir()
    monkeypatch.setattr(teaching, "rules_root", lambda: tmp_path)
    return Path(shutil.copy(rules_root() / "reachability" / teaching.FILE, tmp_path / "reachability"))


def swap(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_every_channel_is_taught_and_no_outcome_means_both() -> None:
    rules = teaching.load()
    assert set(rules.channels) == set(CHANNELS)
    for labels in rules.channels.values():
        assert labels.reached
        assert labels.missed
        assert not set(labels.reached) & set(labels.missed)
    assert rules.channels["voice"].within_days == 0
    assert (rules.channels["mail"].presumed, rules.channels["mail"].after_days) == ("sent", 45)
    assert rules.stages["sent"] < rules.stages["delivered"] < rules.stages["opened"] < rules.stages["replied"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('reached = ["right_party"]', 'reached = ["hugged"]', "hugged is no outcome"),
        ('reached = ["right_party"]', 'reached = ["right_party", "busy"]', "busy is both reached and missed"),
        ("[channel.voice]", "[channel.pigeon]", "is no channel"),
        ('    ["sent"],', '    ["posted"],', "posted is no outcome"),
        ("band      = 0.08", "band      = 0.0", "not above 0"),
        ("[prior]", "[prior", "cannot be read"),
        ("bound     = 2.5", "bond      = 2.5", "cannot be used"),
    ],
)
def test_a_slip_is_refused_with_what_is_wrong(copy: Path, old: str, new: str, told: str) -> None:
    swap(copy, old, new)
    with pytest.raises(ConfigError) as refused:
        teaching.load.__wrapped__()
    assert told in str(refused.value)
