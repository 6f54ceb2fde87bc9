from __future__ import annotations

from pathlib import Path

import pytest

from jobs import reach_models
from skiptrace.errors import ConfigError, DataRefused
from skiptrace.reach import scorecards
from tests.reach.test_taught import content


def test_without_a_model_the_cards_are_the_shipped_ones(tmp_path: Path) -> None:
    assert reach_models.current_key(tmp_path) is None
    assert reach_models.cards_of(tmp_path, None) == scorecards.load()


def test_what_is_kept_is_used_and_can_be_taken_back(tmp_path: Path) -> None:
    key = reach_models.keep(tmp_path, content())
    assert reach_models.current_key(tmp_path) == key == reach_models.keep(tmp_path, content())
    learned = {card.channel for card in reach_models.cards_of(tmp_path, key) if card.learned is not None}
    assert learned == {"voice"}
    reach_models.adopt(tmp_path, None)
    assert reach_models.current_key(tmp_path) is None
    assert reach_models.model_file(tmp_path, key).is_file()  # kept beside


def test_a_torn_or_foreign_model_is_refused(tmp_path: Path) -> None:
    key = reach_models.keep(tmp_path, content())
    file = reach_models.model_file(tmp_path, key)
    file.chmod(0o600)
    file.write_text("{")
    with pytest.raises(DataRefused, match="missing or damaged"):
        reach_models.cards_of(tmp_path, key)
    with pytest.raises(DataRefused, match="--shipped"):
        reach_models.cards_of(tmp_path, "gone")
    foreign = reach_models.keep(tmp_path, content(shipped="another"))
    with pytest.raises(ConfigError, match="learned on another"):
        reach_models.cards_of(tmp_path, foreign)


def test_how_chances_held_up_is_read_where_it_was_judged(tmp_path: Path) -> None:
    bands, ece = [{"attempts": 5, "stated": 0.05, "reached": 1}], {"value": 0.01, "low": None, "high": None}
    report = {"voice": {"learned": {"bands": bands, "ece": ece, "auc": {}}}, "email": {"too_few": True}, "sms": {"learned": {"ece": ece}}}
    key = reach_models.keep(tmp_path, {**content(), "report": report})
    assert reach_models.judged(tmp_path, key) == {"voice": {"bands": bands, "ece": ece}}
    assert reach_models.judged(tmp_path, None) == {}
