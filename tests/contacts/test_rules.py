from __future__ import annotations

from pathlib import Path

import pytest

from skiptrace.contacts import rules
from skiptrace.errors import ConfigError
from skiptrace.normalize.words import read_lists
from skiptrace.plugins import rules_root
from skiptrace.vocabulary import POINT_KINDS, POINT_STATUSES, SOURCE_KINDS

SHIPPED = (rules_root() / "reachability" / "currency.toml").read_text(encoding="utf-8")


def with_text(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> rules.CurrencyRules:
    (tmp_path / "reachability").mkdir()
    (tmp_path / "reachability" / "currency.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(rules, "rules_root", lambda: tmp_path)
    loaded: rules.CurrencyRules = rules.load.__wrapped__()
    return loaded


@pytest.mark.parametrize("name", ["phone", "email"])
def test_each_age_band_has_a_share_and_older_is_never_better(name: str) -> None:
    ages: rules.Ageing = getattr(rules.load(), name)
    assert len(ages.share) == len(ages.age_years) + 1
    assert list(ages.age_years) == sorted(ages.age_years)
    assert list(ages.share) == sorted(ages.share, reverse=True)
    assert all(0 < share < 1 for share in (*ages.share, ages.undated))


def test_figures_are_of_use() -> None:
    found = rules.load()
    assert 0 < found.address.leave_per_year < 1
    assert 0 < found.address.to_elsewhere < 1
    assert 0 < found.confirmed <= found.moved < 1
    assert set(found.address.reliability) <= {*SOURCE_KINDS, "portfolio", "default"}
    assert set(found.address.mailing_kinds) <= set(SOURCE_KINDS)
    assert found.outcome["right_party"].odds > 0 > found.outcome["wrong_party"].odds
    assert {proof.proves for proof in found.outcome.values()} <= {None, *POINT_STATUSES}
    assert set(found.status) <= set(POINT_STATUSES)


def test_every_outcome_is_in_the_vocabulary() -> None:
    assert set(rules.load().outcome) <= set(read_lists("dispositions"))


def test_what_proves_against_a_point_takes_and_what_proves_for_it_adds() -> None:
    for name, proof in rules.load().outcome.items():
        if proof.proves is not None:
            assert (proof.odds > 0) == (proof.proves == "active"), name


@pytest.mark.parametrize("kind", POINT_KINDS)
def test_the_more_unrelated_people_show_a_point_the_less_it_is_anybodys(kind: str) -> None:
    bounds, odds = rules.load().sharing.odds[kind]
    assert len(bounds) == len(odds)
    assert list(bounds) == sorted(bounds)
    assert list(odds) == sorted(odds, reverse=True)
    assert odds[0] < 0


def test_a_box_in_a_mailing_kind_of_source_is_no_evidence_of_a_move() -> None:
    address = rules.load().address
    assert address.of("tax", True) == address.mailing_reliability
    assert address.of("tax", False) == address.reliability["tax"]
    assert address.of("voter", True) == address.reliability["voter"]
    assert address.of("nobody knows", False) == address.reliability["default"]


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("undated   = 0.42", "", "undated"),
        ("undated   = 0.42", "undated = 0.42\ncolour = 1", "colour"),
        ("leave_per_year   = 0.080", "", "leave_per_year"),
        ("[death]", "[birth]", "death"),
    ],
)
def test_a_missing_or_unknown_key_is_named(old: str, new: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert SHIPPED.count(old) == 1
    with pytest.raises(ConfigError) as refused:
        with_text(SHIPPED.replace(old, new), tmp_path, monkeypatch)
    assert named in str(refused.value)
    assert "currency.toml" in str(refused.value)


def test_the_shipped_file_can_be_read_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert with_text(SHIPPED, tmp_path, monkeypatch) == rules.load()
