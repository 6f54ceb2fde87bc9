from __future__ import annotations

import datetime as dt
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from skiptrace.errors import ConfigError
from skiptrace.plugins import rules_root
from skiptrace.reach import scorecards
from skiptrace.reach.features import DERIVED
from skiptrace.reach.features import feature as column_of
from skiptrace.reach.scorecards import Band, Scorecard
from skiptrace.vocabulary import CHANNELS, GRADES, LINE_TYPES, POINT_KINDS, POINT_STATUSES
from tests.reach.tables import points

CARDS = scorecards.load()
AS_OF = dt.date(2026, 6, 30)
FOLDER = rules_root() / "reachability"


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped folder, where a test may change a file."""
    shutil.copytree(FOLDER, tmp_path / "reachability")
    monkeypatch.setattr(scorecards, "rules_root", lambda: tmp_path)
    return tmp_path / "reachability"


def load_again() -> tuple[Scorecard, ...]:
    cards: tuple[Scorecard, ...] = scorecards.load.__wrapped__()
    return cards


def swap(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_every_channel_has_its_card() -> None:
    assert [card.channel for card in CARDS] == sorted(card.channel for card in CARDS)
    assert {card.channel for card in CARDS} <= set(CHANNELS)
    assert {kind for card in CARDS for kind in card.kinds} == set(POINT_KINDS)
    assert load_again() == CARDS


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.channel)
def test_every_shipped_card_says_only_what_can_be(card: Scorecard) -> None:
    assert card.spread > 0
    assert len(card.base_text) > 10
    words = {"status": POINT_STATUSES, "line_type": LINE_TYPES}
    for feature, bands in card.features:
        assert all(band.is_ in words[feature] for band in bands if band.is_ and feature in words), feature
        assert all(len(band.text) > 10 for band in bands)
        limits = [band.below for band in bands if band.below is not None]
        assert limits == sorted(limits)


def candidates(card: Scorecard) -> pa.Table:
    """A point for every value that a band of the card speaks of, where the channel exists for it."""
    rows: list[dict[str, object]] = [{}]
    for feature, bands in card.features:
        for band in bands:
            values: list[object] = [band.is_] if band.is_ else [[band.has]] if band.has else []
            if band.below is not None and feature in DERIVED:
                rows.append({"last_seen": AS_OF - dt.timedelta(days=min(band.below, 50) * 365.25 - 9)})
            elif band.below is not None:
                values.append(int(min(band.below, 1000)) - 1)
            rows += [{feature: value} for value in values]
    table = points(*({"kind": kind, **row} for row in rows for kind in card.kinds))
    return table.filter(pa.array(card.module.usable(table)))


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.channel)
def test_every_band_can_be_reached(card: Scorecard) -> None:
    table = candidates(card)
    for feature, bands in card.features:
        open_ = [True] * len(table)
        for band in bands:
            holds = band.holds(column_of(table, feature, AS_OF)).tolist()
            assert any(a and b for a, b in zip(holds, open_, strict=True)), f"{card.channel}: {band.text}"
            open_ = [a and not b for a, b in zip(open_, holds, strict=True)]


def test_a_band_holds_for_its_values() -> None:
    words = pa.chunked_array([["mobile", None, "voip"]])
    assert Band(0, "", is_="mobile").holds(words).tolist() == [True, False, False]
    numbers = pa.chunked_array([pa.array([0, 1, 5, None], pa.int32())])
    assert Band(0, "", below=1).holds(numbers).tolist() == [True, False, False, False]
    lists = pa.chunked_array([[["role", "free"], [], ["roles"], None, ["free"]]])
    assert Band(0, "", has="role").holds(lists).tolist() == [True, False, False, False, False]
    assert Band(0, "", has="free").holds(lists).tolist() == [True, False, False, False, True]


def test_a_card_with_a_feature_the_channel_lacks_is_refused_with_all_problems(copy: Path) -> None:
    swap(copy / "voice.toml", 'name = "shared_by"', 'name = "star_sign"')
    swap(copy / "email.toml", 'name = "flags"', 'name = "line_type"')
    swap(copy / "mail.toml", 'kinds      = ["address"]', 'kinds = ["phone"]')
    swap(copy / "sms.toml", "spread     = 1.1 ", "spred = 1.1")
    with pytest.raises(ConfigError) as refused:
        load_again()
    told = {(problem.file, problem.place) for problem in refused.value.problems}
    assert told == {
        ("voice.toml", "feature star_sign"),
        ("email.toml", "feature line_type"),
        ("mail.toml", "channel, kinds"),
        ("sms.toml", "spread"),
    }
    assert "one of line_type, status, shared_by" in str(refused.value)


def test_an_order_that_is_none_is_refused(copy: Path) -> None:
    swap(copy / "voice.toml", 'order = "falling"', 'order = "downward"')
    with pytest.raises(ConfigError, match="one of rising, falling"):
        load_again()


def test_the_key_changes_with_an_order() -> None:
    assert len({CARDS[0].key, replace(CARDS[0], ordered=()).key, replace(CARDS[0], quiet=()).key}) == 3


@pytest.mark.parametrize("band", ['{ points = 0.4, text = "Said of all." }', '{ is = "a", has = "b", points = 1, text = "x" }'])
def test_a_band_with_no_or_two_conditions_is_refused(copy: Path, band: str) -> None:
    text = (copy / "voice.toml").read_text(encoding="utf-8")
    (copy / "voice.toml").write_text(re.sub(r'\{ is = "mobile".*\}', band, text), encoding="utf-8")
    with pytest.raises(ConfigError, match="one condition"):
        load_again()


def test_a_channel_without_a_card_is_refused(copy: Path) -> None:
    (copy / "voice.toml").unlink()
    with pytest.raises(ConfigError, match=r"voice\.toml: missing"):
        load_again()


def test_a_card_that_is_no_toml_is_refused(copy: Path) -> None:
    swap(copy / "voice.toml", 'channel    = "voice"', "channel = voice")
    with pytest.raises(ConfigError, match=r"voice\.toml: is not TOML"):
        load_again()


def test_the_order_knows_every_channel_and_grades_fall() -> None:
    rules = scorecards.order_rules()
    assert set(rules.gentleness) == set(rules.cost) == set(CHANNELS)
    least = [p for _, p in rules.grades]
    assert least == sorted(least, reverse=True)
    assert least[-1] == 0.0
    assert {name for name, _ in rules.grades} <= set(GRADES)
    assert rules.gentleness["email"] > rules.gentleness["mail"] > rules.gentleness["voice"]
